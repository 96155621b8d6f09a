#include <filesystem>

#include "edgewise/service/describe.hpp"
#include "edgewise/service/ops/ops.hpp"
#include "edgewise/service/ops/table.hpp"

namespace edgewise::service {

Audit::Response Audit::run(const Request& request, const Job& job) {
    const judgment::Imported in = judgment::import(request, job.part(0.0, 0.25));
    edge::AuditOptions options = request;
    if (options.title.empty()) {
        // A folder's name, or that of a file with its folder: "fed/ratings.csv".
        const auto path = std::filesystem::path(request.path).lexically_normal();
        const auto parent = path.parent_path().filename();
        options.title = (path.has_filename() && path.has_extension() && !parent.empty()
                             ? parent / path.filename()
                         : path.has_filename() ? path.filename()
                                               : parent)
                            .string();
    }
    return {edge::audit(in.table, options, job.part(0.25, 1.0)), in.report};
}

Operation audit_operation() noexcept { return describe<Audit>(); }

}  // namespace edgewise::service
