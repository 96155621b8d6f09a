#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/rows.hpp"

// Orders in the PrefLib formats soc, soi, toc and toi (Mattei and Walsh 2013; preflib.org/format
// and FORMAT_SPECIFICATION.md of github.com/PrefLib/PrefLib-Data): lines "# KEY: value", then
// "count: 1,{2,3},4". The older form has no keys: the number of alternatives, "1,name" for each,
// "voters,sum of counts,distinct orders", then "count,1,{2,3},4".
namespace edgewise::judgment::formats {
namespace {

constexpr std::string_view kDimension = "preference";
constexpr std::array<std::string_view, 4> kTypes{"soc", "soi", "toc", "toi"};
constexpr std::uint64_t kMostVoters = 1'000'000;
constexpr std::uint64_t kMostRanks = 20'000'000;
constexpr std::uint64_t kMostAlternatives = 1'000'000;

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::optional<std::uint64_t> whole(std::string_view text) {
    text = trimmed(text);
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || text.empty()) {
        return std::nullopt;
    }
    return value;
}

// "soi" for votes.soi and votes.soi.gz; empty for other endings.
std::string_view type_of(const std::filesystem::path& path) {
    std::string name = path.filename().string();
    for (const std::string_view packed : {".gz", ".zst"}) {
        if (name.ends_with(packed)) name.resize(name.size() - packed.size());
    }
    for (const std::string_view type : kTypes) {
        if (name.ends_with("." + std::string(type))) return type;
    }
    return {};
}

class Orders {
public:
    Orders(const ImportOptions& options, ImportReport& report)
        : options_(options),
          path_(options.path),
          name_(path_.filename().string()),
          type_(type_of(path_)),
          report_(report) {}

    JudgmentTable read(const Job& job);

private:
    [[noreturn]] void fail(std::string_view field, std::string expected, std::string_view found,
                           std::string_view remedy = {}) const {
        refuse({.file = path_.string(),
                .line = line_,
                .field = std::string(field),
                .expected = std::move(expected),
                .found = std::string(found)},
               remedy);
    }
    std::uint64_t number(std::string_view field, std::string_view text) const {
        const auto value = whole(text);
        if (!value) fail(field, "a whole number", text.empty() ? "nothing" : text);
        return *value;
    }

    void take(std::string_view line);
    void key(std::string_view line);
    void old_header(std::string_view line);
    void name_alternative(std::uint64_t index, std::string_view name);
    void begin_orders();
    void order(std::string_view count, std::string_view list);
    void parse(std::string_view list);
    void rank(std::string_view alternative, std::uint32_t place);
    void close();

    const ImportOptions& options_;
    std::filesystem::path path_;
    std::string name_, type_;
    ImportReport& report_;

    std::uint64_t line_ = 0;
    bool keyed_ = false, started_ = false;
    std::unordered_map<std::string, std::string> keys_;
    std::vector<std::string> names_;  // by number - 1
    std::optional<std::uint64_t> alternatives_, voters_, orders_;

