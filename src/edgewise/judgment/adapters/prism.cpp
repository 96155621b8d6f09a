#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/entries.hpp"

// PRISM (Kirk et al. 2024, arXiv 2404.16019; github.com/HannahKirk/prism-alignment, code book):
// people talk to several models and score each response from 1 (terrible) to 100 (perfect).
// utterances.jsonl has one scored response a line, conversations.jsonl the same by conversation,
// survey.jsonl the people.
namespace edgewise::judgment::formats {
namespace {

constexpr std::array<std::string_view, 9> kUtterance{
    "utterance_id", "conversation_id", "user_id",    "turn", "within_turn_id",
    "user_prompt",  "model_response",  "model_name", "score"};
constexpr std::array<std::string_view, 3> kConversation{"conversation_id", "user_id",
                                                        "conversation_history"};
constexpr std::string_view kScore = "score";
constexpr double kLow = 1.0, kHigh = 100.0;
constexpr std::string_view kChosen = "chosen";
constexpr std::array<std::string_view, 2> kStems{"utterances", "conversations"};

// What the survey says of a person that groups can be made of. Answers in words of their own, the
// usage and value questions, times and consent are left out.
constexpr std::array<std::string_view, 14> kPlain{"study_locale",
                                                  "lm_familiarity",
                                                  "lm_indirect_use",
                                                  "lm_direct_use",
                                                  "lm_frequency_use",
                                                  "age",
                                                  "gender",
                                                  "employment_status",
                                                  "education",
                                                  "marital_status",
                                                  "english_proficiency",
                                                  "included_in_US_REP",
                                                  "included_in_UK_REP",
                                                  "included_in_balanced_subset"};
constexpr std::array<std::string_view, 3> kObjects{"religion", "ethnicity", "location"};
constexpr std::string_view kOwnWords = "self_described";

// One scored response.
struct Utterance {
    std::string_view conversation, user, turn, type, prompt, model, response, score, chosen;
    std::uint64_t line = 0;
};

class Reader {
public:
    explicit Reader(const Records& records) : entries(records) {}

    void add(const Utterance& said) {
        for (const std::string_view needed :
             {said.conversation, said.user, said.turn, said.model}) {
            if (!needed.empty()) continue;
            entries.gathered.skip("responses without a conversation, person, turn or model",
                                  "the member is empty", said.line);
            return;
        }
        TableBuilder& builder = entries.builder();
        const Id id = builder.case_id(fmt::format("{}/{}", said.conversation, said.turn));
        builder.set_case_text(id, said.prompt);
        builder.set_context(id, "turn", said.turn);
        if (!absent_attribute(said.type)) {
            builder.set_context(id, "conversation_type", said.type);
        }
        Row row{.source_row = static_cast<std::uint32_t>(said.line)};
        row.option = entries.response(id, said.model, said.response);
        row.rater = builder.rater_id(said.user);
        row.dimension = entries.rating_dimension(kScore, kLow, kHigh);
        entries.rate(row, said.score, kScore);
        if (said.chosen.empty()) return;
        if (said.chosen != "true" && said.chosen != "false") {
            refuse_field(entries.records(), said.line, "if_chosen", "true or false", said.chosen);
        }
        const auto [ballot, fresh] = ballots_.try_emplace(id, kNone);
        if (fresh) ballot->second = builder.next_ballot();
        row.ballot = ballot->second;
        row.dimension = builder.dimension_id(kChosen, Kind::approval);
        row.value = said.chosen == "true" ? 1.0F : 0.0F;
        entries.add(row, "if_chosen", said.chosen);
    }

