#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/opinions/adjusted_rand.hpp"
#include "edgewise/estimate/opinions/consensus.hpp"
#include "edgewise/estimate/opinions/group_differences.hpp"
#include "edgewise/estimate/opinions/group_votes.hpp"
#include "edgewise/estimate/opinions/k_means.hpp"
#include "edgewise/estimate/opinions/opinion_groups.hpp"
#include "edgewise/estimate/opinions/opinion_space.hpp"
#include "edgewise/estimate/opinions/representative.hpp"
#include "edgewise/estimate/opinions/vote_matrix.hpp"

// Laws:
//   both ways of reading a vote matrix hold the same votes; permuting keeps who voted and the
//   counts components are those of the dense matrix with missing votes at the mean more starts
//   never raise the sum of squares; names of groups do not matter the share between groups is 0 on
//   average where groups mean nothing

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

using Labels = std::vector<std::uint32_t>;
constexpr std::uint32_t kNone = 99;

std::vector<Vote> random_votes(std::uint64_t seed, std::uint32_t raters, std::uint32_t statements,
                               double density) {
    Rng rng(seed, 0);
    std::vector<Vote> out;
    for (std::uint32_t r = 0; r < raters; ++r) {
        for (std::uint32_t s = 0; s < statements; ++s) {
            if (rng.next_unit() >= density) continue;
            out.push_back(
                {r, s, static_cast<std::int8_t>(static_cast<int>(rng.next_below(3)) - 1)});
        }
    }
    // In no particular order.
    for (std::size_t left = out.size(); left > 1; --left) {
        std::swap(out[left - 1], out[rng.next_below(left)]);
    }
    return out;
}

using Matrix = std::vector<std::vector<double>>;

// X'X of the centred votes, filled in.
Matrix gram(const VoteMatrix& votes) {
    Matrix x(votes.statements(), std::vector<double>(votes.raters(), 0.0));
    for (std::size_t s = 0; s < votes.statements(); ++s) {
        const auto line = votes.on_statement(s);
        double mean = 0.0;
        for (const std::int8_t v : line.value) mean += v;
        mean /= static_cast<double>(std::max<std::size_t>(1, line.value.size()));
        for (std::size_t k = 0; k < line.index.size(); ++k) {
            x[s][line.index[k]] = line.value[k] - mean;
        }
    }
    Matrix out(x.size(), std::vector<double>(x.size(), 0.0));
    for (std::size_t i = 0; i < x.size(); ++i) {
        for (std::size_t j = 0; j < x.size(); ++j) {
            for (std::size_t r = 0; r < x[i].size(); ++r) out[i][j] += x[i][r] * x[j][r];
        }
    }
    return out;
}

// All eigenvalues of a symmetric matrix, descending, by Jacobi's rotations.
std::vector<double> eigenvalues(Matrix a) {
    const std::size_t n = a.size();
    for (int sweep = 0; sweep < 60; ++sweep) {
        for (std::size_t p = 0; p < n; ++p) {
            for (std::size_t q = p + 1; q < n; ++q) {
                if (std::abs(a[p][q]) < 1e-14) continue;
                const double angle = 0.5 * std::atan2(2.0 * a[p][q], a[q][q] - a[p][p]);
                const double c = std::cos(angle), s = std::sin(angle);
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = a[k][p], y = a[k][q];
                    a[k][p] = c * x - s * y;
                    a[k][q] = s * x + c * y;
                }
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = a[p][k], y = a[q][k];
                    a[p][k] = c * x - s * y;
                    a[q][k] = s * x + c * y;
                }
            }
        }
    }
    std::vector<double> out;
    for (std::size_t i = 0; i < n; ++i) out.push_back(a[i][i]);
    std::ranges::sort(out, std::ranges::greater{});
    return out;
}

std::vector<bool> all_of(const VoteMatrix& votes) {
    return std::vector<bool>(votes.statements(), true);
}

}  // namespace

