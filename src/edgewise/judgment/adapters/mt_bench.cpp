#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/nested.hpp"
#include "edgewise/judgment/adapters/pairs.hpp"
#include "edgewise/judgment/adapters/side_tables.hpp"

// MT-Bench human judgments (Zheng et al. 2023, arXiv 2306.05685), in three forms: the published
// JSON (members question_id, model_a, model_b, winner, judge, conversation_a, conversation_b,
// turn), a table of the same votes without the conversations, and such a table joined with GPT-4's
// verdicts (gpt4_winner, gpt4_turn), in which each vote stands once for each of those.
namespace edgewise::judgment::formats {
namespace {

constexpr std::string_view kGpt4 = "gpt-4";
constexpr std::string_view kGroup = "annotator_group";
constexpr std::string_view kQuestions = "question";
// Published files and tables made of them, in the order in which a folder is read.
constexpr std::array<std::string_view, 4> kStems{"human_judgments", "gpt4_pair_judgments",
                                                 "comparisons_joined", "comparisons"};
constexpr std::array<std::string_view, 4> kPair{"question_id", "model_a", "model_b", "winner"};

bool published(const Records& records) {
    constexpr std::array<std::string_view, 4> kMore{"judge", "conversation_a", "conversation_b",
                                                    "turn"};
    return records.has(kPair) && records.has(kMore);
}

bool joined(const Records& records) {
    constexpr std::array<std::string_view, 3> kMore{"turn", "gpt4_winner", "gpt4_turn"};
    return records.has(kPair) && records.has(kMore);
}

struct Columns {
    std::size_t question = 0, a = 0, b = 0, winner = 0;
    std::optional<std::size_t> turn, judge, group, category, time;
    std::optional<std::size_t> conversation_a, conversation_b;
    std::optional<std::size_t> gpt4_winner, gpt4_turn;
};

Columns find_columns(const Records& records, ImportReport& report) {
    ColumnFinder finder(records, report);
    const auto maybe = [&](std::string_view name, std::string_view role) {
        const auto found = records.find(name);
        if (found) finder.take(*found, role);
        return found;
    };
    const auto need = [&](std::string_view name, std::string_view role) {
        const std::size_t found = records.column(name);
        finder.take(found, role);
        return found;
    };
    Columns columns;
    columns.question = need("question_id", "case");
    columns.turn = maybe("turn", "case, and context of the case");
    columns.a = need("model_a", "option");
    columns.b = need("model_b", "other option");
    columns.winner = need("winner", "winner");
    columns.judge = maybe("judge", "rater");
    if (!columns.judge) columns.judge = need("annotator_id", "rater");
    columns.group = maybe(kGroup, "attribute of the rater");
    columns.category = maybe("category", "context of the case");
    columns.time = maybe("tstamp", "time");
    columns.conversation_a = maybe("conversation_a", "text of the case and of the option");
    columns.conversation_b = maybe("conversation_b", "text of the other option");
    columns.gpt4_winner = maybe("gpt4_winner", "winner, as the machine \"gpt-4\" judged");
    columns.gpt4_turn = maybe("gpt4_turn", "case of the machine's verdict");
    finder.close("they play no part");
    return columns;
}

struct Question {
    std::string category;
    std::vector<std::string> turns;
};
using Questions = std::unordered_map<std::string, Question>;

Questions read_questions(const std::filesystem::path& path, ImportReport& report) {
    const Records records(path);
    const std::size_t id = records.column("question_id"), turns = records.column("turns");
    const auto category = records.find("category");
    report.files.push_back(records.name());
    report.mapped.push_back({.from = records.name() + ": turns", .to = "text of the case"});
    if (category) {
        report.mapped.push_back(
            {.from = records.name() + ": category", .to = "context of the case"});
    }
    Questions questions;
    records.each([&](const CsvRecord& record) {
        Question question;
        if (category) question.category.assign(record.fields[*category]);
        const Json list = nested(records, record, turns, "a list of texts");
        if (list.elements() == nullptr) {
            refuse_field(records, record.line, "turns", "a list of texts", record.fields[turns]);
        }
        for (const Json& turn : *list.elements()) question.turns.push_back(plain_text(turn));
        if (!questions.emplace(record.fields[id], std::move(question)).second) {
            refuse_field(records, record.line, "question_id", "each id once", record.fields[id]);
        }
    });
    return questions;
}

// The number of a turn: 1 where nothing says otherwise.
std::size_t turn_of(const Records& records, const CsvRecord& record,
                    std::optional<std::size_t> column) {
    constexpr double kMost = 10000;
    if (!column) return 1;
    double number = 0.0;
    if (!parse_number(record.fields[*column], number) || number < 1 || number > kMost ||
        number != static_cast<double>(static_cast<std::size_t>(number))) {
        refuse_field(records, record.line, records.header()[*column], "a whole number from 1",
                     record.fields[*column]);
    }
    return static_cast<std::size_t>(number);
}

// What the user and what the model said up to a turn.
struct Dialogue {
    std::string user, model;
};

Dialogue dialogue_of(const Json& messages, std::size_t turns) {
    Dialogue out;
    std::size_t seen = 0;
    if (messages.elements() == nullptr) return out;
    for (const Json& message : *messages.elements()) {
        const std::string role = member_text(message, "role");
        const bool user = role == "user" || role == "human";
        if (user && ++seen > turns) break;
        std::string& into = user ? out.user : out.model;
        if (!into.empty()) into += "\n\n";
        into += member_text(message, "content");
    }
    return out;
}

// "gpt-4" of ["gpt-4", "pair-v2"], the form in which the published files name a model that judged.
struct Judge {
    std::string id;
    std::string group;
    bool machine = false;
};

Judge judge_of(std::string_view text) {
    Judge judge{.id = std::string(text)};
    if (text.starts_with('[')) {
        try {
            const Json names = Json::parse(text);
            if (names.elements() != nullptr && !names.elements()->empty()) {
                judge.id = plain_text(names.elements()->front());
                judge.machine = true;
            }
        } catch (const Error&) {
            return judge;  // a name that begins with a bracket
        }
    }
    judge.machine = judge.machine || judge.id.starts_with("gpt");
    for (const std::string_view group : {"author", "expert"}) {
        if (judge.id.starts_with(group) && judge.id.size() > group.size() &&
            judge.id[group.size()] == '_') {
            judge.group = group;
        }
    }
    return judge;
}

class Votes {
public:
    Votes(const Records& records, const Columns& columns, const Questions& questions,
          Gathered& into)
        : records_(records), columns_(columns), questions_(questions), into_(into) {}

