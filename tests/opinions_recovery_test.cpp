#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/random.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/opinions/adjusted_rand.hpp"
#include "edgewise/estimate/opinions/honest_groups.hpp"
#include "support/recovery.hpp"

// Opinion groups in worlds whose truth is known. Nothing planted: statements are received unequally
// and raters vote unequally often, but votes on different statements have nothing in common. Then
// the test of groups must reject at its rate, and no statement may be called divisive more often
// than promised, although k-means always finds groups. Camps planted: they must be found, and the
// difference between them must lie between the held-out figure and the raw one.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

using recovery::Hits;
using recovery::Share;
using recovery::share;

constexpr double kFdr = 0.10;

struct World {
    VoteMatrix votes;
    std::vector<std::uint32_t> camp;
};

// Camps 0: nothing planted. `apart` is by how much, on the logit scale, a camp's mind on a
// statement departs from everybody's (standard deviation).
World world(std::size_t camps, double apart, std::uint64_t seed) {
    constexpr std::uint32_t kRaters = 120, kStatements = 40;
    Rng mind(seed, 1), rng(seed, 2);
    std::vector<std::vector<double>> own(std::max<std::size_t>(1, camps));
    std::vector<double> common;
    for (std::uint32_t s = 0; s < kStatements; ++s) common.push_back(0.8 + 1.2 * next_normal(mind));
    for (auto& each : own) {
        for (std::uint32_t s = 0; s < kStatements; ++s) each.push_back(apart * next_normal(mind));
    }
    std::vector<Vote> votes;
    std::vector<std::uint32_t> camp;
    for (std::uint32_t r = 0; r < kRaters; ++r) {
        camp.push_back(camps == 0 ? 0 : r % static_cast<std::uint32_t>(camps));
        const double busy = 0.15 + 0.8 * rng.next_unit();
        for (std::uint32_t s = 0; s < kStatements; ++s) {
            if (rng.next_unit() >= busy) continue;
            const double logit = common[s] + (camps == 0 ? 0.0 : own[camp[r]][s]);
            const bool passes = rng.next_unit() < 0.12;
            const bool agrees = rng.next_unit() < 1.0 / (1.0 + std::exp(-logit));
            votes.push_back({r, s, static_cast<std::int8_t>(passes ? 0 : agrees ? 1 : -1)});
        }
    }
    return {VoteMatrix(votes, kRaters, kStatements), camp};
}

struct Found {
    OpinionGroups groups;
    HonestGroups honest;
};

Found find(const World& world, std::uint64_t seed) {
    const std::vector<bool> used(world.votes.statements(), true);
    GroupingOptions grouping;
    grouping.seed = seed;
    Found out;
    out.groups = find_opinion_groups(world.votes, used, grouping);
    out.honest = honest_groups(world.votes, used, out.groups, grouping,
                               {.splits = 8, .permutations = 39, .seed = seed}, Job{});
    return out;
}

void within(const std::string& what, const Share& seen, double promised) {
    MESSAGE(what << ": " << recovery::words(seen) << ", promised at most " << promised);
    CHECK(seen.value <= promised + 3.0 * seen.se);
}

}  // namespace