TEST_SUITE("estimate/opinions/vote_matrix") {
    TEST_CASE("both ways of reading hold every vote once, in ascending order") {
        const auto votes = random_votes(1, 30, 20, 0.4);
        const VoteMatrix matrix(votes, 30, 20);
        CHECK(matrix.votes() == votes.size());
        std::vector<std::vector<int>> dense(30, std::vector<int>(20, 9));
        for (const Vote& v : votes) dense[v.rater][v.statement] = v.value;
        std::size_t rows = 0, columns = 0;
        for (std::size_t r = 0; r < 30; ++r) {
            const auto line = matrix.of_rater(r);
            CHECK(std::ranges::is_sorted(line.index));
            for (std::size_t k = 0; k < line.index.size(); ++k, ++rows) {
                CHECK(dense[r][line.index[k]] == line.value[k]);
            }
        }
        for (std::size_t s = 0; s < 20; ++s) {
            const auto line = matrix.on_statement(s);
            CHECK(std::ranges::is_sorted(line.index));
            for (std::size_t k = 0; k < line.index.size(); ++k, ++columns) {
                CHECK(dense[line.index[k]][s] == line.value[k]);
            }
        }
        CHECK(rows == votes.size());
        CHECK(columns == votes.size());
    }
    TEST_CASE("permuting keeps who voted on what and how each statement was received") {
        const VoteMatrix matrix(random_votes(2, 40, 15, 0.5), 40, 15);
        const VoteMatrix other = matrix.permuted(7, 3);
        bool moved = false;
        for (std::size_t s = 0; s < 15; ++s) {
            const auto a = matrix.on_statement(s), b = other.on_statement(s);
            CHECK(std::ranges::equal(a.index, b.index));
            std::vector<std::int8_t> x(a.value.begin(), a.value.end());
            std::vector<std::int8_t> y(b.value.begin(), b.value.end());
            moved = moved || x != y;
            std::ranges::sort(x);
            std::ranges::sort(y);
            CHECK(x == y);
            for (std::size_t k = 0; k < b.index.size(); ++k) {
                const auto line = other.of_rater(b.index[k]);
                const auto at = std::ranges::find(line.index, s) - line.index.begin();
                CHECK(line.value[static_cast<std::size_t>(at)] == b.value[k]);
            }
        }
        CHECK(moved);
        CHECK(std::ranges::equal(matrix.permuted(7, 3).on_statement(4).value,
                                 other.on_statement(4).value));
    }
    TEST_CASE("a second vote of a rater, a stranger and a vote of 2 are refused") {
        const auto refused = [](std::vector<Vote> votes) {
            CHECK_THROWS_AS(VoteMatrix(votes, 2, 2), Error);
        };
        refused({{0, 0, 1}, {0, 0, 1}});
        refused({{2, 0, 1}});
        refused({{0, 2, 1}});
        refused({{0, 0, 2}});
        CHECK(VoteMatrix({}, 0, 0).votes() == 0);
    }
}

TEST_SUITE("estimate/opinions/opinion_space") {
    TEST_CASE("components are those of the dense matrix with missing votes at the mean") {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            CAPTURE(seed);
            Rng rng(seed, 9);
            const auto raters = static_cast<std::uint32_t>(3 + rng.next_below(60));
            const auto statements = static_cast<std::uint32_t>(2 + rng.next_below(40));
            const VoteMatrix votes(random_votes(seed, raters, statements, 0.5), raters, statements);
            const OpinionSpace space = opinion_space(votes, all_of(votes));
            const Matrix dense = gram(votes);
            const auto expected = eigenvalues(dense);
            CHECK(space.converged);
            for (std::size_t c = 0; c < 2; ++c) {
                CHECK(space.eigenvalue[c] == doctest::Approx(expected[c]));
                const auto& v = space.component[c];
                CHECK(std::ranges::max(v) >= -std::ranges::min(v));  // the largest is positive
                double length = 0.0, across = 0.0;
                for (std::size_t s = 0; s < statements; ++s) {
                    double image = 0.0;
                    for (std::size_t t = 0; t < statements; ++t) image += dense[s][t] * v[t];
                    CHECK(std::abs(image - expected[c] * v[s]) < 1e-7 * (1.0 + expected[0]));
                    length += v[s] * v[s];
                    across += v[s] * space.component[1 - c][s];
                }
                CHECK(length == doctest::Approx(1.0));
                CHECK(std::abs(across) < 1e-7);
            }
        }
    }
    TEST_CASE("two blocks of strangers with equal eigenvalues give both components") {
        std::vector<Vote> votes;
        for (std::uint32_t r = 0; r < 8; ++r) {
            for (std::uint32_t s = 0; s < 3; ++s) {
                const std::uint32_t block = r / 4;
                votes.push_back({r, 3 * block + s, static_cast<std::int8_t>(r % 2 == 0 ? 1 : -1)});
            }
        }
        const VoteMatrix matrix(votes, 8, 6);
        const OpinionSpace space = opinion_space(matrix, all_of(matrix));
        CHECK(space.converged);
        CHECK(space.eigenvalue[0] == doctest::Approx(12.0));
        CHECK(space.eigenvalue[1] == doctest::Approx(12.0));
    }
    TEST_CASE("without variety everybody stands at the origin") {
        std::vector<Vote> votes;
        for (std::uint32_t r = 0; r < 5; ++r) votes.push_back({r, 0, 1});
        const VoteMatrix matrix(votes, 6, 2);
        const OpinionSpace space = opinion_space(matrix, all_of(matrix));
        CHECK(space.converged);
        CHECK(space.total == 0.0);
        CHECK(space.explained() == 0.0);
        for (const Point& at : space.rater) CHECK(at == Point{0.0, 0.0});
    }
    TEST_CASE("an unused statement moves nobody") {
        auto votes = random_votes(5, 20, 10, 0.6);
        const VoteMatrix with(votes, 20, 10);
        std::erase_if(votes, [](const Vote& v) { return v.statement == 4; });
        const VoteMatrix without(votes, 20, 10);
        std::vector<bool> used(10, true);
        used[4] = false;
        const SpaceOptions options{.unused_count = false};
        const OpinionSpace a = opinion_space(with, used, options);
        const OpinionSpace b = opinion_space(without, used, options);
        for (std::size_t r = 0; r < 20; ++r) {
            CHECK(std::abs(a.rater[r][0] - b.rater[r][0]) < 1e-9);
            CHECK(std::abs(a.rater[r][1] - b.rater[r][1]) < 1e-9);
        }
    }
    TEST_CASE("a search that may take no more steps says that it did not converge") {
        const VoteMatrix matrix(random_votes(8, 200, 150, 0.3), 200, 150);
        CHECK(!opinion_space(matrix, all_of(matrix), {.most_steps = 5}).converged);
        CHECK(opinion_space(matrix, all_of(matrix)).converged);
    }
}