    void record(const CsvRecord& record) {
        ++into_.rows;
        for (const std::size_t column : {columns_.question, columns_.a, columns_.b}) {
            if (!record.fields[column].empty()) continue;
            into_.skip("rows without a question or a model", "the field is empty", record.line);
            return;
        }
        const std::size_t turn = turn_of(records_, record, columns_.turn);
        if (columns_.gpt4_winner) {
            if (verdict_stands_again(record)) return machine(record);
            machine(record);
        }
        const std::string_view id = record.fields[*columns_.judge];
        if (id.empty()) {
            into_.skip("rows without a rater", "the field is empty", record.line);
            return;
        }
        const Judge judge = judge_of(id);
        const auto row = compare(record, columns_.winner, turn);
        if (!row) return;
        add(*row, record, judge);
    }

    std::uint64_t inconsistent = 0;

private:
    // A joined table repeats a vote for each of GPT-4's verdicts on the pair: it counts where it
    // stands beside the first of them.
    bool verdict_stands_again(const CsvRecord& record) {
        std::string key;
        for (const std::size_t column :
             {columns_.question, columns_.a, columns_.b, *columns_.judge}) {
            key.append(record.fields[column]).push_back('\n');
        }
        if (columns_.turn) key.append(record.fields[*columns_.turn]);
        const std::string verdict(record.fields[*columns_.gpt4_turn]);
        return beside_.try_emplace(std::move(key), verdict).first->second != verdict;
    }

