#include "edgewise/estimate/comparisons/comparison_graph.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>

#include "edgewise/estimate/comparisons/reach.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::uint32_t kUnseen = 0xFFFFFFFF;

bool forward(const PairCounts& pairs, std::size_t k) {  // first beat or tied second
    return pairs.first_wins[k] > 0.0 || pairs.ties[k] > 0.0 || pairs.both_bad[k] > 0.0;
}
bool backward(const PairCounts& pairs, std::size_t k) {
    return pairs.second_wins[k] > 0.0 || pairs.ties[k] > 0.0 || pairs.both_bad[k] > 0.0;
}

// Union by the lower number, so that a root is the first of its component (path halving).
class Disjoint {
public:
    explicit Disjoint(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0U); }
    std::uint32_t find(std::uint32_t a) {
        while (parent_[a] != a) a = parent_[a] = parent_[parent_[a]];
        return a;
    }
    void join(std::uint32_t a, std::uint32_t b) {
        a = find(a);
        b = find(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<std::uint32_t> parent_;
};

// "Beat or tied" as compressed sparse rows.
struct Edges {
    std::vector<std::uint32_t> begin, to;

    explicit Edges(const PairCounts& pairs) : begin(pairs.contenders + std::size_t{1}, 0) {
        for (std::size_t k = 0; k < pairs.size(); ++k) {
            if (forward(pairs, k)) ++begin[pairs.first[k] + std::size_t{1}];
            if (backward(pairs, k)) ++begin[pairs.second[k] + std::size_t{1}];
        }
        std::partial_sum(begin.begin(), begin.end(), begin.begin());
        to.resize(begin.back());
        std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
        for (std::size_t k = 0; k < pairs.size(); ++k) {
            if (forward(pairs, k)) to[next[pairs.first[k]]++] = pairs.second[k];
            if (backward(pairs, k)) to[next[pairs.second[k]]++] = pairs.first[k];
        }
    }
};

// Strongly connected blocks (Tarjan 1972) with a stack of our own: chains may be long.
class Blocks {
public:
    explicit Blocks(const Edges& edges)
        : edges_(edges), order_(edges.begin.size() - 1, kUnseen), low_(order_), block_(order_) {
        for (std::uint32_t v = 0; v < order_.size(); ++v) {
            if (order_[v] == kUnseen) visit(v);
        }
    }
    // Renumbered by first contender.
    std::vector<std::uint32_t> numbered(std::uint32_t& count) const {
        std::vector<std::uint32_t> name(found_, kUnseen), out(block_.size());
        count = 0;
        for (std::size_t v = 0; v < out.size(); ++v) {
            std::uint32_t& known = name[block_[v]];
            if (known == kUnseen) known = count++;
            out[v] = known;
        }
        return out;
    }

private:
    void enter(std::uint32_t v) {
        order_[v] = low_[v] = next_order_++;
        open_.push_back(v);
        path_.push_back({v, edges_.begin[v]});
    }
    void visit(std::uint32_t root) {
        enter(root);
        while (!path_.empty()) {
            auto& [v, edge] = path_.back();
            if (edge < edges_.begin[v + std::size_t{1}]) {
                const std::uint32_t w = edges_.to[edge++];
                if (order_[w] == kUnseen) {
                    enter(w);  // invalidates v and edge
                } else if (block_[w] == kUnseen) {
                    low_[v] = std::min(low_[v], order_[w]);
                }
                continue;
            }
            const std::uint32_t done = v;
            path_.pop_back();
            if (!path_.empty()) {
                const std::uint32_t above = path_.back().vertex;
                low_[above] = std::min(low_[above], low_[done]);
            }
            if (low_[done] == order_[done]) close(done);
        }
    }
    void close(std::uint32_t v) {
        while (true) {
            const std::uint32_t w = open_.back();
            open_.pop_back();
            block_[w] = found_;
            if (w == v) break;
        }
        ++found_;
    }

    struct Step {
        std::uint32_t vertex;
        std::uint32_t edge;
    };
    const Edges& edges_;
    std::vector<std::uint32_t> order_, low_, block_, open_;
    std::vector<Step> path_;
    std::uint32_t next_order_ = 0, found_ = 0;
};

void sort_unique(std::vector<std::uint32_t>& values) {
    std::ranges::sort(values);
    const auto rest = std::ranges::unique(values);
    values.erase(rest.begin(), rest.end());
}

// What stands at the top or the bottom of a component: blocks with only wins, or only losses,
// against contenders of other blocks.
void find_separations(const PairCounts& pairs, ComparisonGraph& graph) {
    enum : std::uint8_t { alone = 0, won = 1, lost = 2 };
    std::vector<std::uint8_t> seen(graph.blocks, alone);
    std::vector<std::vector<std::uint32_t>> met(graph.blocks), members(graph.blocks);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        const std::uint32_t a = graph.block[pairs.first[k]], b = graph.block[pairs.second[k]];
        if (a == b) continue;
        const bool up = forward(pairs, k), down = backward(pairs, k);
        seen[a] = static_cast<std::uint8_t>(seen[a] | (up ? won : alone) | (down ? lost : alone));
        seen[b] = static_cast<std::uint8_t>(seen[b] | (down ? won : alone) | (up ? lost : alone));
    }
    for (std::uint32_t v = 0; v < pairs.contenders; ++v) members[graph.block[v]].push_back(v);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        const std::uint32_t a = pairs.first[k], b = pairs.second[k];
        if (graph.block[a] == graph.block[b] || (!forward(pairs, k) && !backward(pairs, k))) {
            continue;
        }
        if (seen[graph.block[a]] != (won | lost)) met[graph.block[a]].push_back(b);
        if (seen[graph.block[b]] != (won | lost)) met[graph.block[b]].push_back(a);
    }
    std::vector<std::uint32_t> said(graph.blocks, kUnseen);
    for (std::uint32_t block = 0; block < graph.blocks; ++block) {
        if (seen[block] == alone || seen[block] == (won | lost)) continue;
        sort_unique(met[block]);
        const std::uint32_t other = said[graph.block[met[block].front()]];
        ComparisonGraph::Separation found{.above = std::move(members[block]),
                                          .below = std::move(met[block])};
        if (seen[block] == lost) std::swap(found.above, found.below);
        // Two blocks that met nobody else say the same of each other.
        if (other != kUnseen && graph.separations[other].above == found.above &&
            graph.separations[other].below == found.below) {
            continue;
        }
        said[block] = static_cast<std::uint32_t>(graph.separations.size());
        graph.separations.push_back(std::move(found));
    }
}

}  // namespace

