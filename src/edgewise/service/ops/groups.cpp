#include "edgewise/service/ops/groups.hpp"

#include <fmt/format.h>

#include <memory>

#include "edgewise/base/csv_write.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/service/describe.hpp"
#include "edgewise/service/ops/table.hpp"
#include "edgewise/service/ops/title.hpp"

namespace edgewise::service {
namespace {

// All raters are in it, so that it is a complete table of raters; those in no group have an empty
// field, which reads as "not known".
std::string csv_of(const judgment::JudgmentTable& table, const std::vector<std::uint16_t>& group) {
    std::string out = "rater,opinion-group\n";
    for (std::size_t r = 0; r < group.size(); ++r) {
        append_csv_field(out, table.raters().ids[r]);
        out += ',';
        if (group[r] != estimate::kNoOpinionGroup) out += estimate::opinion_group_name(group[r]);
        out += '\n';
    }
    return out;
}

}  // namespace

Groups::Response Groups::run(const Request& request, const Job& job) {
    // Opened first, so that a place that cannot be written to is known at once.
    std::unique_ptr<AtomicFile> file;
    if (!request.write.empty()) file = std::make_unique<AtomicFile>(request.write);
    const judgment::Imported in = judgment::import(request, job.part(0.0, 0.25));
    estimate::OpinionOptions options = request;
    if (options.title.empty()) options.title = title_of(request.path);
    estimate::OpinionResult found =
        estimate::report_opinions(in.table, options, job.part(0.25, 1.0));
    Response out;
    static_cast<estimate::OpinionReport&>(out) = std::move(found.report);
    out.import = in.report;
    out.provenance.seed = options.seed;
    out.provenance.replicates = options.resamples;
    out.provenance.method =
        "principal components of sparse votes, k-means by silhouette, bridging factorisation by "
        "alternating least squares";
    out.provenance.parameters = {fmt::format("permutations={}", options.permutations),
                                 fmt::format("splits={}", options.splits),
                                 fmt::format("least_votes={}", options.least_votes),
                                 fmt::format("most_groups={}", options.most_groups),
                                 fmt::format("groups={}", options.groups),
                                 fmt::format("fdr={}", options.fdr),
                                 fmt::format("bridging_threshold={}", options.bridging_threshold),
                                 fmt::format("bridging_starts={}", options.bridging_starts)};
    if (file) {
        file->write(csv_of(in.table, found.group_of));
        file->commit();
        out.written = request.write;
    }
    return out;
}

Operation groups_operation() noexcept { return describe<Groups>(); }

}  // namespace edgewise::service
