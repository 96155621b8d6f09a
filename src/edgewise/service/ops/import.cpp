#include <string>
#include <utility>

#include "edgewise/service/describe.hpp"
#include "edgewise/service/ops/folder.hpp"
#include "edgewise/service/ops/ops.hpp"
#include "edgewise/service/ops/table.hpp"

namespace edgewise::service {

Import::Response Import::run(const Request& request, const Job& job) {
    const std::string ending = compression_ending(request.compress);
    if (!request.dry_run) check_workspace_folder(request.out);
    judgment::Imported in = judgment::import(request, job.part(0.0, 0.7));
    Response response;
    response.cases = in.table.cases().ids.size();
    response.options = in.table.options().ids.size();
    response.raters = in.table.raters().ids.size();
    for (const judgment::Dimension& dimension : in.table.dimensions()) {
        response.dimensions.push_back(dimension.name);
    }
    for (const judgment::Attribute& attribute : in.table.raters().attributes) {
        response.attributes.push_back(attribute.name);
    }
    if (!request.dry_run) {
        judgment::write_workspace(in.table, request.out, ending, job.part(0.7, 1.0));
        response.written = request.out;
    }
    response.report = std::move(in.report);
    return response;
}

Operation import_operation() noexcept { return describe<Import>(); }

}  // namespace edgewise::service