TEST_SUITE("recovery: opinion groups") {
    TEST_CASE("where nothing is planted groups are shown no more often than promised") {
        const std::uint64_t worlds = recovery::worlds(40);
        std::vector<Hits> between(worlds), silhouettes(worlds), any(worlds), naive(worlds);
        std::vector<double> held(worlds);
        const Job job({}, {}, 2);
        parallel_blocks(job, worlds, 1, [&](std::size_t w, std::size_t) {
            const Found found = find(world(0, 0.0, 1000 + w), w + 1);
            const auto count = [](bool hit) { return Hits{hit ? 1.0 : 0.0, 1.0}; };
            between[w] = count(*found.honest.between.p <= 0.05);
            silhouettes[w] = count(*found.honest.silhouette.p <= 0.05);
            bool flagged = false, claimed = false;
            std::vector<double> p;
            for (const HonestStatement& each : found.honest.statements) {
                flagged = flagged || (each.held_out && each.q <= kFdr);
                p.push_back(each.raw_p);
            }
            for (const double q : benjamini_hochberg(p)) claimed = claimed || q <= kFdr;
            any[w] = count(flagged);
            naive[w] = count(claimed);
            held[w] = *found.honest.held_out;
        });
        within("groups shown", share(between), 0.05);
        within("groups called tight", share(silhouettes), 0.05);
        within("any statement called divisive", share(any), kFdr);
        const Share careless = share(naive);
        MESSAGE("any statement divisive if one forgets how groups were found: "
                << recovery::words(careless));
        CHECK(careless.value > 0.9);  // or there would be nothing to correct
        double mean = 0.0, squares = 0.0;
        for (const double h : held) mean += h / static_cast<double>(worlds);
        for (const double h : held) squares += (h - mean) * (h - mean);
        const double se = std::sqrt(squares) / static_cast<double>(worlds);
        MESSAGE(fmt::format("held-out share between groups: {:.4f} (se {:.4f})", mean, se));
        CHECK(std::abs(mean) <= 3.0 * se + 1e-3);
    }
    TEST_CASE("planted camps are shown, and their number and members are found") {
        const std::uint64_t worlds = recovery::worlds(12);
        for (const std::size_t camps : {std::size_t{2}, std::size_t{3}}) {
            std::vector<Hits> hang(worlds), shown(worlds), number(worlds), flagged(worlds);
            std::vector<double> alike(worlds);
            const Job job({}, {}, 2);
            parallel_blocks(job, worlds, 1, [&](std::size_t w, std::size_t) {
                const World planted = world(camps, 2.5, 5000 + w);
                const Found found = find(planted, w + 1);
                hang[w] = {*found.honest.explained.p <= 0.05 ? 1.0 : 0.0, 1.0};
                shown[w] = {*found.honest.between.p <= 0.05 ? 1.0 : 0.0, 1.0};
                number[w] = {found.groups.groups() == camps ? 1.0 : 0.0, 1.0};
                const std::vector<std::uint32_t> ours(found.groups.of.begin(),
                                                      found.groups.of.end());
                alike[w] = adjusted_rand(ours, planted.camp, kNoOpinionGroup).value_or(0.0);
                for (const HonestStatement& each : found.honest.statements) {
                    flagged[w].trials += 1.0;
                    flagged[w].hits += each.held_out && each.q <= kFdr ? 1.0 : 0.0;
                }
            });
            double mean = 0.0;
            for (const double a : alike) mean += a / static_cast<double>(worlds);
            MESSAGE(camps << " camps: common structure " << recovery::words(share(hang))
                          << ", shown " << recovery::words(share(shown)) << ", number found "
                          << recovery::words(share(number)) << ", statements called divisive "
                          << recovery::words(share(flagged))
                          << fmt::format(", mean adjusted Rand {:.2f}", mean));
            CHECK(share(hang).value == 1.0);
            CHECK(share(shown).value + 3.0 * share(shown).se >= 0.95);
            CHECK(share(shown).value >= 0.8);
            CHECK(share(number).value >= 0.5);
            CHECK(mean > 0.6);
            CHECK(share(flagged).value > 0.3);
        }
    }
    TEST_CASE("the raw difference errs on the high side and the held-out one on the low side") {
        const std::uint64_t worlds = recovery::worlds(12);
        double raw = 0.0, truth = 0.0, held = 0.0;
        for (std::uint64_t w = 0; w < worlds; ++w) {
            const World planted = world(2, 0.6, 9000 + w);
            const Found found = find(planted, w + 1);
            const std::vector<std::uint16_t> camp(planted.camp.begin(), planted.camp.end());
            const GroupVotes tallies(planted.votes, camp, 2);
            SharedDifference of_camps;
            for (std::size_t s = 0; s < planted.votes.statements(); ++s) {
                of_camps.add(group_difference(tallies, s));
            }
            raw += *found.honest.between.observed / static_cast<double>(worlds);
            truth += *of_camps.share() / static_cast<double>(worlds);
            held += *found.honest.held_out / static_cast<double>(worlds);
        }
        MESSAGE(fmt::format("share between groups: raw {:.3f}, true camps {:.3f}, held out {:.3f}",
                            raw, truth, held));
        CHECK(raw > truth);
        CHECK(held < truth);
    }
}
