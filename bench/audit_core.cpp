// The core of an audit alone, for comparing with others who compute the same: per attribute and
// dimension the disagreement within and across groups and the flips, observed and under shuffled
// labels; per dimension Krippendorff's alpha, the mean and the groups' means. Writes each rater's
// groups for the others to use (how a number is cut into groups is not what is compared), and
// prints figures and seconds as one JSON object. Run: build/release/bench/edgewise_audit_core PATH
// PERMUTATIONS GROUPS.csv [threads]

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "edgewise/edge/jackknife.hpp"
#include "edgewise/edge/permute.hpp"
#include "edgewise/estimate/observations.hpp"
#include "edgewise/judgment/import.hpp"
#include "edgewise/judgment/partition.hpp"

namespace {

using namespace edgewise;

double now() {
    const auto t = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(t).count();
}

void write_groups(const judgment::JudgmentTable& table,
                  const std::vector<judgment::Partition>& partitions, const char* path) {
    std::ofstream out(path);
    out << "annotator_id";
    for (const auto& p : partitions) out << ',' << p.attribute;
    out << '\n';
    for (std::size_t r = 0; r < table.raters().ids.size(); ++r) {
        out << table.raters().ids[r];
        for (const auto& p : partitions) {
            const std::uint16_t g = p.group_of[r];
            out << ',' << (g == judgment::kNoGroup ? std::string() : std::to_string(g));
        }
        out << '\n';
    }
}

std::string group_means(const estimate::DimensionView& view, const judgment::Partition& p) {
    std::vector<double> sum(p.groups.size()), n(p.groups.size());
    for (std::size_t i = 0; i < view.rater.size(); ++i) {
        const std::uint16_t g = p.group_of[view.rater[i]];
        if (g == judgment::kNoGroup) continue;
        sum[g] += double{view.utility[i]};
        n[g] += 1.0;
    }
    std::string out;
    for (std::size_t g = 0; g < sum.size(); ++g) {
        out += fmt::format("{}{}", g == 0 ? "" : ", ", n[g] > 0.0 ? sum[g] / n[g] : 0.0);
    }
    return out;
}

std::string number(double value) {
    return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

std::string figures(const edge::Nulls& nulls) {
    const edge::ShuffleSums& observed = nulls.sums.front();
    const auto within = [](const edge::ShuffleSums& s) { return s.within / s.within_pairs; };
    const auto across = [](const edge::ShuffleSums& s) { return s.across / s.across_pairs; };
    double null_within = 0.0;
    for (std::size_t b = 1; b < nulls.sums.size(); ++b) null_within += within(nulls.sums[b]);
    null_within /= static_cast<double>(nulls.sums.size() - 1);
    std::string flips, eligible;
    for (std::size_t k = 0; k < edge::kFlipLeast.size(); ++k) {
        flips += fmt::format("{}{}", k == 0 ? "" : ", ", observed.flips[k]);
        eligible += fmt::format("{}{}", k == 0 ? "" : ", ", observed.eligible[k]);
    }
    return fmt::format(R"("ratio": {}, "within": {}, "across": {}, "null_within": {}, )"
                       R"("flips": [{}], "eligible": [{}])",
                       number(observed.ratio()), number(within(observed)), number(across(observed)),
                       number(null_within), flips, eligible);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("usage: edgewise_audit_core PATH PERMUTATIONS GROUPS.csv [threads]\n", stderr);
        return 2;
    }
    const std::uint64_t permutations = std::strtoull(argv[2], nullptr, 10);
    const unsigned threads = argc > 4 ? static_cast<unsigned>(std::atoi(argv[4]))
                                      : std::max(1U, std::thread::hardware_concurrency());
    const Job job({}, {}, threads);
    judgment::ImportOptions from;
    from.path = argv[1];
    const auto table = judgment::import(from, job).table;
    const auto partitions = judgment::partitions(table, {}, {}).usable;
    write_groups(table, partitions, argv[3]);

    const double start = now();
    const auto observations = estimate::observe(table, job);
    const double arranged = now();
    std::string dimensions, effects;
    for (const auto& view : observations.dimensions) {
        const auto& dimension = table.dimensions()[view.dimension];
        double mean = 0.0;
        for (const float u : view.utility) mean += double{u};
        const auto alpha = edge::krippendorff_alpha(view, table.raters().ids.size());
        dimensions += fmt::format(R"({}{{"name": "{}", "alpha": {}, "mean": {}}})",
                                  dimensions.empty() ? "" : ",\n  ", dimension.name,
                                  alpha ? alpha->value : 0.0,
                                  mean / static_cast<double>(view.utility.size()));
    }
    for (std::size_t k = 0; k < partitions.size(); ++k) {
        const auto labels = edge::shuffled_labels(partitions[k], permutations, 1, k << 20);
        for (const auto& view : observations.dimensions) {
            const auto& dimension = table.dimensions()[view.dimension];
            const auto rows =
                edge::grouped(view, edge::sides(view, dimension.kind), partitions[k], labels);
            const auto nulls = edge::permute(rows, labels, 1, job);
            effects +=
                fmt::format(R"({}{{"attribute": "{}", "dimension": "{}", {}, "means": [{}]}})",
                            effects.empty() ? "" : ",\n  ", partitions[k].attribute, dimension.name,
                            figures(nulls), group_means(view, partitions[k]));
        }
    }
    const double done = now();
    std::printf(
        "{\"arrange_seconds\": %.6f, \"core_seconds\": %.6f, \"judgments\": %zu,\n \"dimensions\": "
        "[%s],\n \"effects\": [%s]}\n",
        arranged - start, done - arranged, table.size(), dimensions.c_str(), effects.c_str());
    return 0;
}
