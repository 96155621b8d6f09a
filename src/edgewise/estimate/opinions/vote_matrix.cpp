#include "edgewise/estimate/opinions/vote_matrix.hpp"

#include <algorithm>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/base/rng.hpp"

namespace edgewise::estimate {

VoteMatrix::VoteMatrix(std::span<const Vote> votes, std::size_t raters, std::size_t statements) {
    auto pattern = std::make_shared<Pattern>();
    pattern->rater_begin.assign(raters + 1, 0);
    pattern->statement_begin.assign(statements + 1, 0);
    for (const Vote& vote : votes) {
        require(vote.rater < raters, "votes", "a rater of the matrix");
        require(vote.statement < statements, "votes", "a statement of the matrix");
        require(vote.value >= -1 && vote.value <= 1, "votes", "a vote: -1, 0 or 1");
        ++pattern->rater_begin[vote.rater + 1];
        ++pattern->statement_begin[vote.statement + 1];
    }
    for (std::size_t r = 0; r < raters; ++r) {
        pattern->rater_begin[r + 1] += pattern->rater_begin[r];
    }
    for (std::size_t s = 0; s < statements; ++s) {
        pattern->statement_begin[s + 1] += pattern->statement_begin[s];
    }
    // By statement first, in any order of raters; then by rater, where statements ascend; then by
    // statement again, where raters ascend.
    std::vector<std::uint32_t> place(votes.size());
    {
        std::vector<std::uint32_t> next(pattern->statement_begin.begin(),
                                        pattern->statement_begin.end() - 1);
        for (std::size_t i = 0; i < votes.size(); ++i) {
            place[next[votes[i].statement]++] = static_cast<std::uint32_t>(i);
        }
    }
    pattern->statement.resize(votes.size());
    by_rater_.resize(votes.size());
    {
        std::vector<std::uint32_t> next(pattern->rater_begin.begin(),
                                        pattern->rater_begin.end() - 1);
        for (const std::uint32_t i : place) {
            const std::uint32_t at = next[votes[i].rater]++;
            pattern->statement[at] = votes[i].statement;
            by_rater_[at] = votes[i].value;
        }
    }
    pattern->rater.resize(votes.size());
    pattern->twin.resize(votes.size());
    by_statement_.resize(votes.size());
    std::vector<std::uint32_t> next(pattern->statement_begin.begin(),
                                    pattern->statement_begin.end() - 1);
    for (std::uint32_t r = 0; r < raters; ++r) {
        const std::uint32_t end = pattern->rater_begin[r + 1];
        for (std::uint32_t at = pattern->rater_begin[r]; at < end; ++at) {
            require(at == pattern->rater_begin[r] ||
                        pattern->statement[at] != pattern->statement[at - 1],
                    "votes", "one vote of a rater on a statement");
            const std::uint32_t to = next[pattern->statement[at]]++;
            pattern->rater[to] = r;
            pattern->twin[to] = at;
            by_statement_[to] = by_rater_[at];
        }
    }
    pattern_ = std::move(pattern);
}

VoteMatrix VoteMatrix::permuted(std::uint64_t seed, std::uint64_t replicate) const {
    constexpr std::uint64_t kStreams = std::uint64_t{1} << 60U;
    VoteMatrix out = *this;
    for (std::size_t s = 0; s < statements(); ++s) {
        const std::size_t from = pattern_->statement_begin[s];
        const std::size_t size = pattern_->statement_begin[s + 1] - from;
        Rng rng(seed, kStreams | (replicate << 32U) | s);
        for (std::size_t left = size; left > 1; --left) {
            std::swap(out.by_statement_[from + left - 1],
                      out.by_statement_[from + rng.next_below(left)]);
        }
    }
    for (std::size_t i = 0; i < votes(); ++i) {
        out.by_rater_[pattern_->twin[i]] = out.by_statement_[i];
    }
    return out;
}

VoteMatrix vote_matrix(const DimensionView& view, std::size_t raters) {
    std::vector<Vote> votes;
    votes.reserve(view.rater.size());
    for (std::size_t item = 0; item < view.items(); ++item) {
        const auto who = view.raters(item);
        const auto said = view.utilities(item);
        for (std::size_t k = 0; k < who.size(); ++k) {
            const int side = static_cast<int>(said[k] > 0.5F) - static_cast<int>(said[k] < 0.5F);
            votes.push_back({.rater = who[k],
                             .statement = static_cast<std::uint32_t>(item),
                             .value = static_cast<std::int8_t>(side)});
        }
    }
    return {votes, raters, view.items()};
}

}  // namespace edgewise::estimate
