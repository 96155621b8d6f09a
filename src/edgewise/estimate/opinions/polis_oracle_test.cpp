#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "edgewise/base/json.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/estimate/opinions/adjusted_rand.hpp"
#include "edgewise/estimate/opinions/consensus.hpp"
#include "edgewise/estimate/opinions/group_votes.hpp"
#include "edgewise/estimate/opinions/opinion_groups.hpp"
#include "edgewise/estimate/opinions/opinion_space.hpp"
#include "edgewise/estimate/opinions/priority.hpp"
#include "edgewise/estimate/opinions/representative.hpp"

// Five real conversations with what the production system of Polis computed for them. Its sign is
// the other way round (agree = -1) and components have no sign, so centres are negated and
// positions compared up to the sign of each component.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

double number(const Json& json) {
    double out = std::nan("");
    json.get(out);
    return out;
}
double number(const Json& json, std::string_view name) {
    const Json* found = json.find(name);
    return found == nullptr ? std::nan("") : number(*found);
}
const Json& member(const Json& json, std::string_view name) {
    const Json* found = json.find(name);
    REQUIRE(found != nullptr);
    return *found;
}
std::vector<double> numbers(const Json& json) {
    std::vector<double> out;
    for (const Json& each : *json.elements()) out.push_back(number(each));
    return out;
}

// One conversation, raters and statements numbered as Polis numbers them.
struct Conversation {
    std::string id;
    std::vector<double> tids;
    std::unordered_map<int, std::uint32_t> statement_of, rater_of;
    std::vector<int> pids;
    std::vector<bool> used, meta;
    std::vector<Vote> votes;
    const Json* expected = nullptr;

    VoteMatrix matrix() const { return {votes, pids.size(), tids.size()}; }
    // Polis' own groups: rater -> group.
    std::vector<std::uint16_t> groups() const {
        std::vector<std::uint16_t> out(pids.size(), kNoOpinionGroup);
        const Json& base = member(*expected, "base-clusters");
        std::unordered_map<int, std::size_t> place;
        const auto ids = numbers(member(base, "id"));
        for (std::size_t i = 0; i < ids.size(); ++i) place[static_cast<int>(ids[i])] = i;
        for (const Json& group : *member(*expected, "group-clusters").elements()) {
            const auto name = static_cast<std::uint16_t>(number(group, "id"));
            for (const double b : numbers(member(group, "members"))) {
                const Json& members =
                    (*member(base, "members").elements())[place.at(static_cast<int>(b))];
                for (const double pid : numbers(members)) {
                    out[rater_of.at(static_cast<int>(pid))] = name;
                }
            }
        }
        return out;
    }
    bool stale() const { return id == "50ptpt-3gp-strict-no-meta"; }
};

Conversation conversation(const Json& json) {
    Conversation out;
    out.id = *member(json, "id").string();
    out.expected = &member(json, "expected");
    out.tids = numbers(member(*out.expected, "tids"));
    for (std::size_t s = 0; s < out.tids.size(); ++s) {
        out.statement_of[static_cast<int>(out.tids[s])] = static_cast<std::uint32_t>(s);
    }
    out.used.assign(out.tids.size(), true);
    out.meta.assign(out.tids.size(), false);
    for (const double tid : numbers(member(*out.expected, "mod-out"))) {
        const auto at = out.statement_of.find(static_cast<int>(tid));
        if (at != out.statement_of.end()) out.used[at->second] = false;
    }
    for (const double tid : numbers(member(*out.expected, "meta-tids"))) {
        const auto at = out.statement_of.find(static_cast<int>(tid));
        if (at != out.statement_of.end()) out.meta[at->second] = true;
    }
    const double sign = number(json, "votes_agree_sign");
    for (const Json& row : *member(json, "votes").elements()) {
        const auto vote = numbers(row);
        const auto statement = out.statement_of.find(static_cast<int>(vote[1]));
        if (statement == out.statement_of.end()) continue;
        const auto [rater, fresh] = out.rater_of.try_emplace(
            static_cast<int>(vote[0]), static_cast<std::uint32_t>(out.pids.size()));
        if (fresh) out.pids.push_back(static_cast<int>(vote[0]));
        out.votes.push_back({.rater = rater->second,
                             .statement = statement->second,
                             .value = static_cast<std::int8_t>(vote[2] * sign)});
    }
    return out;
}

