#include "edgewise/judgment/native_line.hpp"
#include "edgewise/judgment/kind_names.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>

#include "edgewise/base/error.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/base/time.hpp"

namespace edgewise::judgment {
namespace {

namespace od = simdjson::ondemand;
static_assert(simdjson::SIMDJSON_PADDING <= kBlockPadding);

using Members = std::span<const std::string_view>;

constexpr std::array<std::string_view, 3> kCase{"id", "text", "context"};
constexpr std::array<std::string_view, 3> kOption{"case", "id", "text"};
constexpr std::array<std::string_view, 3> kRater{"id", "kind", "attributes"};
constexpr std::array<std::string_view, 8> kDimension{"name", "kind",     "scale",      "low",
                                                     "high", "polarity", "categories", "claim"};
constexpr std::array<std::string_view, 5> kClaim{"ideal", "property", "object", "threat_model",
                                                 "proxy_of"};
constexpr std::array<std::string_view, 3> kRaterKinds{"person", "machine", "check"};
constexpr std::array<std::string_view, 4> kScales{"ordinal", "continuous", "binary", "nominal"};
constexpr std::array<std::string_view, 2> kPolarities{"positive", "negative"};
constexpr std::array<std::string_view, 4> kIdeals{"task_reliability", "social_judiciousness",
                                                  "takeover_avoidance", "other"};
constexpr std::array<std::string_view, 3> kVotes{"disagree", "pass", "agree"};
constexpr std::array<std::string_view, 4> kOutcomes{"a", "b", "tie", "both_bad"};

enum Member : std::uint8_t {
    kmCase,
    kmOption,
    kmRater,
    kmDimension,
    kmRating,
    kmVote,
    kmComparison,
    kmRanking,
    kmApproved,
    kmLabel,
    kmA,
    kmB,
    kmOffered,
    kmWeight,
    kmConfidence,
    kmTime,
    kmReason,
    kmUnderspecified,
};
constexpr std::array<std::string_view, 18> kJudgment{
    "case",       "option",  "rater",      "dimension", "rating", "vote",
    "comparison", "ranking", "approved",   "label",     "a",      "b",
    "offered",    "weight",  "confidence", "time",      "reason", "underspecified"};

// Members that are an id or a label, and where they go.
constexpr std::array<std::string_view JudgmentLine::*, 18> kNamed{&JudgmentLine::case_,
                                                                  &JudgmentLine::option,
                                                                  &JudgmentLine::rater,
                                                                  &JudgmentLine::dimension,
                                                                  nullptr,
                                                                  nullptr,
                                                                  nullptr,
                                                                  nullptr,
                                                                  nullptr,
                                                                  &JudgmentLine::label,
                                                                  &JudgmentLine::option,
                                                                  &JudgmentLine::other};

constexpr std::uint32_t bit(Member member) { return std::uint32_t{1} << member; }
constexpr std::uint32_t kMarks = bit(kmRating) | bit(kmVote) | bit(kmComparison) | bit(kmRanking) |
                                 bit(kmApproved) | bit(kmLabel);
constexpr std::uint32_t kAlways = bit(kmCase) | bit(kmRater);
constexpr std::uint32_t kMaybe = bit(kmDimension) | bit(kmWeight) | bit(kmConfidence) |
                                 bit(kmTime) | bit(kmReason) | bit(kmUnderspecified);

// Besides the mark and kAlways, by Kind.
constexpr std::array<std::uint32_t, 6> kRequired{
    bit(kmOption) | bit(kmDimension), bit(kmOption), bit(kmA) | bit(kmB), 0, bit(kmOffered),
    bit(kmOption) | bit(kmDimension)};
constexpr std::array<std::string_view, 6> kDefaultDimension{"",           "agreement", "preference",
                                                            "preference", "approval",  ""};

constexpr std::uint32_t low_bit(std::uint32_t bits) {
    return static_cast<std::uint32_t>(std::countr_zero(bits));
}

}  // namespace

struct NativeLineReader::State {
    std::string file;
    std::uint64_t line = 0;
    od::parser parser;
    std::array<std::size_t, 24> guess{};  // which member stood at each place of the last line
    CaseLine case_line;
    OptionLine option_line;
    RaterLine rater_line;
    Dimension dimension;
    JudgmentLine judgment;