TEST_SUITE("estimate/opinions/k_means") {
    TEST_CASE("three heaps are found, and further starts never raise the sum of squares") {
        Rng rng(4, 0);
        std::vector<Point> points;
        const std::array<Point, 3> middle{Point{0, 0}, Point{10, 0}, Point{0, 10}};
        for (int i = 0; i < 60; ++i) {
            const Point& at = middle[static_cast<std::size_t>(i < 40 ? 0 : i < 50 ? 1 : 2)];
            points.push_back({at[0] + rng.next_unit(), at[1] + rng.next_unit()});
        }
        const std::vector<double> ones(points.size(), 1.0);
        double before = 1e300;
        for (const int starts : {1, 2, 5, 20}) {
            const Clusters found = k_means(points, ones, 3, {.starts = starts, .seed = 1});
            CHECK(found.within <= before);
            before = found.within;
        }
        const Clusters found = k_means(points, ones, 3, {.starts = 20, .seed = 1});
        for (std::size_t i = 0; i < 60; ++i) {
            CHECK((found.of[i] == found.of[0]) == (i < 40));
        }
    }
    TEST_CASE("a silhouette is what Rousseeuw defines") {
        const std::vector<Point> line{{0, 0}, {1, 0}, {10, 0}, {11, 0}};
        const Labels two{0, 0, 1, 1}, one{0, 0, 0, 0}, alone{0, 0, 0, 1};
        const double expected = (9.5 / 10.5 + 8.5 / 9.5) / 2.0;
        CHECK(silhouette(line, two, 2).value() == doctest::Approx(expected).epsilon(1e-12));
        CHECK(!silhouette(line, one, 2).has_value());
        CHECK(silhouette(line, alone, 2).has_value());
    }
    TEST_CASE("more clusters than positions gives fewer clusters, and no points give none") {
        const std::vector<Point> same(5, Point{2, 3});
        const std::vector<double> ones(5, 1.0);
        CHECK(k_means(same, ones, 3, {.starts = 4}).centre.size() == 1);
        CHECK(k_means({}, {}, 3).centre.empty());
        const std::vector<double> negative{1, 1, -1, 1, 1};
        CHECK_THROWS_AS(k_means(same, negative, 2), Error);
    }
}

TEST_SUITE("estimate/opinions/adjusted_rand") {
    TEST_CASE("values are those worked out by hand from Hubert and Arabie's equation") {
        const Labels a{0, 0, 1, 2}, b{0, 0, 1, 1}, c{0, 1, 0, 1};
        CHECK(adjusted_rand(a, b, kNone).value() == doctest::Approx(4.0 / 7.0));
        CHECK(adjusted_rand(b, a, kNone).value() == doctest::Approx(4.0 / 7.0));
        CHECK(adjusted_rand(b, c, kNone).value() == doctest::Approx(-0.5));
    }
    TEST_CASE("names of classes and raters without one change nothing") {
        const Labels a{0, 0, 1, 1, 2, 2}, renamed{7, 7, 3, 3, 5, 5};
        CHECK(adjusted_rand(a, renamed, kNone).value() == doctest::Approx(1.0));
        const Labels longer{0, 0, 1, 1, 2, 2, kNone, 1}, other{7, 7, 3, 3, 5, 5, 3, kNone};
        CHECK(adjusted_rand(longer, other, kNone).value() == doctest::Approx(1.0));
    }
    TEST_CASE("labels at random agree 0 on average") {
        double sum = 0.0;
        for (std::uint64_t seed = 0; seed < 300; ++seed) {
            Rng rng(seed, 1);
            Labels a, b;
            for (int i = 0; i < 40; ++i) {
                a.push_back(static_cast<std::uint32_t>(rng.next_below(3)));
                b.push_back(static_cast<std::uint32_t>(rng.next_below(4)));
            }
            sum += adjusted_rand(a, b, kNone).value();
        }
        CHECK(std::abs(sum / 300.0) < 0.01);
    }
    TEST_CASE("it is not defined where sortings could not have differed") {
        const Labels one{0, 0, 0}, apart{0, 1, 2}, nobody{kNone, kNone, 0};
        CHECK(!adjusted_rand(one, one, kNone).has_value());
        CHECK(!adjusted_rand(apart, apart, kNone).has_value());
        CHECK(!adjusted_rand(nobody, one, kNone).has_value());
        CHECK(adjusted_rand(one, apart, kNone).value() == 0.0);
        CHECK_THROWS_AS(adjusted_rand(one, Labels{0}, kNone), Error);
    }
}