    TableBuilder builder_;
    Gathered left_out_;  // tallies only
    Id case_ = kNone, dimension_ = kNone;
    std::vector<Id> option_;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> ranks_;  // of the present order
    std::vector<std::uint64_t> seen_on_;                          // alternative -> line
    std::unordered_set<std::string> known_orders_;
    std::uint64_t counted_ = 0, rank_rows_ = 0, repeated_ = 0, first_repeated_ = 0, lines_ = 0;
    bool cut_ = false;
};

void Orders::name_alternative(std::uint64_t index, std::string_view name) {
    if (index < 1 || index > kMostAlternatives) {
        fail("alternative", fmt::format("a number from 1 to {}", kMostAlternatives),
             std::to_string(index));
    }
    if (names_.size() < index) names_.resize(index);
    if (!names_[index - 1].empty()) {
        fail("alternative", "each number once", fmt::format("{} again", index));
    }
    names_[index - 1] = name.empty() ? std::to_string(index) : std::string(name);
}

void Orders::key(std::string_view line) {
    keyed_ = true;
    if (started_) fail({}, "an order: keys stand at the start of the file", line);
    line = trimmed(line.substr(1));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        if (line.empty()) return;
        fail({}, "\"# KEY: value\"", line);
    }
    const std::string_view name = trimmed(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    constexpr std::string_view kName = "ALTERNATIVE NAME ";
    if (name.starts_with(kName)) {
        name_alternative(number(name, name.substr(kName.size())), value);
    } else if (name == "NUMBER ALTERNATIVES") {
        alternatives_ = number(name, value);
    } else if (name == "NUMBER VOTERS") {
        voters_ = number(name, value);
    } else if (name == "NUMBER UNIQUE ORDERS") {
        orders_ = number(name, value);
    } else if (name == "DATA TYPE") {
        if (std::ranges::find(kTypes, value) == kTypes.end()) {
            fail(name, "soc, soi, toc or toi", value,
                 "only orders are read, no other PrefLib data");
        }
        type_ = value;
    } else {
        keys_.insert_or_assign(std::string(name), std::string(value));
    }
}

// A line of the older form before its orders.
void Orders::old_header(std::string_view line) {
    if (!alternatives_) {
        alternatives_ = number("number of alternatives", line);
        return;
    }
    const std::size_t comma = line.find(',');
    if (comma == std::string_view::npos) fail({}, "a number, a comma and more", line);
    if (names_.size() < *alternatives_) {
        const std::uint64_t index = number("alternative", line.substr(0, comma));
        if (index != names_.size() + 1) {
            fail("alternative", fmt::format("number {}", names_.size() + 1), std::to_string(index));
        }
        return name_alternative(index, trimmed(line.substr(comma + 1)));
    }
    const std::size_t second = line.find(',', comma + 1);
    if (second == std::string_view::npos) {
        fail({}, "the numbers of voters, of votes and of distinct orders", line);
    }
    number("number of voters", line.substr(0, comma));
    voters_ = number("sum of votes", line.substr(comma + 1, second - comma - 1));
    orders_ = number("number of distinct orders", line.substr(second + 1));
    begin_orders();
}

void Orders::begin_orders() {
    started_ = true;
    if (names_.empty()) fail({}, "names of alternatives before the first order", "none");
    if (alternatives_ && *alternatives_ != names_.size()) {
        fail("NUMBER ALTERNATIVES", fmt::format("{} names", *alternatives_),
             fmt::format("{}", names_.size()));
    }
    std::unordered_set<std::string_view> once;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (names_[i].empty()) {
            fail("alternative", fmt::format("a name for number {}", i + 1), "none");
        }
        if (!once.insert(names_[i]).second) {
            fail("alternative", "each name once", fmt::format("\"{}\" twice", names_[i]));
        }
    }
    const std::string named = keys_.contains("FILE NAME") ? keys_.at("FILE NAME") : std::string();
    case_ = builder_.case_id(named.empty() ? name_ : named);
    std::string text = keys_["TITLE"];
    if (!keys_["DESCRIPTION"].empty()) {
        text += (text.empty() ? "" : "\n") + keys_["DESCRIPTION"];
    }
    builder_.set_case_text(case_, text);
    if (!type_.empty()) builder_.set_context(case_, "data_type", type_);
    if (!keys_["MODIFICATION TYPE"].empty()) {
        builder_.set_context(case_, "modification_type", keys_["MODIFICATION TYPE"]);
    }
    for (const std::string& name : names_) option_.push_back(builder_.option_id(case_, name));
    dimension_ = builder_.dimension_id(kDimension, Kind::ranking);
    seen_on_.assign(names_.size(), 0);
}

void Orders::rank(std::string_view alternative, std::uint32_t place) {
    const auto index = whole(alternative);
    if (!index || *index < 1 || *index > names_.size()) {
        fail("order", fmt::format("an alternative from 1 to {}", names_.size()),
             trimmed(alternative).empty() ? "nothing" : trimmed(alternative));
    }
    if (seen_on_[*index - 1] == line_) {
        fail("order", "each alternative once", fmt::format("{} twice", *index));
    }
    seen_on_[*index - 1] = line_;
    ranks_.emplace_back(*index - 1, place);
}

// Fills ranks_ from "1,{2,3},4".
void Orders::parse(std::string_view list) {
    ranks_.clear();
    std::uint32_t place = 0;
    for (std::size_t at = 0; at <= list.size();) {
        ++place;
        const std::size_t begin = std::min(list.find_first_not_of(" \t", at), list.size());
        if (begin == list.size() || list[begin] != '{') {
            const std::size_t end = std::min(list.find(',', at), list.size());
            rank(list.substr(at, end - at), place);
            at = end + 1;
            continue;
        }
        const std::size_t close = list.find('}', begin);
        if (close == std::string_view::npos)
            fail("order", "a closing brace", "the end of the line");
        std::string_view tied = list.substr(begin + 1, close - begin - 1);
        const std::size_t before = ranks_.size();
        for (std::size_t from = 0; from <= tied.size();) {
            const std::size_t end = std::min(tied.find(',', from), tied.size());
            rank(tied.substr(from, end - from), place);
            from = end + 1;
        }
        if (ranks_.size() - before > 1 && (type_ == "soc" || type_ == "soi")) {
            fail("order", "an order without ties, since the data are " + type_,
                 list.substr(begin, close + 1 - begin));
        }
        at = list.find_first_not_of(" \t", close + 1);
        if (at == std::string_view::npos) break;
        if (list[at] != ',') fail("order", "a comma after the brace", list.substr(at, 1));
        ++at;
    }
    if (ranks_.size() < names_.size() && (type_ == "soc" || type_ == "toc")) {
        fail("order",
             fmt::format("all {} alternatives, since the data are {}", names_.size(), type_),
             fmt::format("{}", ranks_.size()));
    }
}