    // GPT-4's verdict on the pair, once.
    void machine(const CsvRecord& record) {
        const std::size_t turn = turn_of(records_, record, columns_.gpt4_turn);
        const std::string_view winner = record.fields[*columns_.gpt4_winner];
        std::string key = std::to_string(turn);
        for (const std::size_t column : {columns_.question, columns_.a, columns_.b}) {
            key.append("\n").append(record.fields[column]);
        }
        const auto [known, fresh] = verdicts_.try_emplace(std::move(key), winner);
        if (!fresh) {
            if (known->second == winner) return;
            refuse_field(records_, record.line, "gpt4_winner",
                         fmt::format("\"{}\", as above for the same pair and turn", known->second),
                         winner);
        }
        const auto row = compare(record, *columns_.gpt4_winner, turn);
        if (row) add(*row, record, Judge{.id = std::string(kGpt4), .group = {}, .machine = true});
    }

    std::optional<Row> compare(const CsvRecord& record, std::size_t column, std::size_t turn) {
        const std::string_view winner = record.fields[column];
        if (absent_value(winner)) {
            into_.skip("rows without a winner", "the field is empty", record.line);
            return std::nullopt;
        }
        const std::string_view a = record.fields[columns_.a], b = record.fields[columns_.b];
        const auto verdict = verdict_of(
            winner, {.one = a, .other = b, .one_name = "model_a", .other_name = "model_b"});
        if (!verdict) {
            refuse_field(records_, record.line, records_.header()[column],
                         "\"model_a\", \"model_b\", a tie or one of the two models", winner);
        }
        if (winner.find("inconsistent") != std::string_view::npos) ++inconsistent;
        TableBuilder& builder = into_.builder;
        const Id id = case_of(record, turn);
        Row row;
        row.option = option_of(record, id, a, columns_.conversation_a, turn);
        row.other = option_of(record, id, b, columns_.conversation_b, turn);
        row.dimension = builder.dimension_id(kPreference, Kind::comparison);
        row.value = verdict->value;
        row.flags = verdict->flags;
        row.source_row = static_cast<std::uint32_t>(record.line);
        if (columns_.time) {
            const std::string_view time = record.fields[*columns_.time];
            if (!absent_attribute(time) && !parse_time(time, row.time)) {
                into_.skip("times that cannot be read",
                           "neither ISO 8601 nor seconds since 1970; the judgment is kept",
                           record.line);
            }
        }
        return row;
    }

    Id case_of(const CsvRecord& record, std::size_t turn) {
        TableBuilder& builder = into_.builder;
        const std::string question(record.fields[columns_.question]);
        const std::string name = columns_.turn ? fmt::format("{}/{}", question, turn) : question;
        if (const Id known = builder.find_case(name); known != kNone) return known;
        const Id id = builder.case_id(name);
        if (columns_.turn) builder.set_context(id, "turn", std::to_string(turn));
        if (columns_.category && !absent_attribute(record.fields[*columns_.category])) {
            builder.set_context(id, "category", record.fields[*columns_.category]);
        }
        if (columns_.conversation_a) {
            const Json messages =
                nested(records_, record, *columns_.conversation_a, "a list of messages");
            builder.set_case_text(id, dialogue_of(messages, turn).user);
        }
        if (const auto known = questions_.find(question); known != questions_.end()) {
            std::string text;
            for (std::size_t t = 0; t < std::min(turn, known->second.turns.size()); ++t) {
                text += (t == 0 ? "" : "\n\n") + known->second.turns[t];
            }
            builder.set_case_text(id, text);
            if (!absent_attribute(known->second.category)) {
                builder.set_context(id, "category", known->second.category);
            }
        }
        return id;
    }

    Id option_of(const CsvRecord& record, Id case_, std::string_view model,
                 std::optional<std::size_t> conversation, std::size_t turn) {
        TableBuilder& builder = into_.builder;
        if (const Id known = builder.find_option(case_, model); known != kNone) return known;
        const Id id = builder.option_id(case_, model);
        if (conversation) {
            const Json messages = nested(records_, record, *conversation, "a list of messages");
            builder.set_option_text(id, dialogue_of(messages, turn).model);
        }
        return id;
    }

    void add(Row row, const CsvRecord& record, const Judge& judge) {
        TableBuilder& builder = into_.builder;
        row.rater = builder.rater_id(judge.id);
        if (judge.machine) builder.set_rater_kind(row.rater, RaterKind::machine);
        if (columns_.group && !judge.machine && !absent_attribute(record.fields[*columns_.group])) {
            builder.set_attribute(row.rater, kGroup, record.fields[*columns_.group]);
        } else if (!columns_.group && !judge.group.empty()) {
            builder.set_attribute(row.rater, kGroup, judge.group);
        }
        try {
            builder.add(row);
        } catch (const Error& error) {
            refuse_field(records_, record.line, "model_b", error.place().expected,
                         error.place().found);
        }
    }