TEST_SUITE("estimate/opinions/group_differences") {
    TEST_CASE("the share between groups is 0 on average where groups mean nothing") {
        const VoteMatrix votes(random_votes(3, 90, 1, 1.0), 90, 1);
        double sum = 0.0, small = 0.0;
        constexpr int kTimes = 2000;
        for (std::uint64_t i = 0; i < kTimes; ++i) {
            Rng rng(i, 5);
            std::vector<std::uint16_t> group;
            for (int r = 0; r < 90; ++r) {
                group.push_back(static_cast<std::uint16_t>(rng.next_below(3)));
            }
            const GroupDifference d = group_difference(GroupVotes(votes, group, 3), 0);
            REQUIRE(d.defined);
            sum += d.share();
            small += d.p <= 0.05 ? 1.0 : 0.0;
        }
        CHECK(std::abs(sum / kTimes) < 0.002);
        CHECK(std::abs(small / kTimes - 0.05) < 0.02);
    }
    TEST_CASE("groups that vote as one and against each other share all variety") {
        std::vector<Vote> votes;
        std::vector<std::uint16_t> group;
        for (std::uint32_t r = 0; r < 20; ++r) {
            votes.push_back({r, 0, static_cast<std::int8_t>(r < 10 ? 1 : -1)});
            votes.push_back({r, 1, 1});
            group.push_back(r < 10 ? 0 : 1);
        }
        const VoteMatrix matrix(votes, 20, 2);
        const GroupVotes tallies(matrix, group, 2);
        CHECK(group_difference(tallies, 0).share() == doctest::Approx(1.0));
        CHECK(!group_difference(tallies, 1).defined);
    }
}

TEST_SUITE("estimate/opinions/consensus") {
    TEST_CASE("a bound does not reward what few people saw") {
        std::vector<Vote> votes;
        std::vector<std::uint16_t> group;
        for (std::uint32_t r = 0; r < 200; ++r) {
            group.push_back(r % 2 == 0 ? 0 : 1);
            votes.push_back({r, 0, static_cast<std::int8_t>(r % 20 < 2 ? -1 : 1)});
            if (r < 4) votes.push_back({r, 1, 1});
        }
        const VoteMatrix matrix(votes, 200, 3);
        const GroupVotes tallies(matrix, group, 2);
        CHECK(*consensus_bound(tallies, 0) > 0.8);
        CHECK(*consensus_bound(tallies, 1) < 0.5);
        CHECK(*consensus_bound(tallies, 2) < 0.1);
        CHECK(group_informed_consensus(tallies, 2) == doctest::Approx(0.25));
        const Interval around = group_informed_consensus_interval(tallies, 0, 0.95, 2000, 1);
        CHECK(around.low < group_informed_consensus(tallies, 0));
        CHECK(around.high > group_informed_consensus(tallies, 0));
        CHECK(around.high - around.low < 0.2);
    }
    TEST_CASE("where all groups agree on everything nothing sets them apart significantly") {
        std::vector<Vote> votes;
        std::vector<std::uint16_t> group;
        for (std::uint32_t r = 0; r < 60; ++r) {
            group.push_back(r % 2 == 0 ? 0 : 1);
            for (std::uint32_t s = 0; s < 5; ++s) votes.push_back({r, s, 1});
        }
        const VoteMatrix matrix(votes, 60, 5);
        const GroupVotes tallies(matrix, group, 2);
        for (const Representative& each :
             representative_statements(tallies, 0, std::vector<bool>(5, true))) {
            CHECK(!each.significant);
            CHECK(std::isfinite(each.strength()));
        }
    }
}