ComparisonGraph comparison_graph(const PairCounts& pairs) {
    ComparisonGraph out;
    Disjoint sets(pairs.contenders);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        if (forward(pairs, k) || backward(pairs, k)) sets.join(pairs.first[k], pairs.second[k]);
    }
    out.component.resize(pairs.contenders);
    for (std::uint32_t v = 0; v < pairs.contenders; ++v) {
        const std::uint32_t root = sets.find(v);  // never after v
        out.component[v] = root == v ? out.components++ : out.component[root];
    }
    const Edges edges(pairs);
    out.block = Blocks(edges).numbered(out.blocks);
    if (out.blocks > out.components) find_separations(pairs, out);
    return out;
}

bool strongly_connected(const PairCounts& pairs) {
    const std::optional<bool> quick = comparisons::quickly_connected(
        pairs.contenders,
        [&](auto visit) {
            for (std::size_t k = 0; k < pairs.size(); ++k) {
                if (!visit(pairs.first[k], pairs.second[k], k)) return;
            }
        },
        [&](std::size_t k) { return forward(pairs, k); },
        [&](std::size_t k) { return backward(pairs, k); });
    return quick ? *quick : comparison_graph(pairs).blocks == 1;
}

bool position_identified(const PairCounts& pairs) {
    // Not identified if contenders can be given places f with f(first) - f(second) = 1 for every
    // pair that met. Places relative to the root of a set, whose sets grow as pairs join them.
    std::vector<std::uint32_t> parent(pairs.contenders);
    std::iota(parent.begin(), parent.end(), 0U);
    std::vector<std::int64_t> above(pairs.contenders, 0);  // place less that of the parent
    std::vector<std::uint32_t> path;
    const auto settle = [&](std::uint32_t v) {
        path.clear();
        while (parent[v] != v) {
            path.push_back(v);
            v = parent[v];
        }
        for (std::size_t k = path.size(); k-- > 0;) {  // from the root down
            const std::uint32_t u = path[k];
            if (parent[u] == v) continue;
            above[u] += above[parent[u]];
            parent[u] = v;
        }
        return v;
    };
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        if (!forward(pairs, k) && !backward(pairs, k)) continue;
        const std::uint32_t a = pairs.first[k], b = pairs.second[k];
        const std::uint32_t root_a = settle(a), root_b = settle(b);
        if (root_a == root_b) {
            if (above[a] - above[b] != 1) return true;
            continue;
        }
        parent[root_a] = root_b;
        above[root_a] = 1 + above[b] - above[a];
    }
    return false;
}

}  // namespace edgewise::estimate