    [[noreturn]] void fail(std::string_view field, std::string_view expected,
                           std::string_view found) const {
        refuse({.file = file,
                .line = line,
                .field = std::string(field),
                .expected = std::string(expected),
                .found = std::string(found)});
    }
    void check(simdjson::error_code code) const {
        if (code != simdjson::SUCCESS) fail({}, "one JSON object", simdjson::error_message(code));
    }
    [[noreturn]] void wrong(od::value& value, std::string_view field,
                            std::string_view expected) const {
        const std::string_view token = raw(value);
        fail(field, expected, token.empty() ? "nothing" : token.substr(0, token.find('\n')));
    }

    // As it stands in the file. (Stage 1 of simdjson has told where the next token starts.)
    static std::string_view raw(od::value& value) {
        std::string_view token = value.raw_json_token();
        while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') {
            token.remove_suffix(1);
        }
        return token;
    }

    std::string_view text(od::value value, std::string_view field) const {
        const std::string_view token = raw(value);
        if (token.size() >= 2 && token.front() == '"' &&
            token.find('\\') == std::string_view::npos) {
            return token.substr(1, token.size() - 2);  // nothing to unescape, nothing to copy
        }
        std::string_view out;
        if (value.get_string().get(out) != simdjson::SUCCESS) wrong(value, field, "a string");
        return out;
    }
    std::string_view name(od::value value, std::string_view field) const {
        const std::string_view out = text(value, field);
        if (out.empty()) fail(field, "a string that is not empty", "\"\"");
        return out;
    }
    double number(od::value value, std::string_view field) const {
        double out = 0.0;
        if (value.get_double().get(out) != simdjson::SUCCESS || !std::isfinite(out)) {
            wrong(value, field, "a finite number");
        }
        return out;
    }
    bool truth(od::value value, std::string_view field) const {
        bool out = false;
        if (value.get_bool().get(out) != simdjson::SUCCESS) wrong(value, field, "true or false");
        return out;
    }
    std::size_t one_of(od::value value, std::string_view field, Members words) const {
        const std::string_view word = text(value, field);
        const auto found = std::ranges::find(words, word);
        if (found == words.end()) {
            std::string expected = "one of";
            for (const std::string_view known : words) {
                expected.append(known == words.front() ? " " : ", ").append(known);
            }
            fail(field, expected, "\"" + std::string(word) + "\"");
        }
        return static_cast<std::size_t>(found - words.begin());
    }
    std::int64_t time(od::value value) const {
        constexpr std::string_view kExpected = "an ISO 8601 time or milliseconds since 1970";
        od::json_type type{};
        check(value.type().get(type));
        std::int64_t out = 0;
        if (type != od::json_type::string) {
            if (value.get_int64().get(out) != simdjson::SUCCESS) wrong(value, "time", kExpected);
        } else if (const std::string_view given = text(value, "time");
                   !parse_iso_time(given, out)) {
            fail("time", kExpected, "\"" + std::string(given) + "\"");
        }
        return out;
    }

