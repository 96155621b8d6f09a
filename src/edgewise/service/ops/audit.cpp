#include "edgewise/service/describe.hpp"
#include "edgewise/service/ops/ops.hpp"
#include "edgewise/service/ops/table.hpp"
#include "edgewise/service/ops/title.hpp"

namespace edgewise::service {

Audit::Response Audit::run(const Request& request, const Job& job) {
    const judgment::Imported in = judgment::import(request, job.part(0.0, 0.25));
    edge::AuditOptions options = request;
    if (options.title.empty()) options.title = title_of(request.path);
    return {edge::audit(in.table, options, job.part(0.25, 1.0)), in.report};
}

Operation audit_operation() noexcept { return describe<Audit>(); }

}  // namespace edgewise::service