template <class Check>
void each_conversation(Check&& check) {
    const auto path =
        std::filesystem::path(EDGEWISE_SHARED) / "oracles/socialchoice/polis_math.json";
    if (!std::filesystem::exists(path)) {
        MESSAGE("skipped: " << path.string() << " is not here");
        return;
    }
    const Json oracle = Json::parse(read_text(path));
    for (const Json& json : *member(oracle, "conversations").elements()) {
        const Conversation each = conversation(json);
        CAPTURE(each.id);
        check(each);
    }
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

}  // namespace

TEST_SUITE("estimate/opinions/polis_oracle") {
    TEST_CASE("centre, components, positions and extremities are those of Polis") {
        each_conversation([](const Conversation& c) {
            const OpinionSpace space = opinion_space(c.matrix(), c.used);
            CHECK(space.converged);
            const Json& pca = member(*c.expected, "pca");
            const auto centre = numbers(member(pca, "center"));
            const double slack = c.stale() ? 0.04 : 1e-12;
            for (std::size_t s = 0; s < centre.size(); ++s) {
                CHECK(std::abs(-space.centre[s] - centre[s]) < slack);
            }
            std::array<double, 2> sign{};
            for (std::size_t k = 0; k < 2; ++k) {
                const auto theirs = numbers((*member(pca, "comps").elements())[k]);
                const double cosine = dot(space.component[k], theirs);
                CHECK(std::abs(cosine) > (c.stale() ? 0.999 : 1.0 - 1e-10));
                sign[k] = cosine < 0.0 ? 1.0 : -1.0;  // their votes are the negative of ours
            }
            if (c.stale()) return;
            const auto extremity = numbers(member(pca, "comment-extremity"));
            for (std::size_t s = 0; s < extremity.size(); ++s) {
                CHECK(space.extremity[s] == doctest::Approx(extremity[s]).epsilon(1e-9));
            }
            for (std::size_t k = 0; k < 2; ++k) {
                const auto theirs = numbers((*member(pca, "comment-projection").elements())[k]);
                for (std::size_t s = 0; s < theirs.size(); ++s) {
                    CHECK(std::abs(sign[k] * space.statement[s][k] - theirs[s]) < 1e-8);
                }
            }
            const Json& base = member(*c.expected, "base-clusters");
            const auto x = numbers(member(base, "x")), y = numbers(member(base, "y"));
            const auto& members = *member(base, "members").elements();
            std::size_t compared = 0;
            for (std::size_t b = 0; b < members.size(); ++b) {
                const auto pids = numbers(members[b]);
                if (pids.size() != 1) continue;
                ++compared;
                const Point& at = space.rater[c.rater_of.at(static_cast<int>(pids[0]))];
                CHECK(std::abs(sign[0] * at[0] - x[b]) < 1e-8);
                CHECK(std::abs(sign[1] * at[1] - y[b]) < 1e-8);
            }
            CHECK(compared > 0);
        });
    }
    // Polis remembers: who was in while there were few statements or raters stays in. One run on
    // the votes as they are now has the rest.
    TEST_CASE("those who take part are those of Polis, but for whom it remembers") {
        each_conversation([](const Conversation& c) {
            const VoteMatrix votes = c.matrix();
            std::vector<int> ours;
            for (const std::uint32_t r : taking_part(
                     votes, std::vector<bool>(votes.statements(), true), GroupingOptions{})) {
                ours.push_back(c.pids[r]);
            }
            std::vector<int> theirs;
            for (const double pid : numbers(member(*c.expected, "in-conv"))) {
                theirs.push_back(static_cast<int>(pid));
            }
            std::ranges::sort(ours);
            std::ranges::sort(theirs);
            CHECK(std::ranges::includes(theirs, ours));
            for (const int pid : theirs) {
                if (std::ranges::binary_search(ours, pid)) continue;
                const auto given = votes.of_rater(c.rater_of.at(pid)).index.size();
                CHECK(given < GroupingOptions{}.least_votes);
            }
        });
    }
    TEST_CASE("given Polis' groups, votes, consensus and priorities are those of Polis") {
        each_conversation([](const Conversation& c) {
            const VoteMatrix matrix = c.matrix();
            const auto of = c.groups();
            const Json& theirs = member(*c.expected, "group-votes");
            const GroupVotes votes(matrix, of, theirs.members()->size());
            const OpinionSpace space = opinion_space(matrix, c.used);
            const Json& gac = member(*c.expected, "group-aware-consensus");
            const Json& priority = member(*c.expected, "comment-priorities");
            for (const auto& [tid, s] : c.statement_of) {
                const std::string name = std::to_string(tid);
                CAPTURE(name);
                for (std::size_t g = 0; g < votes.groups(); ++g) {
                    const Json& tally =
                        member(member(member(theirs, std::to_string(g)), "votes"), name);
                    CHECK(votes.at(g, s).agree == number(tally, "A"));
                    CHECK(votes.at(g, s).disagree == number(tally, "D"));
                    CHECK(votes.at(g, s).seen == number(tally, "S"));
                }
                CHECK(group_informed_consensus(votes, s) ==
                      doctest::Approx(number(gac, name)).epsilon(1e-12));
                if (c.stale()) continue;  // its published priorities are older than its votes
                CHECK(statement_priority(votes.grouped(s), space.extremity[s], c.meta[s]) ==
                      doctest::Approx(number(priority, name)).epsilon(1e-9));
            }
        });
    }
    TEST_CASE("given Polis' groups, representative statements are those of Polis") {
        each_conversation([](const Conversation& c) {
            const VoteMatrix matrix = c.matrix();
            const Json& theirs = member(*c.expected, "repness");
            const GroupVotes votes(matrix, c.groups(), theirs.members()->size());
            for (std::size_t g = 0; g < votes.groups(); ++g) {
                CAPTURE(g);
                const auto ours = representative_statements(votes, g, c.used);
                const auto& expected = *member(theirs, std::to_string(g)).elements();
                REQUIRE(ours.size() == expected.size());
                for (std::size_t i = 0; i < ours.size(); ++i) {
                    CAPTURE(i);
                    Representative one = ours[i];
                    const Json& other = expected[i];
                    if (one.best_agree && *member(other, "repful-for").string() == "disagree") {
                        // Polis gives the statement its group agrees with best the figures of
                        // whichever side sets the group further apart; ours are of agreement.
                        CHECK(one.side.n == number(other, "n-agree"));
                        one = representativeness(votes, g, one.side.statement, false);
                        one.best_agree = true;
                    }
                    CHECK(c.tids[one.side.statement] == number(other, "tid"));
                    CHECK(one.side.agree == (*member(other, "repful-for").string() == "agree"));
                    CHECK(one.side.n == number(other, "n-success"));
                    CHECK(one.side.seen == number(other, "n-trials"));
                    CHECK(one.side.share ==
                          doctest::Approx(number(other, "p-success")).epsilon(1e-12));
                    CHECK(one.side.z == doctest::Approx(number(other, "p-test")).epsilon(1e-12));
                    CHECK(one.ratio == doctest::Approx(number(other, "repness")).epsilon(1e-12));
                    CHECK(one.ratio_z ==
                          doctest::Approx(number(other, "repness-test")).epsilon(1e-6));
                    CHECK(one.best_agree == (other.find("best-agree") != nullptr));
                }
            }
        });
    }
    TEST_CASE("consensus statements are those of Polis") {
        each_conversation([](const Conversation& c) {
            const VoteMatrix matrix = c.matrix();
            const GroupVotes votes(matrix, c.groups(), 1);
            for (const bool agree : {true, false}) {
                const auto ours = consensus_statements(votes, c.used, agree);
                const auto& expected =
                    *member(member(*c.expected, "consensus"), agree ? "agree" : "disagree")
                         .elements();
                REQUIRE(ours.size() == expected.size());
                for (std::size_t i = 0; i < ours.size(); ++i) {
                    CHECK(c.tids[ours[i].statement] == number(expected[i], "tid"));
                    CHECK(ours[i].share ==
                          doctest::Approx(number(expected[i], "p-success")).epsilon(1e-12));
                    CHECK(ours[i].z ==
                          doctest::Approx(number(expected[i], "p-test")).epsilon(1e-12));
                }
            }
        });
    }
    TEST_CASE("our grouping agrees with that of Polis better than chance") {
        each_conversation([](const Conversation& c) {
            const VoteMatrix matrix = c.matrix();
            const auto theirs = c.groups();
            for (const int starts : {1, 10}) {
                GroupingOptions options;
                options.starts = starts;
                const OpinionGroups ours = find_opinion_groups(matrix, c.used, options);
                const std::vector<std::uint32_t> a(ours.of.begin(), ours.of.end());
                const std::vector<std::uint32_t> b(theirs.begin(), theirs.end());
                const auto alike = adjusted_rand(a, b, kNoOpinionGroup);
                REQUIRE(alike.has_value());
                MESSAGE(c.id << ", " << starts << " starts: " << ours.groups() << " groups, Polis "
                             << member(*c.expected, "group-clusters").elements()->size()
                             << ", silhouette " << *ours.silhouette << ", adjusted Rand "
                             << *alike);
                CHECK(*alike > 0.25);
            }
        });
    }
}