    // Which of `members` a member's name is. Names with escapes are none of them.
    std::size_t which(od::raw_json_string key, std::size_t place, Members members) {
        const char* raw = key.raw();
        const auto is = [&](std::size_t member) {
            const std::string_view known = members[member];
            return std::string_view(raw, known.size()) == known && raw[known.size()] == '"';
        };
        std::size_t& guessed = guess[std::min(place, guess.size() - 1)];
        if (guessed < members.size() && is(guessed)) return guessed;
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (is(i)) return guessed = i;
        }
        std::string_view name(raw, kBlockPadding);
        name = name.substr(0, name.find_first_of("\"\n"));
        fail(name, "a member that the format knows", "one it does not");
    }

    // Calls take(member, value) for every member; returns which there were, as bits.
    template <class Take>
    std::uint32_t members(od::object object, Members known, Take take) {
        std::uint32_t seen = 0;
        std::size_t place = 0;
        for (auto result : object) {
            od::field field;
            check(std::move(result).get(field));
            const std::size_t member = which(field.key(), place++, known);
            const std::uint32_t own = std::uint32_t{1} << member;
            if ((seen & own) != 0) fail(known[member], "a member once", "it twice");
            seen |= own;
            take(member, field.value());
        }
        return seen;
    }

    void need(std::uint32_t seen, std::uint32_t required, Members known) const {
        const std::uint32_t missing = required & ~seen;
        if (missing != 0) fail(known[low_bit(missing)], "this member", "none");
    }

    template <class Take>
    std::uint32_t read(std::string_view text, std::uint64_t at, Members known, Take take) {
        line = at;
        od::document document;
        check(parser.iterate(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING)
                  .get(document));
        od::object object;
        od::json_type type{};
        check(document.type().get(type));
        if (type != od::json_type::object) fail({}, "one JSON object", text);
        check(document.get_object().get(object));
        const std::uint32_t seen = members(object, known, take);
        // There is a place after the object only if something stands there.
        const char* after = nullptr;
        if (document.current_location().get(after) == simdjson::SUCCESS) {
            fail({}, "one JSON object", "text after it");
        }
        return seen;
    }

    void named_values(od::value value, std::string_view field, NamedValues& out) const {
        od::object object;
        if (value.get_object().get(object) != simdjson::SUCCESS) wrong(value, field, "an object");
        for (auto result : object) {
            od::field member;
            check(std::move(result).get(member));
            std::string_view name;
            check(member.unescaped_key().get(name));
            if (name.empty()) fail(field, "names that are not empty", "\"\"");
            for (const auto& [known, ignored] : out.values) {
                if (known == name) fail(name, "a member once", "it twice");
            }
            out.values.emplace_back(name, plain(member.value(), name));
        }
    }

    // A string, or a number or truth as it is written; nothing for null.
    std::string_view plain(od::value value, std::string_view field) const {
        od::json_type type{};
        check(value.type().get(type));
        const std::string_view token = raw(value);
        switch (type) {
            case od::json_type::string:
                return text(value, field);
            case od::json_type::number:
                number(value, field);
                return token;
            case od::json_type::boolean:
                truth(value, field);
                return token;
            case od::json_type::null:
                if (token != "null") fail(field, "null", token);
                return {};
            default:
                wrong(value, field, "a string, a number, true, false or null");
        }
    }

    template <class Take>
    void each(od::value value, std::string_view field, std::string_view expected, Take take) const {
        od::array array;
        if (value.get_array().get(array) != simdjson::SUCCESS) wrong(value, field, expected);
        for (auto result : array) {
            od::value element;
            check(std::move(result).get(element));
            take(element);
        }
    }

    void texts(od::value value, std::string_view field, std::vector<std::string_view>& out) const {
        each(value, field, "a list of options", [&](od::value element) {
            const std::string_view option = name(element, field);
            if (std::ranges::find(out, option) != out.end()) {
                fail(field, "every option once", "\"" + std::string(option) + "\" twice");
            }
            out.push_back(option);
        });
    }

    void ranking(od::value value) {
        std::uint32_t rank = 0;
        each(value, "ranking", "a list of lists of options, best first", [&](od::value tied) {
            ++rank;
            bool any = false;
            each(tied, "ranking", "a list of lists of options, best first", [&](od::value one) {
                const std::string_view option = name(one, "ranking");
                for (const auto& [known, ignored] : judgment.ranking) {
                    if (known == option) {
                        fail("ranking", "every option once",
                             "\"" + std::string(option) + "\" twice");
                    }
                }
                judgment.ranking.emplace_back(option, rank);
                any = true;
            });
            if (!any) fail("ranking", "at least one option in each place", "none");
        });
        if (judgment.ranking.empty()) fail("ranking", "at least one option", "none");
    }

    void judgment_member(std::size_t member, od::value value);
    void finish_judgment(std::uint32_t seen);
};

