#include "edgewise/judgment/adapters/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"

namespace edgewise::judgment::formats {
namespace {

using Names = std::string_view;

// Best first. "id" is last: in many files it numbers the rows.
constexpr std::array<Names, 24> kCase{
    "case",       "caseid",     "item",     "itemid",     "promptid",       "questionid",
    "exampleid",  "instanceid", "postid",   "textid",     "commentid",      "tweetid",
    "documentid", "docid",      "dialogid", "dialogueid", "conversationid", "sampleid",
    "taskid",     "topicid",    "prompt",   "post",       "question",       "id"};
constexpr std::array<Names, 10> kOption{"option",    "optionid",   "system",   "systemid",
                                        "model",     "modelid",    "response", "responseid",
                                        "candidate", "candidateid"};
constexpr std::array<Names, 23> kRater{
    "rater",      "raterid",      "annotator",   "annotatorid",   "worker",  "workerid",
    "judge",      "judgeid",      "participant", "participantid", "user",    "userid",
    "evaluator",  "evaluatorid",  "coder",       "coderid",       "labeler", "labelerid",
    "respondent", "respondentid", "raterslot",   "annotatorslot", "session"};
constexpr std::array<Names, 9> kDimension{"dimension", "dim",    "criterion",
                                          "criteria",  "aspect", "attribute",
                                          "question",  "metric", "scale"};
constexpr std::array<Names, 9> kValue{"value",    "rating",    "score", "label", "annotation",
                                      "judgment", "judgement", "vote",  "answer"};
constexpr std::array<Names, 5> kWinner{"winner", "preference", "preferred", "verdict", "choice"};
constexpr std::array<Names, 13> kText{
    "text",    "itemtext", "casetext", "prompttext", "posttext", "commentbody",   "body",
    "content", "post",     "comment",  "prompt",     "question", "initialrequest"};
constexpr std::array<Names, 6> kTime{"time",        "timestamp",   "createdat",
                                     "submittedat", "annotatedat", "datetime"};
// Context of the case that is worth a partition of cases, where the table itself holds it.
constexpr std::array<Names, 11> kContext{"category", "domain", "topic",   "turn",
                                         "type",     "split",  "dataset", "source",
                                         "language", "genre",  "subject"};
constexpr std::array<Names, 6> kOfRater{"annotator", "rater",       "worker",
                                        "judge",     "participant", "respondent"};

struct SideNames {
    Names one, other;
};
constexpr std::array<SideNames, 11> kSides{{{"left", "right"},
                                            {"modela", "modelb"},
                                            {"optiona", "optionb"},
                                            {"responsea", "responseb"},
                                            {"systema", "systemb"},
                                            {"model1", "model2"},
                                            {"option1", "option2"},
                                            {"system1", "system2"},
                                            {"modelx", "modely"},
                                            {"option", "other"},
                                            {"a", "b"}}};

std::string plain(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == ' ' || c == '_' || c == '-' || c == '.') continue;
        out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
    return out;
}

std::optional<std::size_t> find_plain(Names known, std::span<const std::string> header,
                                      const std::vector<bool>* used) {
    for (std::size_t c = 0; c < header.size(); ++c) {
        if ((used == nullptr || !(*used)[c]) && plain(header[c]) == known) return c;
    }
    return std::nullopt;
}

std::optional<std::size_t> best(std::span<const Names> names, std::span<const std::string> header,
                                const std::vector<bool>* used) {
    for (const Names known : names) {
        if (const auto at = find_plain(known, header, used)) return at;
    }
    return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// "annotator_group" speaks of the rater, "annotator" is the rater.
bool speaks_of_rater(std::string_view name) {
    return std::ranges::any_of(kOfRater, [name = plain(name)](Names start) {
        return name.starts_with(start) && name.size() > start.size();
    });
}

}  // namespace

std::span<const std::string_view> known_names(Part part) noexcept {
    switch (part) {
        case Part::case_id:
            return kCase;
        case Part::option:
            return kOption;
        case Part::rater:
            return kRater;
        case Part::dimension:
            return kDimension;
        case Part::value:
            return kValue;
        case Part::winner:
            return kWinner;
        case Part::text:
            return kText;
        case Part::time:
            return kTime;
    }
    return {};
}

bool is_known(Part part, std::string_view name) noexcept {
    return std::ranges::find(known_names(part), plain(name)) != known_names(part).end();
}

std::optional<std::size_t> find_known(Part part, std::span<const std::string> header) {
    return best(known_names(part), header, nullptr);
}

void refuse_options(const ImportOptions& options, std::string_view format, Takes tables) {
    struct Given {
        std::string_view flag;
        bool given;
    };
    const auto is = [](const std::string& text) { return !text.empty(); };
    const auto any = [](const std::vector<std::string>& texts) { return !texts.empty(); };
    for (const Given& option : std::array<Given, 14>{{
             {"--raters", is(options.raters) && tables == Takes::nothing},
             {"--items", is(options.items) && tables != Takes::raters_and_items},
             {"--case-column", is(options.case_column)},
             {"--option-column", is(options.option_column)},
             {"--other-column", is(options.other_column)},
             {"--rater-column", is(options.rater_column)},
             {"--dimension-column", is(options.dimension_column)},
             {"--value-column", is(options.value_column)},
             {"--winner-column", is(options.winner_column)},
             {"--text-column", is(options.text_column)},
             {"--time-column", is(options.time_column)},
             {"--value-columns", any(options.value_columns)},
             {"--context-columns", any(options.context_columns)},
             {"--rater-columns", any(options.rater_columns)},
         }}) {
        if (!option.given) continue;
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("the format {} has its own files and columns and does not take "
                                "this; leave it out, or name a table's format with --format",
                                format),
                    std::string(option.flag));
    }
}