    const Records& records_;
    const Columns& columns_;
    const Questions& questions_;
    Gathered& into_;
    std::unordered_map<std::string, std::string> beside_;    // vote -> first verdict's turn
    std::unordered_map<std::string, std::string> verdicts_;  // pair and turn -> winner
};

// The files of a folder: what was published, else the joined table, else the votes alone.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> found;
    for (const std::string_view stem : kStems) {
        std::filesystem::path file = sibling(folder, stem);
        if (file.empty()) continue;
        const bool table = stem.starts_with("comparisons");
        if (table && !found.empty()) break;
        found.push_back(std::move(file));
        if (table) break;
    }
    return found;
}

}  // namespace

double recognise_mt_bench(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    const bool folder = std::filesystem::is_directory(path, ignored);
    const auto files = folder ? files_of(path) : std::vector<std::filesystem::path>{path};
    if (files.empty()) return 0;
    const Records records(files.front());
    if (published(records)) {
        why = "two models, a judge, a winner and both conversations";
        return 1.0;
    }
    if (joined(records)) {
        why = "votes on two models, joined with \"gpt4_winner\"";
        return 1.0;
    }
    if (!folder || !records.has(kPair) || sibling(path, kQuestions).empty()) return 0;
    why = "a folder with " + records.name() + " and a file of questions";
    return 1.0;
}

Imported read_mt_bench(const ImportOptions& options, const Job& job) {
    refuse_options(options, "mt_bench", Takes::nothing);
    Imported result;
    ImportReport& report = result.report;
    const std::filesystem::path given = options.path;
    std::error_code ignored;
    const bool folder = std::filesystem::is_directory(given, ignored);
    const auto files = folder ? files_of(given) : std::vector<std::filesystem::path>{given};
    if (files.empty()) {
        refuse({.file = options.path,
                .line = 0,
                .field = {},
                .expected = "human_judgments.json, comparisons_joined.csv or comparisons.csv",
                .found = "a folder without them"});
    }
    std::vector<Records> sources;
    for (const std::filesystem::path& file : files) sources.emplace_back(file);
    for (const Records& records : sources) report.files.push_back(records.name());
    Questions questions;
    const auto beside = sibling(folder ? given : given.parent_path(), kQuestions);
    if (!beside.empty()) questions = read_questions(beside, report);

    Gathered total;
    std::uint64_t inconsistent = 0;
    for (const Records& records : sources) {
        const Columns columns = find_columns(records, report);
        if (columns.gpt4_winner && !columns.gpt4_turn) records.column("gpt4_turn");  // throws
        Votes votes(records, columns, questions, total);
        std::uint64_t rows = 0;
        records.each([&](const CsvRecord& record) {
            if (options.most_rows > 0 && rows == options.most_rows) return;
            if (rows++ % 1024 == 0) job.check();
            votes.record(record);
        });
        inconsistent += votes.inconsistent;
        total.account(records.name(), report);
        total.rows = 0;
        total.tallies.clear();
        if (columns.gpt4_winner) {
            report.notes.push_back(fmt::format(
                "{} repeats each vote for each of GPT-4's verdicts on the pair: a vote is read "
                "where it stands beside the first of them, a verdict once for each pair and turn",
                records.name()));
        }
        if (!columns.group) {
            report.notes.push_back(fmt::format(
                "the raters' \"{}\" (author, expert) is told from their names", kGroup));
        }
    }
    if (inconsistent > 0) {
        report.notes.push_back(
            fmt::format("{} verdicts are \"tie (inconsistent)\": the judge chose otherwise when "
                        "the answers were swapped; they are read as ties",
                        inconsistent));
    }
    report.notes.emplace_back(
        "each turn of a question is a case of its own: \"81/2\" is question 81 with both turns");
    result.table = std::move(total.builder).finish();
    return result;
}

}  // namespace edgewise::judgment::formats