void NativeLineReader::State::judgment_member(std::size_t member, od::value value) {
    JudgmentLine& out = judgment;
    const std::string_view field = kJudgment[member];
    const auto is = [&](Member wanted) { return member == wanted; };
    if (kNamed[member] != nullptr) {
        out.*kNamed[member] = name(value, field);
    } else if (is(kmRating)) {
        out.value = number(value, field);
    } else if (is(kmVote)) {
        out.value = static_cast<double>(one_of(value, field, kVotes)) - 1.0;
    } else if (is(kmComparison)) {
        constexpr std::array<double, 4> kValues{1.0, 0.0, 0.5, 0.5};
        const std::size_t outcome = one_of(value, field, kOutcomes);
        out.value = kValues[outcome];
        if (outcome == 3) out.flags |= kBothBad;
    } else if (is(kmRanking)) {
        ranking(value);
    } else if (is(kmApproved) || is(kmOffered)) {
        texts(value, field, is(kmApproved) ? out.approved : out.offered);
    } else if (is(kmWeight)) {
        out.weight = number(value, field);
        if (out.weight < 0.0) wrong(value, field, "a number, 0 or more");
    } else if (is(kmConfidence)) {
        out.confidence = number(value, field);
        if (out.confidence < 0.0 || out.confidence > 1.0) wrong(value, field, "a number, 0 to 1");
    } else if (is(kmTime)) {
        out.time = time(value);
    } else if (is(kmReason)) {
        out.reason = text(value, field);
    } else if (truth(value, field)) {
        out.flags |= kUnderspecified;
    }
}

void NativeLineReader::State::finish_judgment(std::uint32_t seen) {
    const std::uint32_t mark = seen & kMarks;
    if (std::popcount(mark) != 1) {
        fail({}, "one of rating, vote, comparison, ranking, approved, label",
             mark == 0 ? "none of them" : "several of them");
    }
    const std::uint32_t kind = low_bit(mark) - kmRating;
    judgment.kind = static_cast<Kind>(kind);
    need(seen, kAlways | kRequired[kind], kJudgment);
    const std::uint32_t extra = seen & ~(mark | kAlways | kRequired[kind] | kMaybe);
    if (extra != 0) {
        fail(kJudgment[low_bit(extra)], "no such member in a " + std::string(kKindNames[kind]),
             "one");
    }
    if (judgment.dimension.empty()) judgment.dimension = kDefaultDimension[kind];
    for (const std::string_view option : judgment.approved) {
        if (std::ranges::find(judgment.offered, option) == judgment.offered.end()) {
            fail("approved", "options that were offered", "\"" + std::string(option) + "\"");
        }
    }
    if (judgment.kind == Kind::approval && judgment.offered.empty()) {
        fail("offered", "at least one option", "none");
    }
}

NativeLineReader::NativeLineReader(std::string file) : state_(std::make_unique<State>()) {
    state_->file = std::move(file);
}
NativeLineReader::~NativeLineReader() = default;

const CaseLine& NativeLineReader::read_case(std::string_view text, std::uint64_t line) {
    State& s = *state_;
    CaseLine& out = s.case_line = {};
    const std::uint32_t seen = s.read(text, line, kCase, [&](std::size_t member, od::value value) {
        if (member == 0) out.id = s.name(value, "id");
        if (member == 1) out.text = s.text(value, "text");
        if (member == 2) s.named_values(value, "context", out.context);
    });
    s.need(seen, 1, kCase);
    return out;
}

const OptionLine& NativeLineReader::read_option(std::string_view text, std::uint64_t line) {
    State& s = *state_;
    OptionLine& out = s.option_line = {};
    const std::uint32_t seen =
        s.read(text, line, kOption, [&](std::size_t member, od::value value) {
            if (member == 0) out.case_ = s.name(value, "case");
            if (member == 1) out.id = s.name(value, "id");
            if (member == 2) out.text = s.text(value, "text");
        });
    s.need(seen, 3, kOption);
    return out;
}

