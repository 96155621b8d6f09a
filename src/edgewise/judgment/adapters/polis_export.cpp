#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/polis_votes.hpp"
#include "edgewise/judgment/adapters/rows.hpp"
#include "edgewise/judgment/amendment.hpp"

// The raw data export of Polis (pol.is), https://compdemocracy.org/export: comments.csv,
// participants-votes.csv (one row a participant, one column a statement) and votes.csv (one row a
// vote, with its time).
namespace edgewise::judgment::formats {
namespace {

constexpr std::string_view kDimension = "agreement";
constexpr std::string_view kOption = "statement";
constexpr std::string_view kGroup = "group-id";

struct Files {
    std::filesystem::path comments, wide, single;  // empty: not there
};

// The files that belong together: of a folder, or beside a file, with the same start of the name
// (clean_votes.csv goes with clean_comments.csv).
Files locate(const std::filesystem::path& path) {
    std::filesystem::path folder = path;
    std::string prefix;
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) {
        folder = path.parent_path();
        const std::string stem = stem_of(path);
        for (const std::string_view ending : {"participants-votes", "votes", "comments"}) {
            if (!stem.ends_with(ending)) continue;
            prefix = stem.substr(0, stem.size() - ending.size());
            break;
        }
    }
    Files files{.comments = sibling(folder, prefix + "comments"),
                .wide = sibling(folder, prefix + "participants-votes"),
                .single = sibling(folder, prefix + "votes")};
    if (!files.single.empty() && Records(files.single).find("participant")) {
        if (files.wide.empty()) files.wide = files.single;
        files.single.clear();
    }
    return files;
}

class Names {
public:
    std::uint32_t operator()(std::string_view name) {
        const auto [at, fresh] =
            codes_.try_emplace(std::string(name), static_cast<std::uint32_t>(all_.size()));
        if (fresh) all_.emplace_back(name);
        return at->second;
    }
    const std::string& operator[](std::size_t i) const { return all_[i]; }
    std::size_t size() const noexcept { return all_.size(); }

private:
    std::unordered_map<std::string, std::uint32_t> codes_;
    std::vector<std::string> all_;
};

double number_of(const Records& records, const CsvRecord& record, std::size_t column) {
    double number = 0.0;
    if (!parse_number(record.fields[column], number)) {
        refuse({.file = records.path().string(),
                .line = record.line,
                .field = records.header()[column],
                .expected = "a number",
                .found = std::string(record.fields[column])});
    }
    return number;
}

int vote_of(const Records& records, const CsvRecord& record, std::size_t column) {
    double number = 0.0;
    if (!parse_number(record.fields[column], number) ||
        (number != 1.0 && number != 0.0 && number != -1.0)) {
        refuse({.file = records.path().string(),
                .line = record.line,
                .field = records.header()[column],
                .expected = "a vote: -1, 0 or 1",
                .found = std::string(record.fields[column])});
    }
    return static_cast<int>(number);
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

class Export {
public:
    Export(const ImportOptions& options, ImportReport& report)
        : options_(options), report_(report) {}

    JudgmentTable read(const Job& job);

private:
    Statement& statement(std::uint32_t code) {
        if (code >= statements_.size()) statements_.resize(std::size_t{code} + 1);
        return statements_[code];
    }
    void read_comments(const Records& records);
    std::vector<Vote> read_wide(const Records& records, const Job& job);
    std::vector<Vote> read_single(const Records& records, const Job& job);
    JudgmentTable build(const std::vector<Vote>& votes, const Job& job);
    void mapped(const Records& records, std::size_t column, std::string_view to) {
        report_.mapped.push_back(
            {.from = records.name() + ": " + records.header()[column], .to = std::string(to)});
    }
    // Adds to the entry of the file's columns left out for the same reason.
    void skipped(const Records& records, std::size_t column, std::string_view why) {
        const std::string place = records.name() + ":1";
        for (Skipped& entry : report_.skipped) {
            if (entry.why != why || entry.first != place) continue;
            entry.what += ", " + records.header()[column];
            ++entry.count;
            return;
        }
        report_.skipped.push_back({.what = "columns " + records.header()[column],
                                   .why = std::string(why),
                                   .count = 1,
                                   .first = place});
    }

    const ImportOptions& options_;
    ImportReport& report_;
    Names voters_, codes_;
    std::vector<Statement> statements_;
    std::vector<std::string> groups_;  // voter -> group-id, may be shorter
    std::string comments_name_;
};

void Export::read_comments(const Records& records) {
    comments_name_ = records.name();
    const std::size_t id = records.column("comment-id");
    const std::size_t agrees = records.column("agrees");
    const std::size_t disagrees = records.column("disagrees");
    const std::size_t body = records.column("comment-body");
    const auto moderated = records.find("moderated");
    mapped(records, id, "case");
    mapped(records, body, "text of the case and of its one option");
    mapped(records, agrees, "check of the votes' sign");
    mapped(records, disagrees, "check of the votes' sign");
    if (moderated) mapped(records, *moderated, "context of the case");
    for (std::size_t c = 0; c < records.header().size(); ++c) {
        if (c == id || c == agrees || c == disagrees || c == body || c == moderated) continue;
        skipped(records, c, "they say nothing about a judgment");
    }
    records.each([&](const CsvRecord& record) {
        Statement& known = statement(codes_(record.fields[id]));
        if (known.line != 0) {
            refuse({.file = records.path().string(),
                    .line = record.line,
                    .field = "comment-id",
                    .expected = "each statement once",
                    .found = std::string(record.fields[id])});
        }
        known = {.text = std::string(record.fields[body]),
                 .moderated = moderated ? std::string(record.fields[*moderated]) : std::string{},
                 .agrees = number_of(records, record, agrees),
                 .disagrees = number_of(records, record, disagrees),
                 .line = record.line};
    });
}

std::vector<Vote> Export::read_wide(const Records& records, const Job& job) {
    const std::size_t participant = records.column("participant");
    const auto group = records.find(kGroup);
    mapped(records, participant, "rater");
    if (group) mapped(records, *group, "attribute of the rater, learned from the votes");
    std::vector<std::pair<std::size_t, std::uint32_t>> columns;
    for (std::size_t c = 0; c < records.header().size(); ++c) {
        const std::string& name = records.header()[c];
        if (c == participant || c == group) continue;
        if (all_digits(name)) {
            columns.emplace_back(c, codes_(name));
            statement(columns.back().second);
        } else {
            skipped(
                records, c,
                name == "xid" ? "it may identify the person" : "they are counted from the votes");
        }
    }
    report_.mapped.push_back({.from = fmt::format("{}: {} columns named by a statement's number",
                                                  records.name(), columns.size()),
                              .to = "votes, one case each"});
    std::vector<Vote> votes;
    std::uint64_t rows = 0;
    std::vector<bool> seen;
    records.each([&](const CsvRecord& record) {
        job.check();
        if (options_.most_rows > 0 && rows == options_.most_rows) return;
        ++rows;
        const std::uint32_t voter = voters_(record.fields[participant]);
        if (voter >= seen.size()) seen.resize(std::size_t{voter} + 1, false);
        if (record.fields[participant].empty() || seen[voter]) {
            refuse({.file = records.path().string(),
                    .line = record.line,
                    .field = "participant",
                    .expected = "a number that stands on one row only",
                    .found = {}});
        }
        seen[voter] = true;
        if (group) {
            if (voter >= groups_.size()) groups_.resize(std::size_t{voter} + 1);
            groups_[voter].assign(record.fields[*group]);
        }
        for (const auto& [column, code] : columns) {
            if (record.fields[column].empty()) continue;
            votes.push_back({.voter = voter,
                             .statement = code,
                             .value = vote_of(records, record, column),
                             .line = static_cast<std::uint32_t>(record.line)});
        }
    });
    report_.rows += rows;
    return votes;
}

std::vector<Vote> Export::read_single(const Records& records, const Job& job) {
    const std::size_t voter = records.column("voter-id");
    const std::size_t comment = records.column("comment-id");
    const std::size_t vote = records.column("vote");
    const auto time = records.find("timestamp");
    mapped(records, voter, "rater");
    mapped(records, comment, "case");
    mapped(records, vote, "vote");
    if (time) mapped(records, *time, "time");
    for (std::size_t c = 0; c < records.header().size(); ++c) {
        if (c == voter || c == comment || c == vote || c == time) continue;
        skipped(records, c, "they say what other columns say");
    }
    std::vector<Vote> votes;
    std::uint64_t rows = 0;
    records.each([&](const CsvRecord& record) {
        if (rows % 4096 == 0) job.check();
        if (options_.most_rows > 0 && rows == options_.most_rows) return;
        ++rows;
        for (const std::size_t column : {voter, comment}) {
            if (!record.fields[column].empty()) continue;
            refuse({.file = records.path().string(),
                    .line = record.line,
                    .field = records.header()[column],
                    .expected = "a number",
                    .found = "nothing"});
        }
        Vote one{.voter = voters_(record.fields[voter]),
                 .statement = codes_(record.fields[comment]),
                 .value = vote_of(records, record, vote),
                 .line = static_cast<std::uint32_t>(record.line)};
        statement(one.statement);
        if (time && !parse_time(record.fields[*time], one.time)) {
            refuse({.file = records.path().string(),
                    .line = record.line,
                    .field = "timestamp",
                    .expected = "milliseconds since 1970",
                    .found = std::string(record.fields[*time])});
        }
        votes.push_back(one);
    });
    report_.rows += rows;
    return votes;
}

JudgmentTable Export::build(const std::vector<Vote>& votes, const Job& job) {
    TableBuilder builder;
    std::vector<Id> option(statements_.size(), kNone), rater(voters_.size(), kNone);
    const Id dimension = builder.dimension_id(kDimension, Kind::vote);
    std::uint64_t unknown = 0;
    std::size_t done = 0;
    for (const Vote& vote : votes) {
        if (done++ % 65536 == 0) job.check();
        Row row{.rater = rater[vote.voter],
                .dimension = dimension,
                .value = static_cast<float>(vote.value),
                .time = vote.time,
                .source_row = vote.line};
        if (option[vote.statement] == kNone) {
            const Statement& known = statements_[vote.statement];
            const Id id = builder.case_id(codes_[vote.statement]);
            option[vote.statement] = builder.option_id(id, kOption);
            builder.set_case_text(id, known.text);
            builder.set_option_text(option[vote.statement], known.text);
            if (!known.moderated.empty()) builder.set_context(id, "moderated", known.moderated);
            if (known.line == 0) ++unknown;
        }
        if (row.rater == kNone) {
            row.rater = rater[vote.voter] = builder.rater_id(voters_[vote.voter]);
            if (vote.voter < groups_.size() && !groups_[vote.voter].empty()) {
                builder.set_attribute(row.rater, kGroup, groups_[vote.voter]);
            }
        }
        row.option = option[vote.statement];
        builder.add(row);
    }
    const auto silent = [&](std::size_t s) {
        return statements_[s].line != 0 && option[s] == kNone;
    };
    Skipped unvoted{.what = "statements", .why = "nobody voted on them", .count = 0, .first = {}};
    for (std::size_t s = 0; s < statements_.size(); ++s) {
        if (!silent(s) || ++unvoted.count > 1) continue;
        unvoted.first = fmt::format("{}:{}", comments_name_, statements_[s].line);
    }
    if (unvoted.count > 0) report_.skipped.push_back(unvoted);
    const auto mute = static_cast<std::uint64_t>(std::ranges::count(rater, kNone));
    if (mute > 0) {
        report_.skipped.push_back({.what = "participants",
                                   .why = "they have no vote",
                                   .count = mute,
                                   .first = report_.files.front()});
    }
    if (unknown > 0) {
        report_.notes.push_back(fmt::format("{} statements with votes are not in {}: no text",
                                            unknown, comments_name_));
    }
    return std::move(builder).finish();
}

JudgmentTable Export::read(const Job& job) {
    const Files files = locate(options_.path);
    if (files.comments.empty() || (files.wide.empty() && files.single.empty())) {
        refuse({.file = options_.path,
                .line = 0,
                .field = {},
                .expected = "a Polis export: comments.csv with participants-votes.csv or votes.csv",
                .found = files.comments.empty() ? "no comments.csv" : "no file of votes"},
               "comments.csv is needed to tell which sign is \"agree\"");
    }
    for (const auto& path : {files.single, files.wide, files.comments}) {
        if (!path.empty()) report_.files.push_back(path.filename().string());
    }
    read_comments(Records(files.comments));
    std::vector<Vote> votes, wide;
    if (!files.wide.empty()) {
        const Records records(files.wide);
        wide = read_wide(records, job);
        settle_sign(records.path(), statements_, comments_name_, wide, report_);
    }
    if (!files.single.empty()) {
        const Records records(files.single);
        votes = read_single(records, job);
        settle_sign(records.path(), statements_, comments_name_, votes, report_);
        settle_repeats(records.name(), votes, report_);
        if (!files.wide.empty())
            compare_votes(files.wide.filename().string(), wide, records.name(), votes, report_);
    } else {
        votes = std::move(wide);
    }
    if (!groups_.empty()) {
        report_.notes.push_back(fmt::format(
            "\"{}\" was found by Polis by clustering these same votes: groups differ on them by "
            "construction, so disagreement between them is overstated",
            kGroup));
    }
    const std::filesystem::path toss = sibling(files.comments.parent_path(), "ids-to-toss");
    if (!toss.empty()) {
        report_.notes.push_back(toss.filename().string() +
                                " lists participants to leave out; nobody was left out");
    }
    return build(votes, job);
}

}  // namespace

double recognise_polis_export(const std::filesystem::path& path, std::string& why) {
    const Files files = locate(path);
    if (files.comments.empty() || (files.wide.empty() && files.single.empty())) return 0;
    if (!Records(files.comments).find("comment-id")) return 0;
    const Records votes(files.wide.empty() ? files.single : files.wide);
    if (!votes.find("participant") && !votes.find("voter-id")) return 0;
    why = fmt::format("{} and {} are there", files.comments.filename().string(), votes.name());
    return 1.0;
}

Imported read_polis_export(const ImportOptions& options, const Job& job) {
    Imported result;
    result.table = Export(options, result.report).read(job);
    Amendment(result.table).mark_learned(kGroup);
    return result;
}

}  // namespace edgewise::judgment::formats
