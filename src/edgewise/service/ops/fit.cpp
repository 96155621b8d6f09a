#include "edgewise/service/ops/fit.hpp"

#include <fmt/format.h>

#include <memory>

#include "edgewise/base/csv_write.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/service/describe.hpp"
#include "edgewise/service/ops/table.hpp"
#include "edgewise/service/ops/title.hpp"

namespace edgewise::service {
namespace {

void put_number(std::string& out, const std::optional<double>& value) {
    if (value) fmt::format_to(std::back_inserter(out), "{:.6g}", *value);
}

// All cells as CSV, written as they come.
class CellFile {
public:
    explicit CellFile(const std::string& path) : file_(path) {
        file_.write(
            "dimension,attribute,group,case,option,other,category,mean,sd,low,high,n,n_eff,state"
            "\n");
    }
    void add(const estimate::TensorCell& cell) {
        for (const std::string_view text : {cell.dimension, cell.attribute, cell.group, cell.case_,
                                            cell.option, cell.other, cell.category}) {
            append_csv_field(block_, text);
            block_ += ',';
        }
        put_number(block_, cell.mean);
        block_ += ',';
        put_number(block_, cell.sd);
        block_ += ',';
        if (cell.interval) put_number(block_, cell.interval->low);
        block_ += ',';
        if (cell.interval) put_number(block_, cell.interval->high);
        fmt::format_to(std::back_inserter(block_), ",{},{:.6g},{}\n", cell.n, cell.n_eff,
                       cell.state);
        if (block_.size() > kBlock) flush();
    }
    void commit() {
        flush();
        file_.commit();
    }

private:
    static constexpr std::size_t kBlock = std::size_t{1} << 20;
    void flush() {
        file_.write(block_);
        block_.clear();
    }
    AtomicFile file_;
    std::string block_;
};

Provenance provenance_of(const Fit::Request& request, const estimate::TensorReport& report) {
    Provenance out;
    out.seed = request.seed;
    for (const estimate::DimensionFit& each : report.dimensions) {
        if (each.model.empty()) continue;
        out.method += (out.method.empty() ? "" : ", ") + each.dimension + ": " + each.model;
    }
    out.parameters = {fmt::format("level={:g}", request.level),
                      fmt::format("least_group={}", request.least_group),
                      fmt::format("least_cell={}", request.least_cell)};
    if (!request.margins.empty()) out.parameters.push_back("margins=" + request.margins);
    return out;
}

}  // namespace

Fit::Response Fit::run(const Request& request, const Job& job) {
    std::unique_ptr<CellFile> file;
    if (!request.tensor.empty()) file = std::make_unique<CellFile>(request.tensor);
    const judgment::Imported in = judgment::import(request, job.part(0.0, 0.3));
    estimate::TensorOptions options = request;
    if (options.title.empty()) options.title = title_of(request.path);
    estimate::TensorSink sink;
    if (file) sink = [&](const estimate::TensorCell& cell) { file->add(cell); };
    Response out{estimate::fit_tensor(in.table, options, sink, job.part(0.3, 1.0)),
                 request.tensor,
                 in.report,
                 {}};
    out.provenance = provenance_of(request, out);
    job.check();
    if (file) file->commit();
    return out;
}

Operation fit_operation() noexcept { return describe<Fit>(); }

}  // namespace edgewise::service