std::optional<Sides> find_sides(std::span<const std::string> header) {
    for (const SideNames& names : kSides) {
        const auto one = find_plain(names.one, header, nullptr);
        const auto other = find_plain(names.other, header, nullptr);
        if (one && other) return Sides{.one = *one, .other = *other};
    }
    return std::nullopt;
}

void ColumnFinder::take(std::size_t column, std::string_view role) {
    used_[column] = true;
    report_.mapped.push_back(
        {.from = records_.name() + ": " + records_.header()[column], .to = std::string(role)});
}

std::vector<std::size_t> ColumnFinder::several(Part part, const std::string& given,
                                               std::string_view role) {
    std::vector<std::size_t> found;
    if (given.empty()) {
        if (const auto at = best(known_names(part), records_.header(), &used_)) found = {*at};
    } else if (const auto whole = records_.find(given)) {  // the name itself may hold a comma
        found = {*whole};
    } else {
        for (std::size_t at = 0; at <= given.size();) {
            const std::size_t end = std::min(given.find(',', at), given.size());
            found.push_back(records_.column(trimmed(std::string_view(given).substr(at, end - at))));
            at = end + 1;
        }
    }
    for (const std::size_t column : found) take(column, role);
    return found;
}

std::optional<std::size_t> ColumnFinder::one(Part part, const std::string& given,
                                             std::string_view role) {
    std::optional<std::size_t> found;
    if (given.empty()) {
        found = best(known_names(part), records_.header(), &used_);
    } else {
        found = records_.column(given);
    }
    if (found) take(*found, role);
    return found;
}

std::vector<std::size_t> ColumnFinder::named(std::span<const std::string> given,
                                             std::string_view role) {
    std::vector<std::size_t> found;
    for (const std::string& name : given) {
        found.push_back(records_.column(name));
        take(found.back(), role);
    }
    return found;
}

void ColumnFinder::subject(const ImportOptions& options, Layout& layout) {
    const auto& header = records_.header();
    layout.rater_columns = several(Part::rater, options.rater_column, "rater");
    if (layout.rater_columns.empty()) {
        report_.notes.push_back(fmt::format(
            "WHO JUDGED IS NOT KNOWN: {} has no rater column, so all judgments are given to one "
            "rater called \"{}\"; people cannot be told apart, and nothing about groups or about "
            "raters can be shown",
            records_.name(), kUnknownRater));
    } else {
        const std::string& name = header[layout.rater_columns.front()];
        if (plain(name).ends_with("slot")) {
            report_.notes.push_back(fmt::format(
                "RATERS ARE POSITIONS, NOT PEOPLE: \"{}\" only numbers the places in which "
                "ratings stand; the same number need not be the same person, so rater effects "
                "and agreement between raters mean little",
                name));
        } else if (plain(name).starts_with("session")) {
            report_.notes.push_back(fmt::format(
                "RATERS ARE SESSIONS: \"{}\" is taken as the rater because nothing names people; "
                "one person may have several sessions",
                name));
        }
    }
    layout.case_columns = several(Part::case_id, options.case_column, "case");
    if (layout.case_columns.empty()) {
        refuse({.file = records_.path().string(),
                .line = 1,
                .field = {},
                .expected = "a column that names the case",
                .found = join(header, ", ")},
               "name it with --case-column (several with commas between)");
    }
}

void ColumnFinder::rest(const ImportOptions& options, Layout& layout) {
    const auto& header = records_.header();
    layout.text = one(Part::text, options.text_column, "text of the case");
    layout.time = one(Part::time, options.time_column, "time");
    layout.time_given = !options.time_column.empty();
    layout.context = named(options.context_columns, "context of the case");
    layout.attributes = named(options.rater_columns, "attribute of the rater");
    for (std::size_t c = 0; c < header.size(); ++c) {
        if (used_[c]) continue;
        if (std::ranges::find(kContext, plain(header[c])) != kContext.end()) {
            layout.context.push_back(c);
            take(c, "context of the case");
        } else if (!layout.rater_columns.empty() && speaks_of_rater(header[c])) {
            layout.attributes.push_back(c);
            take(c, "attribute of the rater");
        }
    }
}

void ColumnFinder::close(std::string_view why) {
    std::vector<std::string_view> free;
    for (std::size_t c = 0; c < used_.size(); ++c) {
        if (!used_[c]) free.push_back(records_.header()[c]);
    }
    if (free.empty()) return;
    report_.skipped.push_back({.what = fmt::format("columns {}", join(free, ", ")),
                               .why = std::string(why),
                               .count = free.size(),
                               .first = records_.name() + ":1"});
}

}  // namespace edgewise::judgment::formats
