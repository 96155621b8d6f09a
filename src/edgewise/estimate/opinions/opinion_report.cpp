#include "edgewise/estimate/opinions/opinion_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/estimate/opinions/adjusted_rand.hpp"
#include "edgewise/estimate/opinions/bridging.hpp"
#include "edgewise/estimate/opinions/consensus.hpp"
#include "edgewise/estimate/opinions/priority.hpp"
#include "edgewise/estimate/opinions/representative.hpp"

namespace edgewise::estimate {
namespace {

using judgment::JudgmentTable;

constexpr double kAlpha = 0.1;
constexpr std::size_t kDraws = 2000;

// The dimension asked for, else the first of votes, else the only one.
const DimensionView& choose(const JudgmentTable& table, const Observations& seen,
                            const std::string& name) {
    std::vector<std::string_view> names;
    for (const DimensionView& view : seen.dimensions) {
        names.push_back(table.dimensions()[view.dimension].name);
    }
    if (!name.empty()) {
        const auto at = std::ranges::find(names, name);
        if (at != names.end()) return seen.dimensions[static_cast<std::size_t>(at - names.begin())];
        throw Error(ErrorCode::not_found,
                    fmt::format("there is no dimension \"{}\" with votes or ratings; there are: {}",
                                name, join(names, ", ")),
                    "--dimension");
    }
    for (const DimensionView& view : seen.dimensions) {
        if (view.votes) return view;
    }
    if (seen.dimensions.size() == 1) return seen.dimensions.front();
    if (seen.dimensions.empty()) {
        throw Error(ErrorCode::invalid_data,
                    "there is nothing here that people voted on or rated" +
                        (seen.left_out.empty() ? std::string() : ": " + join(seen.left_out, "; ")));
    }
    throw Error(ErrorCode::invalid_argument,
                fmt::format("there are no votes, and several dimensions with ratings: {}; name one "
                            "with --dimension",
                            join(names, ", ")),
                "--dimension");
}

// Items with judgments only, numbered anew: an item nobody judged on this dimension is no
// statement.
DimensionView without_empty(const DimensionView& view, std::vector<std::uint32_t>& item_of) {
    DimensionView out = view;
    out.begin = {0};
    for (std::uint32_t item = 0; item < view.items(); ++item) {
        if (view.raters(item).empty()) continue;
        item_of.push_back(item);
        out.begin.push_back(view.begin[item + 1]);
    }
    return out;
}

bool moderated_out(const JudgmentTable& table, Id case_) {
    for (const judgment::Attribute& attribute : table.cases().context) {
        if (attribute.name != "moderated") continue;
        const Id code = attribute.code(case_);
        return code != judgment::kNone && attribute.values[code] == "-1";
    }
    return false;
}

VoteShare share_of(const VoteTally& tally, bool enough) {
    VoteShare out{.agree = tally.agree, .disagree = tally.disagree, .seen = tally.seen};
    if (tally.seen == 0) return out;
    out.share = static_cast<double>(tally.agree) / static_cast<double>(tally.seen);
    if (enough) out.interval = wilson(tally.agree, tally.seen);
    return out;
}

class Builder {
public:
    Builder(const JudgmentTable& table, const OpinionOptions& options, const Job& job)
        : table_(table), options_(options), job_(job) {}

    OpinionResult build();

private:
    void read();
    void find();
    void add_statements();
    void add_groups();
    void add_consensus();
    void add_bridging();
    void add_map();
    void add_known();
    bool enough(std::size_t g) const { return found_.size[g] >= options_.least_group; }
    bool any_too_small() const {
        for (std::size_t g = 0; g < found_.groups(); ++g) {
            if (!enough(g)) return true;
        }
        return false;
    }