    Entries entries;

private:
    std::unordered_map<Id, Id> ballots_;  // case -> ballot
};

void read_utterances(Reader& reader, const ImportOptions& options, ImportReport& report,
                     const Job& job) {
    const Records& records = reader.entries.records();
    ColumnFinder finder(records, report);
    const auto need = [&](std::string_view name, std::string_view role) {
        const std::size_t column = records.column(name);
        finder.take(column, role);
        return column;
    };
    const std::size_t conversation = need("conversation_id", "case"), turn = need("turn", "case"),
                      user = need("user_id", "rater"),
                      prompt = need("user_prompt", "text of the case"),
                      model = need("model_name", "option"),
                      response = need("model_response", "text of the option"),
                      score = need("score", "dimension \"score\", from 1 to 100");
    const auto chosen = records.find("if_chosen"), type = records.find("conversation_type");
    if (chosen) finder.take(*chosen, "dimension \"chosen\", an approval");
    if (type) finder.take(*type, "context of the case");
    finder.close("they number the responses, or say what the model's name says");
    each_entry(reader.entries, options.most_rows, job, [&](const CsvRecord& record) {
        const auto& field = record.fields;
        reader.add({.conversation = field[conversation],
                    .user = field[user],
                    .turn = field[turn],
                    .type = type ? field[*type] : std::string_view(),
                    .prompt = field[prompt],
                    .model = field[model],
                    .response = field[response],
                    .score = field[score],
                    .chosen = chosen ? field[*chosen] : std::string_view(),
                    .line = record.line});
    });
}

void read_conversations(Reader& reader, const ImportOptions& options, ImportReport& report,
                        const Job& job) {
    const Records& records = reader.entries.records();
    ColumnFinder finder(records, report);
    const std::size_t conversation = records.column("conversation_id"),
                      user = records.column("user_id"),
                      history = records.column("conversation_history");
    const auto type = records.find("conversation_type");
    finder.take(conversation, "case");
    finder.take(user, "rater");
    finder.take(history, "cases by turn, options by model, scores and choices");
    if (type) finder.take(*type, "context of the case");
    finder.close("they speak of a conversation as a whole");
    each_entry(reader.entries, options.most_rows, job, [&](const CsvRecord& record) {
        const Json list = nested(records, record, history, "a list of messages");
        if (list.elements() == nullptr) return;
        std::string prompt;
        for (const Json& message : *list.elements()) {
            if (member_text(message, "role") == "user") {
                prompt = member_text(message, "content");
                continue;
            }
            const std::string turn = member_text(message, "turn"),
                              model = member_text(message, "model_name"),
                              response = member_text(message, "content"),
                              score = member_text(message, "score"),
                              chosen = member_text(message, "if_chosen");
            reader.add({.conversation = record.fields[conversation],
                        .user = record.fields[user],
                        .turn = turn,
                        .type = type ? record.fields[*type] : std::string_view(),
                        .prompt = prompt,
                        .model = model,
                        .response = response,
                        .score = score,
                        .chosen = chosen,
                        .line = record.line});
        }
    });
}

void read_survey(const Records& records, TableBuilder& builder, ImportReport& report) {
    report.files.push_back(records.name());
    ColumnFinder finder(records, report);
    const std::size_t user = records.column("user_id");
    finder.take(user, "rater");
    take_all(finder, records, kPlain, "attribute of the rater");
    take_all(finder, records, kObjects, "attributes of the rater, but for answers in own words");
    finder.close("answers in own words, and questions that do not make groups");
    std::vector<bool> known;
    std::uint64_t silent = 0, first_silent = 0;
    records.each([&](const CsvRecord& record) {
        const Id rater = builder.find_rater(record.fields[user]);
        if (rater == kNone) {
            if (++silent == 1) first_silent = record.line;
            return;
        }
        if (rater >= known.size()) known.resize(std::size_t{rater} + 1, false);
        if (known[rater]) {
            refuse_field(records, record.line, "user_id", "each id once", {});  // may be secret
        }
        known[rater] = true;
        for (const std::string_view name : kPlain) {
            const auto column = records.find(name);
            if (!column || absent_attribute(record.fields[*column])) continue;
            builder.set_attribute(rater, name, record.fields[*column]);
        }
        for (const std::string_view name : kObjects) {
            const auto column = records.find(name);
            if (!column) continue;
            const Json object = nested(records, record, *column, "an object");
            if (object.members() == nullptr) continue;
            for (const auto& [member, value] : *object.members()) {
                const std::string text = plain_text(value);
                if (member == kOwnWords || absent_attribute(text)) continue;
                builder.set_attribute(rater, fmt::format("{}_{}", name, member), text);
            }
        }
    });
    if (silent > 0) {
        report.skipped.push_back({.what = "people of the survey",
                                  .why = "they scored nothing",
                                  .count = silent,
                                  .first = fmt::format("{}:{}", records.name(), first_silent)});
    }
    report.mapped.push_back(
        {.from = fmt::format("{}: {} people", records.name(), std::ranges::count(known, true)),
         .to = "raters with attributes"});
}

std::filesystem::path scores_of(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) return path;
    for (const std::string_view stem : kStems) {
        std::filesystem::path found = sibling(path, stem);
        if (!found.empty()) return found;
    }
    return {};
}

}  // namespace

double recognise_prism(const std::filesystem::path& path, std::string& why) {
    const std::filesystem::path file = scores_of(path);
    if (file.empty()) return 0;
    const Records records(file);
    if (records.has(kUtterance)) {
        why = "a person's score of a model's response a line, as in utterances.jsonl";
        return 1.0;
    }
    if (!records.has(kConversation)) return 0;
    why = "a person's conversation with its history a line, as in conversations.jsonl";
    return 1.0;
}

Imported read_prism(const ImportOptions& options, const Job& job) {
    refuse_options(options, "prism", Takes::raters);
    Imported result;
    ImportReport& report = result.report;
    const std::filesystem::path file = scores_of(options.path);
    if (file.empty()) {
        refuse({.file = options.path,
                .line = 0,
                .field = {},
                .expected = "utterances.jsonl or conversations.jsonl",
                .found = "a folder without them"});
    }
    const Records records(file);
    report.files.push_back(records.name());
    Reader reader(records);
    if (records.find("conversation_history")) {
        read_conversations(reader, options, report, job);
    } else {
        read_utterances(reader, options, report, job);
    }
    reader.entries.gathered.account(records.name(), report);
    TableBuilder& builder = reader.entries.builder();
    const std::filesystem::path survey = options.raters.empty()
                                             ? sibling(file.parent_path(), "survey")
                                             : std::filesystem::path(options.raters);
    if (survey.empty()) {
        report.notes.emplace_back("there is no survey.jsonl: nothing is known of the raters");
    } else {
        read_survey(Records(survey), builder, report);
    }
    report.notes.emplace_back(
        "each turn is a case that one person judged: people are compared across prompts of their "
        "own, not on the same ones");
    report.notes.emplace_back(
        "the text of a case is the prompt of its turn; what was said before is not repeated");
    result.table = std::move(builder).finish();
    return result;
}

}  // namespace edgewise::judgment::formats
