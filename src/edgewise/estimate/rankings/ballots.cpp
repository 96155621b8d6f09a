#include "edgewise/estimate/rankings/ballots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/require.hpp"

namespace edgewise::estimate {
namespace {

using judgment::JudgmentTable;
using judgment::kNone;

struct Row {
    double rank = 0.0;
    std::uint32_t option = 0;
    std::uint64_t source = 0;
};

// Appends one ballot. `last` remembers, for each contender, the ballot that it stood in last.
class Appender {
public:
    Appender(Ballots& out, bool best_is_last) : out_(out), best_is_last_(best_is_last) {
        out_.begin.assign(1, 0);
    }

    void append(std::vector<Row>& rows) {
        const auto number = static_cast<std::uint32_t>(out_.begin.size());
        last_.resize(out_.contender.size(), 0);
        for (const Row& row : rows) {
            if (!(row.rank >= 1.0) || row.rank != std::trunc(row.rank)) {
                refuse({.file = {},
                        .line = row.source,
                        .field = "rank",
                        .expected = "a whole number from 1, 1 for the best",
                        .found = fmt::format("{}", row.rank)});
            }
            if (last_[row.option] == number) {
                refuse({.file = {},
                        .line = row.source,
                        .field = "option",
                        .expected = "each option once in a ranking",
                        .found = fmt::format("\"{}\" twice", out_.contender[row.option])},
                       "an option cannot be both above and below another");
            }
            last_[row.option] = number;
        }
        std::ranges::stable_sort(rows, [&](const Row& a, const Row& b) {
            if (a.rank != b.rank) return best_is_last_ ? a.rank > b.rank : a.rank < b.rank;
            return a.option < b.option;
        });
        std::uint32_t level = 0;
        for (std::size_t k = 0; k < rows.size(); ++k) {
            if (k > 0 && rows[k].rank != rows[k - 1].rank) ++level;
            out_.option.push_back(rows[k].option);
            out_.level.push_back(level);
        }
        if (rows.size() == 1) ++out_.alone;
        out_.begin.push_back(static_cast<std::uint32_t>(out_.option.size()));
    }

private:
    Ballots& out_;
    bool best_is_last_;
    std::vector<std::uint32_t> last_;  // contender -> 1 + number of its last ballot
};

// Rows of the dimension sorted by ballot, ballots in the order of first appearance.
struct Order {
    std::vector<std::uint32_t> begin, row;
};

Order by_ballot(const JudgmentTable& table, std::uint16_t dimension) {
    const auto of = table.dimension();
    const auto ballot = table.ballot();
    Id most = 0;
    for (std::size_t j = 0; j < table.size(); ++j) {
        if (of[j] == dimension) most = std::max(most, ballot[j]);
    }
    std::vector<std::uint32_t> number(std::size_t{most} + 1, kNone);
    Order out;
    for (std::size_t j = 0; j < table.size(); ++j) {
        if (of[j] != dimension) continue;
        std::uint32_t& n = number[ballot[j]];
        if (n == kNone) {
            n = static_cast<std::uint32_t>(out.begin.size());
            out.begin.push_back(0);
        }
        ++out.begin[n];
    }
    std::uint32_t sum = 0;
    for (std::uint32_t& count : out.begin) sum += std::exchange(count, sum);
    out.begin.push_back(sum);
    out.row.resize(sum);
    std::vector<std::uint32_t> next(out.begin.begin(), out.begin.end() - 1);
    for (std::size_t j = 0; j < table.size(); ++j) {
        if (of[j] == dimension) out.row[next[number[ballot[j]]]++] = static_cast<std::uint32_t>(j);
    }
    return out;
}

[[noreturn]] void refuse_split(const JudgmentTable& table, std::uint32_t row, const char* field,
                               const char* expected, std::string found) {
    refuse({.file = {},
            .line = table.source_row().empty() ? 0 : table.source_row()[row],
            .field = field,
            .expected = expected,
            .found = std::move(found)});
}

void check_together(const JudgmentTable& table, std::span<const std::uint32_t> rows) {
    const auto case_of = [&](std::uint32_t j) {
        return table.options().case_of[table.option()[j]];
    };
    for (const std::uint32_t j : rows.subspan(1)) {
        if (table.rater()[j] != table.rater()[rows[0]]) {
            refuse_split(table, j, "rater", "one rater in a ranking",
                         std::string(table.raters().ids[table.rater()[j]]));
        }
        if (case_of(j) != case_of(rows[0])) {
            refuse_split(table, j, "case", "one case in a ranking",
                         std::string(table.cases().ids[case_of(j)]));
        }
        if (!table.weight().empty() && table.weight()[j] != table.weight()[rows[0]]) {
            refuse_split(table, j, "weight", "one weight for all rows of a ranking",
                         fmt::format("{}", table.weight()[j]));
        }
    }
    if (!table.weight().empty()) {
        const float weight = table.weight()[rows[0]];
        if (!std::isfinite(weight) || weight < 0.0F) {
            refuse_split(table, rows[0], "weight", "a finite number, 0 or more",
                         fmt::format("{}", weight));
        }
    }
}

}  // namespace

Ballots ballots(const JudgmentTable& table, std::uint16_t dimension, const BallotOptions& options,
                const Job& job) {
    require(dimension < table.dimensions().size(), "dimension", "the number of a dimension");
    const judgment::Dimension& what = table.dimensions()[dimension];
    require(what.kind == judgment::Kind::ranking, "dimension", "a dimension of rankings");
    Ballots out;
    out.dimension = dimension;
    Appender appender(out, what.polarity == judgment::Polarity::negative);
    const Order order = by_ballot(table, dimension);
    std::unordered_map<std::string_view, std::uint32_t> number;  // looked up, never walked
    std::vector<Row> rows;
    bool any_weight = false;
    for (std::size_t b = 0; b + 1 < order.begin.size(); ++b) {
        if (b % 65'536 == 0) job.check();
        const auto members =
            std::span(order.row).subspan(order.begin[b], order.begin[b + 1] - order.begin[b]);
        check_together(table, members);
        const std::uint32_t one = members[0];
        const Id rater = table.rater()[one];
        const bool person = table.raters().kinds[rater] == judgment::RaterKind::person;
        if (options.only_machines ? person : !person && !options.include_machines) {
            out.machine += person ? 0 : 1;
            continue;
        }
        rows.clear();
        bool underspecified = false;
        for (const std::uint32_t j : members) {
            const std::string_view id = table.options().ids[table.option()[j]];
            const auto [at, fresh] =
                number.try_emplace(id, static_cast<std::uint32_t>(out.contender.size()));
            if (fresh) out.contender.emplace_back(id);
            const std::uint64_t source = table.source_row().empty() ? 0 : table.source_row()[j];
            rows.push_back(
                {.rank = double{table.value()[j]}, .option = at->second, .source = source});
            underspecified = underspecified || (table.flags()[j] & judgment::kUnderspecified) != 0;
        }
        appender.append(rows);
        out.underspecified += underspecified ? 1 : 0;
        out.rater.push_back(rater);
        out.case_.push_back(table.options().case_of[table.option()[one]]);
        if (!table.weight().empty()) {
            out.weight.push_back(table.weight()[one]);
            any_weight = any_weight || out.weight.back() > 0.0F;
        }
    }
    if (!out.weight.empty() && !any_weight) {
        throw Error(ErrorCode::invalid_data,
                    fmt::format("every ranking on \"{}\" has weight 0", what.name), "weight");
    }
    return out;
}

Ballots ballots(std::vector<std::string> contender, std::span<const std::uint32_t> begin,
                std::span<const std::uint32_t> option, std::span<const double> rank) {
    require(!begin.empty() && begin.back() == option.size() && option.size() == rank.size(),
            "begin", "the ends of ballots, the last the number of rows");
    Ballots out;
    out.contender = std::move(contender);
    Appender appender(out, false);
    std::vector<Row> rows;
    for (std::size_t b = 0; b + 1 < begin.size(); ++b) {
        rows.clear();
        for (std::size_t k = begin[b]; k < begin[b + 1]; ++k) {
            require(option[k] < out.contender.size(), "option", "the number of a contender");
            rows.push_back({.rank = rank[k], .option = option[k], .source = k + 1});
        }
        require(!rows.empty(), "begin", "at least one option in each ballot");
        appender.append(rows);
        out.rater.push_back(static_cast<Id>(b));
        out.case_.push_back(0);
    }
    return out;
}

}  // namespace edgewise::estimate