const RaterLine& NativeLineReader::read_rater(std::string_view text, std::uint64_t line) {
    State& s = *state_;
    RaterLine& out = s.rater_line = {};
    const std::uint32_t seen = s.read(text, line, kRater, [&](std::size_t member, od::value value) {
        if (member == 0) out.id = s.name(value, "id");
        if (member == 1) {
            out.kind = static_cast<RaterKind>(s.one_of(value, "kind", kRaterKinds));
        }
        if (member == 2) s.named_values(value, "attributes", out.attributes);
    });
    s.need(seen, 1, kRater);
    return out;
}

const Dimension& NativeLineReader::read_dimension(std::string_view text, std::uint64_t line) {
    State& s = *state_;
    Dimension& out = s.dimension = {};
    std::uint32_t claims = 0;
    const auto claim = [&](std::size_t member, od::value value) {
        const std::array<std::string*, 5> into{&out.ideal, &out.property, &out.object,
                                               &out.threat_model, &out.proxy_of};
        *into[member] = member == 0 ? kIdeals[s.one_of(value, "ideal", kIdeals)]
                                    : s.text(value, kClaim[member]);
    };
    std::vector<std::string_view> categories;
    const std::uint32_t seen =
        s.read(text, line, kDimension, [&](std::size_t member, od::value value) {
            if (member == 0) out.name = s.name(value, "name");
            if (member == 1) out.kind = static_cast<Kind>(s.one_of(value, "kind", kKindNames));
            if (member == 2) out.scale = static_cast<Scale>(s.one_of(value, "scale", kScales));
            if (member == 3) out.low = s.number(value, "low");
            if (member == 4) out.high = s.number(value, "high");
            if (member == 5) {
                out.polarity = static_cast<Polarity>(s.one_of(value, "polarity", kPolarities));
            }
            if (member == 6) s.texts(value, "categories", categories);
            if (member == 7) {
                od::object object;
                if (value.get_object().get(object) != simdjson::SUCCESS)
                    s.wrong(value, "claim", "an object");
                claims = s.members(object, kClaim, claim);
            }
        });
    s.need(seen, 3, kDimension);
    const auto has = [&](unsigned member) { return (seen >> member & 1U) != 0; };
    out.scale_declared = has(2);
    out.polarity_declared = has(5);
    out.range_declared = has(3);
    if (has(3) != has(4)) s.fail(has(3) ? "high" : "low", "both low and high, or neither", "one");
    if (has(3) && !(out.low < out.high)) s.fail("high", "more than low", "less or the same");
    if (has(3) && out.kind != Kind::rating) s.fail("low", "a scale of ratings only", "another");
    if (has(6) && out.kind != Kind::label) s.fail("categories", "them for labels only", "them");
    for (const std::string_view category : categories) out.categories.push_back(category);
    if (out.scale_declared && out.scale == Scale::binary && out.kind == Kind::label &&
        categories.size() != 2) {
        s.fail("categories", "two, the first meaning no, on a binary scale",
               std::to_string(categories.size()));
    }
    return out;
}

const JudgmentLine& NativeLineReader::read_judgment(std::string_view text, std::uint64_t line) {
    State& s = *state_;
    // Lists keep their memory from line to line.
    JudgmentLine fresh;
    std::swap(fresh.ranking, s.judgment.ranking);
    std::swap(fresh.approved, s.judgment.approved);
    std::swap(fresh.offered, s.judgment.offered);
    fresh.ranking.clear();
    fresh.approved.clear();
    fresh.offered.clear();
    s.judgment = std::move(fresh);
    s.finish_judgment(s.read(text, line, kJudgment, [&](std::size_t member, od::value value) {
        s.judgment_member(member, value);
    }));
    return s.judgment;
}

}  // namespace edgewise::judgment
