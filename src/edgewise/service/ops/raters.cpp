#include "edgewise/service/ops/raters.hpp"

#include <fmt/format.h>

#include "edgewise/service/describe.hpp"
#include "edgewise/service/ops/table.hpp"
#include "edgewise/service/ops/title.hpp"

namespace edgewise::service {

Raters::Response Raters::run(const Request& request, const Job& job) {
    const judgment::Imported in = judgment::import(request, job.part(0.0, 0.3));
    Response out;
    static_cast<estimate::RaterReport&>(out) =
        estimate::rater_report(in.table, request, job.part(0.3, 1.0));
    if (out.title.empty()) out.title = title_of(request.path);
    out.import = in.report;
    out.provenance.seed = request.seed;
    out.provenance.replicates = request.replicates;
    out.provenance.method =
        "krippendorff_alpha, jackknife over raters and over items, variances added; dawid_skene "
        "by EM on the marginal likelihood, variant by BIC";
    out.provenance.parameters = {"metric=" + request.metric, fmt::format("fdr={}", request.fdr),
                                 fmt::format("least_shared={}", request.least_shared),
                                 fmt::format("least_seconds={}", request.least_seconds)};
    return out;
}

Operation raters_operation() noexcept { return describe<Raters>(); }

}  // namespace edgewise::service
