#include "edgewise/edge/tensor.hpp"

namespace edgewise::edge {

using estimate::Cell;

std::vector<Unit> units(const estimate::Observations& observations) {
    std::vector<std::uint8_t> judged(observations.items.size());
    for (const auto& view : observations.dimensions) {
        for (std::size_t item = 0; item < view.items(); ++item) {
            if (view.begin[item + 1] > view.begin[item]) judged[item] = 1;
        }
    }
    std::vector<Unit> out;
    for (std::size_t c = 0; c + 1 < observations.case_begin.size(); ++c) {
        const std::uint32_t begin = observations.case_begin[c];
        const std::uint32_t end = observations.case_begin[c + 1];
        if (begin == end) continue;
        const std::uint32_t case_ = observations.items[begin].case_;
        if (observations.items[begin].other != judgment::kNone) {
            for (std::uint32_t item = begin; item < end; ++item) {
                if (judged[item] != 0) out.push_back({case_, item, 1});
            }
            continue;
        }
        bool any = false;
        for (std::uint32_t item = begin; item < end; ++item) any = any || judged[item] != 0;
        if (any) out.push_back({case_, begin, end - begin});
    }
    return out;
}

void fill(const Model& model, const Unit& unit, Tensor& out) {
    out.groups = model.partition->groups.size();
    out.dimensions = model.fits.size();
    out.options = unit.options();
    out.mirrored = unit.mirrored();
    out.cells.resize(out.groups * out.dimensions * out.options);
    out.pooled.resize(out.dimensions * out.options);
    out.judged.assign(out.dimensions, 0);
    std::vector<Cell> groups(out.groups);
    for (std::size_t d = 0; d < out.dimensions; ++d) {
        for (std::uint32_t i = 0; i < unit.items; ++i) {
            const Cell pooled = model.fits[d]->cells(unit.first + i, groups);
            out.pooled[d * out.options + i] = pooled;
            if (pooled.n > 0) out.judged[d] = 1;
            for (std::size_t g = 0; g < out.groups; ++g) {
                out.cells[(g * out.dimensions + d) * out.options + i] = groups[g];
            }
        }
        if (!out.mirrored) continue;
        const auto mirror = [](Cell cell) {
            cell.mean = 1.0 - cell.mean;
            return cell;
        };
        out.pooled[d * 2 + 1] = mirror(out.pooled[d * 2]);
        for (std::size_t g = 0; g < out.groups; ++g) {
            Cell* at = &out.cells[(g * out.dimensions + d) * 2];
            at[1] = mirror(at[0]);
        }
    }
}

namespace {

void draw_cells(std::span<const Cell> cells, bool mirrored, Rng& rng, std::span<double> u) {
    if (!mirrored) {
        for (std::size_t i = 0; i < cells.size(); ++i) u[i] = estimate::draw(cells[i], rng);
        return;
    }
    for (std::size_t i = 0; i < cells.size(); i += 2) {
        u[i] = estimate::draw(cells[i], rng);
        u[i + 1] = 1.0 - u[i];
    }
}

}  // namespace

void draw(const Tensor& tensor, Rng& rng, std::span<double> u) {
    draw_cells(tensor.cells, tensor.mirrored, rng, u);
}

void draw_everyone(const Tensor& tensor, Rng& rng, std::span<double> u) {
    draw_cells(tensor.pooled, tensor.mirrored, rng, u);
}

void Scalar::normalised(const Tensor& tensor, std::span<double> out) const {
    double total = 0.0;
    for (std::size_t d = 0; d < weight.size(); ++d) {
        out[d] = tensor.judged[d] != 0 ? weight[d] : 0.0;
        total += out[d];
    }
    if (total <= 0.0) {
        for (std::size_t d = 0; d < weight.size(); ++d) {
            out[d] = tensor.judged[d] != 0 ? 1.0 : 0.0;
            total += out[d];
        }
    }
    for (double& w : out) w /= total;
}

}  // namespace edgewise::edge
