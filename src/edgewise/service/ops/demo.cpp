#include <utility>

#include "edgewise/service/describe.hpp"
#include "edgewise/service/ops/folder.hpp"
#include "edgewise/service/ops/ops.hpp"
#include "edgewise/service/ops/table.hpp"
#include "edgewise/simulate/workspace_writer.hpp"

namespace edgewise::service {

Demo::Response Demo::run(const Request& request, const Job& job) {
    check_workspace_folder(request.out);
    simulate::write_sample(request.out, request.seed, job.part(0.0, 0.1));
    Audit::Request audit;
    audit.path = request.out;
    audit.seed = request.seed;
    return {Audit::run(audit, job.part(0.1, 1.0)), request.out};
}

Operation demo_operation() noexcept { return describe<Demo>(); }

}  // namespace edgewise::service