    const JudgmentTable& table_;
    const OpinionOptions& options_;
    const Job& job_;
    OpinionReport report_;
    DimensionView view_;
    std::vector<Item> items_;  // statement -> what was judged
    std::vector<bool> used_;
    std::optional<VoteMatrix> votes_;
    GroupingOptions grouping_;
    OpinionGroups found_;
    HonestGroups honest_;
    std::optional<GroupVotes> tallies_;
};

void Builder::read() {
    const Observations seen = observe(table_, job_.part(0.0, 0.05));
    std::vector<std::uint32_t> item_of;
    view_ = without_empty(choose(table_, seen, options_.dimension), item_of);
    for (const std::uint32_t item : item_of) items_.push_back(seen.items[item]);
    votes_.emplace(vote_matrix(view_, table_.raters().ids.size()));
    OpinionData& data = report_.data;
    data.dimension = table_.dimensions()[view_.dimension].name;
    data.kind = view_.votes ? "votes"
                            : "ratings, read as votes: above the middle of the scale is agree, "
                              "below it disagree, on it pass";
    used_.assign(votes_->statements(), true);
    for (std::size_t s = 0; s < used_.size(); ++s) {
        if (options_.include_moderated || !moderated_out(table_, items_[s].case_)) continue;
        used_[s] = false;
        ++data.moderated_out;
    }
    data.statements = votes_->statements();
    data.votes = votes_->votes();
    data.machine_votes = seen.machine;
    data.least_votes = std::min<std::uint64_t>(options_.least_votes, data.statements);
    for (std::size_t r = 0; r < votes_->raters(); ++r) {
        const auto line = votes_->of_rater(r);
        data.raters += line.index.empty() ? 0U : 1U;
        for (const std::int8_t value : line.value) {
            data.agree += value > 0 ? 1U : 0U;
            data.disagree += value < 0 ? 1U : 0U;
        }
    }
}

void Builder::find() {
    GroupingOptions& grouping = grouping_;
    grouping.groups = options_.groups;
    grouping.most_groups = options_.most_groups;
    grouping.least_votes = options_.least_votes;
    grouping.seed = options_.seed;
    found_ = find_opinion_groups(*votes_, used_, grouping);
    report_.data.taking_part = found_.taking_part;
    report_.why_none = found_.why_none;
    tallies_.emplace(*votes_, found_.of, found_.groups());
    honest_ = honest_groups(
        *votes_, used_, found_, grouping,
        {.splits = options_.splits, .permutations = options_.permutations, .seed = options_.seed},
        job_.part(0.1, 0.8));
    HonestPanel& panel = report_.honest;
    panel.permutations = honest_.permutations;
    panel.splits = honest_.splits;
    panel.between = honest_.between;
    panel.silhouette = honest_.silhouette;
    panel.explained = honest_.explained;
    panel.held_out = honest_.held_out;
    panel.held_out_least = honest_.held_out_least;
    panel.held_out_most = honest_.held_out_most;
    panel.halves_alike = honest_.halves_alike;
    panel.halves_least = honest_.halves_least;
    panel.halves_most = honest_.halves_most;
    panel.half_and_all = honest_.half_and_all;
    panel.fdr = options_.fdr;
    panel.converged = honest_.converged && found_.converged;
    for (const TriedGroups& tried : found_.tried) {
        report_.tried.push_back(
            {.groups = tried.groups,
             .silhouette = tried.silhouette,
             .halves = tried.groups < honest_.chosen.size() ? honest_.chosen[tried.groups] : 0U});
    }
    const auto halves = std::accumulate(honest_.chosen.begin(), honest_.chosen.end(), 0.0);
    if (halves > 0.0 && options_.groups == 0) {
        const std::size_t k = found_.groups();
        const double same =
            k < honest_.chosen.size() ? static_cast<double>(honest_.chosen[k]) : 0.0;
        panel.same_number = same / halves;
    }
    std::vector<double> naive;
    for (const HonestStatement& each : honest_.statements) {
        if (each.held_out) naive.push_back(each.raw_p);
        if (each.held_out && each.q <= options_.fdr) ++panel.held;
    }
    panel.tested = naive.size();
    for (const double q : benjamini_hochberg(naive)) panel.naive += q <= options_.fdr ? 1U : 0U;
}

void Builder::add_statements() {
    const std::size_t k = found_.groups();
    for (std::uint32_t s = 0; s < votes_->statements(); ++s) {
        const Item& item = items_[s];
        StatementRow row;
        row.id = std::string(table_.cases().ids[item.case_]);
        const std::string_view text = table_.options().texts[item.option];
        row.text = std::string(text.empty() ? table_.cases().texts[item.case_] : text);
        row.moderated_out = !used_[s];
        row.everybody = share_of(tallies_->everybody(s), true);
        const HonestStatement& honest = honest_.statements[s];
        for (std::size_t g = 0; g < k; ++g) {
            row.groups.push_back(share_of(tallies_->at(g, s), enough(g)));
            if (!honest.groups.empty() && honest.groups[g].seen >= 1.0) {
                row.groups.back().held_out = honest.groups[g].agree / honest.groups[g].seen;
            }
        }
        if (k >= 2) {
            row.consensus = group_informed_consensus(*tallies_, s);
            row.consensus_bound = consensus_bound(*tallies_, s, kAlpha);
            row.dissent_bound = dissent_bound(*tallies_, s, kAlpha);
        }
        row.extremity = found_.space.extremity[s];
        row.priority = statement_priority(k > 0 ? tallies_->grouped(s) : tallies_->everybody(s),
                                          row.extremity);
        row.between = honest.raw;
        row.between_null = honest.null_mean;
        row.between_held_out = honest.held_out;
        if (honest.held_out) {
            row.p = honest.p;
            row.q = honest.q;
        }
        report_.statements.push_back(std::move(row));
    }
    std::vector<std::uint64_t>& divisive = report_.divisive;
    for (std::uint64_t s = 0; s < report_.statements.size(); ++s) {
        const StatementRow& row = report_.statements[s];
        if (row.q && *row.q <= options_.fdr) divisive.push_back(s);
    }
    std::ranges::stable_sort(divisive, std::ranges::greater{}, [&](std::uint64_t s) {
        return *report_.statements[s].between_held_out;
    });
    if (divisive.size() > options_.most_statements) divisive.resize(options_.most_statements);
}

void Builder::add_groups() {
    const std::size_t k = found_.groups();
    for (std::size_t g = 0; g < k; ++g) {
        OpinionGroup group{.name = opinion_group_name(g), .raters = found_.size[g]};
        group.x = found_.centre[g][0];
        group.y = found_.centre[g][1];
        for (std::size_t s = 0; s < used_.size(); ++s) {
            group.votes += tallies_->at(g, s).seen;
        }
        if (!enough(g)) {
            group.too_small = fmt::format("{} raters; {} are needed to speak about a group",
                                          found_.size[g], options_.least_group);
        }
        if (k >= 2 && enough(g)) {
            const auto chosen = representative_statements(*tallies_, g, used_);
            for (const Representative& each : chosen) {
                const std::uint32_t s = each.side.statement;
                const HonestStatement& honest = honest_.statements[s];
                const VoteTally all = tallies_->grouped(s);
                const VoteTally& in = tallies_->at(g, s);
                const double others_seen = all.seen - in.seen;
                const double others =
                    each.side.agree ? all.agree - in.agree : all.disagree - in.disagree;
                RepresentativeRow row{.statement = s,
                                      .side = each.side.agree ? "agree" : "disagree",
                                      .n = each.side.n,
                                      .seen = each.side.seen,
                                      .share = static_cast<double>(each.side.n) / each.side.seen,
                                      .interval = wilson(each.side.n, each.side.seen),
                                      .others = others_seen > 0.0 ? others / others_seen : 0.0,
                                      .ratio = each.ratio,
                                      .z = each.side.z,
                                      .ratio_z = each.ratio_z,
                                      .best_agree = each.best_agree,
                                      .significant = each.significant};
                if (!honest.groups.empty() && honest.groups[g].seen >= 1.0) {
                    row.held_out =
                        (each.side.agree ? honest.groups[g].agree : honest.groups[g].disagree) /
                        honest.groups[g].seen;
                }
                if (honest.held_out) row.q = honest.q;
                group.representative.push_back(std::move(row));
            }
        }
        report_.groups.push_back(std::move(group));
    }
}

// Both sides, by the bound: what every group agrees with, and what every group rejects.
void Builder::add_consensus() {
    if (found_.groups() < 2) return;
    for (const bool agree : {true, false}) {
        std::vector<ConsensusRow> rows;
        for (std::uint32_t s = 0; s < used_.size(); ++s) {
            const StatementRow& row = report_.statements[s];
            const double bound = agree ? *row.consensus_bound : *row.dissent_bound;
            if (!used_[s] || bound <= 0.5) continue;
            double least = 1.0;
            for (const VoteShare& group : row.groups) {
                const double n = static_cast<double>(agree ? group.agree : group.disagree);
                least = std::min(least, n / static_cast<double>(group.seen));
            }
            rows.push_back({.statement = s,
                            .side = agree ? "agree" : "disagree",
                            .share = least,
                            .bound = bound});
        }
        std::ranges::stable_sort(rows, std::ranges::greater{}, &ConsensusRow::bound);
        (agree ? report_.agreed : report_.rejected) = rows.size();
        if (rows.size() > options_.most_statements) rows.resize(options_.most_statements);
        for (ConsensusRow& row : rows) {
            if (agree) {
                row.consensus = report_.statements[row.statement].consensus;
                row.consensus_interval = group_informed_consensus_interval(
                    *tallies_, row.statement, 0.95, kDraws, options_.seed);
            }
            report_.consensus.push_back(std::move(row));
        }
    }
}

void Builder::add_bridging() {
    BridgingOptions options;
    options.starts = static_cast<int>(options_.bridging_starts);
    options.resamples = static_cast<int>(options_.resamples);
    options.threshold = options_.bridging_threshold;
    options.seed = options_.seed;
    const Bridging found = bridge(rating_matrix(view_, votes_->raters()), options, job_);
    BridgingSummary& out = report_.bridging;
    out.defined = found.defined;
    out.why_not = found.why_not;
    out.threshold = options.threshold;
    if (!found.defined) return;
    out.mu = found.fit.mu;
    out.objective = found.fit.objective;
    out.mean_squared_error = found.fit.mean_squared_error;
    out.sweeps = static_cast<std::uint64_t>(found.fit.sweeps);
    out.converged = found.fit.converged;
    out.starts = options_.bridging_starts;
    out.worst_objective = found.stability.worst_objective;
    out.least_rank_correlation = found.stability.least_rank_correlation;
    out.largest_difference = found.stability.largest_difference;
    out.share_changing_side = found.stability.share_changing_side;
    out.resamples = options_.resamples;
    for (std::uint64_t s = 0; s < report_.statements.size(); ++s) {
        StatementRow& row = report_.statements[s];
        row.bridging = found.fit.note[s].intercept;
        row.bridging_factor = found.fit.note[s].factor;
        if (!found.interval.empty()) row.bridging_interval = found.interval[s];
        if (!used_[s]) continue;
        out.top.push_back(s);
        if (*row.bridging < options.threshold) continue;
        ++out.above;
        if (row.bridging_interval && row.bridging_interval->low >= options.threshold) {
            ++out.surely_above;
        }
    }
    // By the lower end of the interval: few votes do not make a statement a bridge.
    std::ranges::stable_sort(out.top, std::ranges::greater{}, [&](std::uint64_t s) {
        const StatementRow& row = report_.statements[s];
        return row.bridging_interval ? row.bridging_interval->low : *row.bridging;
    });
    if (out.top.size() > options_.most_statements) out.top.resize(options_.most_statements);
    // How much of the raters' factor the groups account for.
    std::vector<double> sum(found_.groups(), 0.0), n(found_.groups(), 0.0);
    double all = 0.0, squares = 0.0, count = 0.0;
    for (std::size_t r = 0; r < found_.of.size(); ++r) {
        if (found_.of[r] == kNoOpinionGroup) continue;
        const double f = found.fit.rater[r].factor;
        sum[found_.of[r]] += f;
        n[found_.of[r]] += 1.0;
        all += f;
        squares += f * f;
        count += 1.0;
    }
    if (found_.groups() < 2) return;
    const double total = squares - all * all / count;
    double between = -all * all / count;
    for (std::size_t g = 0; g < sum.size(); ++g) between += sum[g] * sum[g] / n[g];
    if (total > 1e-12 * count) out.factor_and_groups = std::clamp(between / total, 0.0, 1.0);
}

void Builder::add_map() {
    const OpinionSpace& space = found_.space;
    OpinionMap& map = report_.map;
    if (space.total > 0.0) {
        map.explained_x = space.eigenvalue[0] / space.total;
        map.explained_y = space.eigenvalue[1] / space.total;
    }
    map.converged = space.converged;
    map.steps = static_cast<std::uint64_t>(space.steps);
    std::vector<std::size_t> drawn;
    for (std::size_t r = 0; r < found_.of.size(); ++r) {
        if (found_.of[r] != kNoOpinionGroup) drawn.push_back(r);
    }
    // Evenly spaced where they are too many: the order of raters carries no meaning.
    const std::size_t most = options_.most_points;
    const std::size_t shown = std::min(most, drawn.size());
    map.left_out = drawn.size() - shown;
    for (std::size_t i = 0; i < shown; ++i) {
        const std::size_t r = drawn[i * drawn.size() / shown];
        map.points.push_back({.x = space.rater[r][0],
                              .y = space.rater[r][1],
                              .group = found_.of[r],
                              .votes = votes_->of_rater(r).index.size()});
    }
}

// Other ways in which the raters are known to be grouped: those learned from judgments, as Polis'
// group-id, and any attribute with a handful of values.
void Builder::add_known() {
    const std::vector<std::uint32_t> ours(found_.of.begin(), found_.of.end());
    for (const judgment::Attribute& attribute : table_.raters().attributes) {
        if (attribute.values.size() < 2 || attribute.values.size() > 24) continue;
        KnownGrouping known{.attribute = attribute.name};
        known.learned_from_judgments = attribute.learned_from_judgments;
        std::vector<std::uint32_t> theirs(ours.size(), kNoOpinionGroup);
        std::vector<bool> seen(attribute.values.size(), false);
        for (Id r = 0; r < ours.size(); ++r) {
            const Id code = attribute.code(r);
            if (code == judgment::kNone) continue;
            theirs[r] = code;
            if (ours[r] == kNoOpinionGroup) continue;
            ++known.raters;
            seen[code] = true;
        }
        known.groups = static_cast<std::uint64_t>(std::ranges::count(seen, true));
        known.adjusted_rand = adjusted_rand(ours, theirs, kNoOpinionGroup);
        known.as_many = known.adjusted_rand;
        if (known.groups >= 2 && known.groups != found_.groups() && found_.groups() >= 2) {
            GroupingOptions options = grouping_;
            options.groups = known.groups;
            const auto raters =
                taking_part(*votes_, std::vector<bool>(used_.size(), true), options);
            const VoteGrouping others = sort_into_groups(found_.space, raters, options);
            const std::vector<std::uint32_t> as_many(others.of.begin(), others.of.end());
            known.as_many = adjusted_rand(as_many, theirs, kNoOpinionGroup);
        }
        if (known.raters > 0) report_.known.push_back(std::move(known));
    }
}

OpinionResult Builder::build() {
    report_.title = options_.title;
    read();
    find();
    add_statements();
    add_groups();
    if (!any_too_small()) add_consensus();
    add_bridging();
    add_map();
    add_known();
    report_.findings = opinion_findings(report_);
    return {std::move(report_), found_.of};
}

}  // namespace

std::string opinion_group_name(std::size_t group) {
    return {static_cast<char>('A' + static_cast<char>(group))};
}

OpinionResult report_opinions(const judgment::JudgmentTable& table, const OpinionOptions& options,
                              const Job& job) {
    return Builder(table, options, job).build();
}

}  // namespace edgewise::estimate
