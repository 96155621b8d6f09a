#include "edgewise/estimate/comparisons/likelihood.hpp"

namespace edgewise::estimate::comparisons {
namespace {

struct Counts {
    double wins, losses, ties;
};

Counts counts_of(const PairCounts& pairs, std::size_t k, Ties ties, bool drop_both_bad) {
    double tied = ties == Ties::dropped ? 0.0 : pairs.ties[k];
    if (ties != Ties::dropped && !drop_both_bad) tied += pairs.both_bad[k];
    if (ties != Ties::halved) return {pairs.first_wins[k], pairs.second_wins[k], tied};
    return {pairs.first_wins[k] + 0.5 * tied, pairs.second_wins[k] + 0.5 * tied, 0.0};
}

class Writer {
public:
    Writer(PairRows& out, std::size_t most) : out_(out) {
        out_.other.reserve(most);
        out_.wins.reserve(most);
        out_.losses.reserve(most);
        out_.ties.reserve(most);
    }
    void add(std::uint32_t other, const Counts& c) {
        if (c.wins + c.losses + c.ties <= 0.0) return;
        out_.other.push_back(other);
        out_.wins.push_back(c.wins);
        out_.losses.push_back(c.losses);
        out_.ties.push_back(c.ties);
    }

private:
    PairRows& out_;
};

// The counts of pairs whose first has the higher number, seen from the lower one, in rows.
struct Turned {
    struct Cell {
        std::uint32_t other;
        Counts counts;
    };
    std::vector<std::uint32_t> begin;
    std::vector<Cell> cells;
};

Turned turn(const PairCounts& pairs, Ties ties, bool drop_both_bad) {
    Turned out;
    out.begin.assign(pairs.contenders + std::size_t{1}, 0);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        if (pairs.first[k] > pairs.second[k]) ++out.begin[pairs.second[k] + std::size_t{1}];
    }
    for (std::size_t a = 0; a < pairs.contenders; ++a) out.begin[a + 1] += out.begin[a];
    out.cells.resize(out.begin.back());
    std::vector<std::uint32_t> next(out.begin.begin(), out.begin.end() - 1);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        if (pairs.first[k] < pairs.second[k]) continue;
        const Counts c = counts_of(pairs, k, ties, drop_both_bad);
        out.cells[next[pairs.second[k]]++] = {pairs.first[k], {c.losses, c.wins, c.ties}};
    }
    return out;
}

}  // namespace

PairRows pair_rows(const PairCounts& pairs, bool position, Ties ties, bool drop_both_bad) {
    PairRows out;
    out.contenders = pairs.contenders;
    out.position = position;
    out.begin.assign(pairs.contenders + std::size_t{1}, 0);
    Writer writer(out, pairs.size());
    Turned turned;
    if (position) {
        turned.begin.assign(pairs.contenders + std::size_t{1}, 0);
    } else {
        turned = turn(pairs, ties, drop_both_bad);
    }
    std::size_t k = 0;
    for (std::uint32_t a = 0; a < pairs.contenders; ++a) {
        out.begin[a] = static_cast<std::uint32_t>(out.size());
        std::size_t t = turned.begin[a];
        const std::size_t end = turned.begin[a + std::size_t{1}];
        for (; k < pairs.size() && pairs.first[k] == a; ++k) {
            const std::uint32_t b = pairs.second[k];
            if (!position && b < a) continue;
            for (; t < end && turned.cells[t].other < b; ++t) {
                writer.add(turned.cells[t].other, turned.cells[t].counts);
            }
            Counts c = counts_of(pairs, k, ties, drop_both_bad);
            if (t < end && turned.cells[t].other == b) {
                const Counts& back = turned.cells[t++].counts;
                c = {c.wins + back.wins, c.losses + back.losses, c.ties + back.ties};
            }
            writer.add(b, c);
        }
        for (; t < end; ++t) writer.add(turned.cells[t].other, turned.cells[t].counts);
    }
    out.begin.back() = static_cast<std::uint32_t>(out.size());
    return out;
}

}  // namespace edgewise::estimate::comparisons