void Orders::order(std::string_view count_text, std::string_view list) {
    if (options_.most_rows > 0 && lines_ == options_.most_rows) {
        cut_ = true;
        return;
    }
    ++lines_;
    const std::uint64_t count = number("count", count_text);
    list = trimmed(list);
    if (count > kMostVoters - counted_) {
        fail("count", fmt::format("at most {} ballots in a file", kMostVoters), trimmed(count_text),
             "each ballot becomes a rater of its own");
    }
    counted_ += count;
    if (list.empty()) {
        left_out_.skip("orders that rank nothing", "the list is empty", line_);
        return;
    }
    if (count == 0) {
        left_out_.skip("orders that nobody gave", "their count is 0", line_);
        return;
    }
    parse(list);
    rank_rows_ += count * ranks_.size();
    if (rank_rows_ > kMostRanks) {
        fail("order", fmt::format("at most {} ranks in all ballots of a file", kMostRanks), "more");
    }
    std::string same;
    for (const auto& [alternative, place] : ranks_)
        same += fmt::format("{}:{} ", place, alternative);
    if (!known_orders_.insert(std::move(same)).second && ++repeated_ == 1) first_repeated_ = line_;
    Row row{.dimension = dimension_, .source_row = static_cast<std::uint32_t>(line_)};
    for (std::uint64_t voter = 1; voter <= count; ++voter) {
        row.rater = builder_.rater_id(fmt::format("line {}, voter {}", line_, voter));
        row.ballot = builder_.next_ballot();
        for (const auto& [alternative, place] : ranks_) {
            row.option = option_[alternative];
            row.value = static_cast<float>(place);
            builder_.add(row);
        }
    }
}

void Orders::take(std::string_view line) {
    line = trimmed(line);
    if (line.empty()) return;
    if (line.starts_with('#')) return key(line);
    if (keyed_) {
        if (!started_) begin_orders();
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) fail("order", "\"count: 1,2,3\"", line);
        return order(line.substr(0, colon), line.substr(colon + 1));
    }
    if (!started_) return old_header(line);
    const std::size_t comma = std::min(line.find(','), line.size());
    order(line.substr(0, comma),
          comma == line.size() ? std::string_view() : line.substr(comma + 1));
}

void Orders::close() {
    line_ = 0;
    if (!started_) fail({}, "alternatives and orders", "none");
    const auto say = [&](std::string_view from, std::string_view to) {
        report_.mapped.push_back(
            {.from = fmt::format("{}: {}", name_, from), .to = std::string(to)});
    };
    say(keyed_ ? "FILE NAME, TITLE, DESCRIPTION" : "name of the file",
        keyed_ ? "case and its text" : "case");
    say(keyed_ ? "ALTERNATIVE NAME" : "names", "options");
    say("count", "that many ballots, each of a rater of its own");
    say("order", "ranking; alternatives that it leaves out are not ranked");
    report_.rows = lines_;
    left_out_.account(name_, report_);
    if (cut_) return;
    if (voters_ && *voters_ != counted_) {
        fail(keyed_ ? "NUMBER VOTERS" : "sum of votes", fmt::format("{} votes", *voters_),
             fmt::format("counts that add up to {}", counted_), "is the file cut short?");
    }
    if (orders_ && *orders_ != lines_) {
        report_.notes.push_back(
            fmt::format("{} says that there are {} distinct orders, and has {} lines of them",
                        name_, *orders_, lines_));
    }
    if (repeated_ > 0) {
        report_.notes.push_back(fmt::format(
            "{} orders stand on more than one line (first again at {}:{}): all are kept", repeated_,
            name_, first_repeated_));
    }
}

JudgmentTable Orders::read(const Job& job) {
    report_.files.push_back(name_);
    read_blocks(path_, ReadOptions{}, Job{}, [&](const Block& block) -> std::function<void()> {
        line_ = block.first_line;
        for (std::size_t at = 0; at < block.text.size(); ++line_) {
            if (line_ % 1024 == 0) job.check();
            const std::size_t end = std::min(block.text.find('\n', at), block.text.size());
            take(block.text.substr(at, end - at));
            at = end + 1;
        }
        return [] {};
    });
    close();
    report_.notes.emplace_back(
        "who voted is not known: each ballot is a rater of its own, named by its line, so nothing "
        "about groups or about one person's ballots can be shown");
    return std::move(builder_).finish();
}

}  // namespace

double recognise_preflib(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return 0;
    constexpr std::size_t kEnough = std::size_t{64} << 10;
    const std::string head = read_head(path, kEnough);
    const std::string_view first = std::string_view(head).substr(0, head.find('\n'));
    if (first.starts_with('#')) {
        for (const std::string_view type : kTypes) {
            if (head.find("\n# DATA TYPE: " + std::string(type)) == std::string::npos) continue;
            why = "lines \"# KEY: value\" with the data type " + std::string(type);
            return 1.0;
        }
    }
    const std::string_view type = type_of(path);
    if (type.empty() || (!first.starts_with('#') && !whole(first))) return 0;
    why = fmt::format("the name ends in .{} and the first line is PrefLib's", type);
    return 1.0;
}

Imported read_preflib(const ImportOptions& options, const Job& job) {
    refuse_options(options, "preflib", Takes::nothing);
    Imported result;
    result.table = Orders(options, result.report).read(job);
    return result;
}

}  // namespace edgewise::judgment::formats
