#include <utility>

#include "edgewise/service/describe.hpp"
#include "edgewise/service/ops/ops.hpp"
#include "edgewise/service/ops/table.hpp"

namespace edgewise::service {

Show::Response Show::run(const Request& request, const Job& job) {
    const judgment::Imported in = judgment::import(request, job.part(0.0, 0.5));
    return {edge::show(in.table, request.case_id, request, job.part(0.5, 1.0)), in.report};
}

Operation show_operation() noexcept { return describe<Show>(); }

}  // namespace edgewise::service
