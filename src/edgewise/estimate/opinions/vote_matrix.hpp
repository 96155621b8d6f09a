#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/observations.hpp"

namespace edgewise::estimate {

// What one rater said of one statement: +1 agree, 0 pass, -1 disagree.
struct Vote {
    std::uint32_t rater = 0;
    std::uint32_t statement = 0;
    std::int8_t value = 0;
};

// Votes as a sparse matrix, compressed both ways. Who voted on what (the pattern) is shared between
// copies; what they voted is each copy's own, so that votes can be permuted without the pattern.
// Raters and statements ascend within each other's lines. 12 bytes a vote and copy-free reads.
class VoteMatrix {
public:
    struct Line {
        std::span<const std::uint32_t> index;  // statements of a rater, or raters of a statement
        std::span<const std::int8_t> value;
    };

    // Error(invalid_argument) for an index out of range, a value other than -1, 0, 1, or a rater
    // with two votes on one statement. O(votes).
    VoteMatrix(std::span<const Vote> votes, std::size_t raters, std::size_t statements);

    std::size_t raters() const noexcept { return pattern_->rater_begin.size() - 1; }
    std::size_t statements() const noexcept { return pattern_->statement_begin.size() - 1; }
    std::size_t votes() const noexcept { return by_rater_.size(); }

    Line of_rater(std::size_t rater) const noexcept {
        const std::size_t from = pattern_->rater_begin[rater];
        const std::size_t size = pattern_->rater_begin[rater + 1] - from;
        return {std::span(pattern_->statement).subspan(from, size),
                std::span(by_rater_).subspan(from, size)};
    }
    Line on_statement(std::size_t statement) const noexcept {
        const std::size_t from = pattern_->statement_begin[statement];
        const std::size_t size = pattern_->statement_begin[statement + 1] - from;
        return {std::span(pattern_->rater).subspan(from, size),
                std::span(by_statement_).subspan(from, size)};
    }

    // The same pattern; the votes on each statement permuted among those who voted on it (Fisher
    // and Yates). Random numbers are drawn from one stream a statement: a function of seed and
    // replicate alone.
    VoteMatrix permuted(std::uint64_t seed, std::uint64_t replicate) const;

private:
    struct Pattern {
        std::vector<std::uint32_t> rater_begin, statement;  // by rater
        std::vector<std::uint32_t> statement_begin, rater;  // by statement
        std::vector<std::uint32_t> twin;                    // place by statement -> place by rater
    };
    std::shared_ptr<const Pattern> pattern_;
    std::vector<std::int8_t> by_rater_, by_statement_;
};

// The votes of a view: utility above 1/2 is agree, below is disagree, 1/2 is pass; so ratings count
// by the side of the middle of their scale. `raters` is the number of raters in the table.
VoteMatrix vote_matrix(const DimensionView& view, std::size_t raters);

}  // namespace edgewise::estimate
