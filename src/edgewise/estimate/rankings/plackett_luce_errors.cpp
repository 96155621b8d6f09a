// Errors of Plackett-Luce strengths: covariance() and bootstrap() of plackett_luce.hpp.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <Eigen/Dense>

#include "edgewise/base/parallel.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/rankings/choices.hpp"
#include "edgewise/estimate/rankings/plackett_luce.hpp"

namespace edgewise::estimate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Index at(std::size_t i) { return static_cast<Index>(i); }

Choices at_fit(const Ballots& ballots, const PlackettLuceFit& fit,
               const PlackettLuceOptions& options) {
    Choices choices(ballots, {.last_place_unordered = options.last_place_unordered,
                              .prior_sd = fit.prior_sd,
                              .tie_prior_sd = fit.tie_prior_sd,
                              .weight = {},
                              .orders = {}});
    std::vector<double> x = fit.theta;
    for (const TieOrder& tie : fit.ties) x.push_back(std::log(tie.delta));
    std::vector<double> gradient(x.size());
    choices.evaluate(x, gradient);
    return choices;
}

// Adds a ballot's rows and columns of a local vector to their places.
class Places {
public:
    Places(const Ballots& ballots, std::size_t orders) : ballots_(ballots), ties_(orders - 1) {}
    std::span<const Index> of(std::size_t ballot) {
        at_.clear();
        for (const std::uint32_t option : ballots_.options(ballot)) at_.push_back(Index{option});
        for (std::size_t o = 0; o < ties_; ++o) at_.push_back(at(ballots_.contenders() + o));
        return at_;
    }

private:
    const Ballots& ballots_;
    std::size_t ties_;
    std::vector<Index> at_;
};

MatrixXd information(const Ballots& ballots, const PlackettLuceFit& fit, const Choices& choices) {
    const Index p = at(choices.parameters());
    const Index n = at(ballots.contenders());
    MatrixXd out = MatrixXd::Zero(p, p);
    Places places(ballots, choices.orders().size());
    std::vector<double> local;
    for (std::size_t b = 0; b < ballots.size(); ++b) {
        if (ballots.options(b).size() < 2) continue;
        choices.local_information(b, local);
        const auto place = places.of(b);
        for (std::size_t k = 0; k < place.size(); ++k) {
            for (std::size_t l = 0; l < place.size(); ++l) {
                out(place[k], place[l]) += local[k * place.size() + l];
            }
        }
    }
    for (Index i = 0; i < p; ++i) {
        const double sd = i < n ? fit.prior_sd : fit.tie_prior_sd;
        if (sd > 0.0) out(i, i) += 1.0 / (sd * sd);
    }
    return out;
}

// The inverse in which each component's level is fixed: that of H + 11'/m on its contenders, whose
// rows are then centred.
MatrixXd bread(MatrixXd h, const PlackettLuceFit& fit) {
    const std::size_t n = fit.theta.size();
    std::vector<double> size(fit.components, 0.0);
    for (const std::uint32_t c : fit.component) size[c] += 1.0;
    const double scale = n > 0 ? std::max(h.diagonal().head(at(n)).mean(), 1e-300) : 1.0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (fit.component[i] == fit.component[j]) {
                h(at(i), at(j)) += scale / size[fit.component[i]];
            }
        }
    }
    const Index p = h.rows();
    return h.llt().solve(MatrixXd::Identity(p, p));
}

// Rows and columns of each component summing to 0: what is left when its level means nothing.
void centre(MatrixXd& v, const PlackettLuceFit& fit) {
    const std::size_t n = fit.theta.size();
    for (int side = 0; side < 2; ++side) {
        MatrixXd sum = MatrixXd::Zero(at(fit.components), at(n));
        VectorXd count = VectorXd::Zero(at(fit.components));
        for (std::size_t i = 0; i < n; ++i) {
            sum.row(Index{fit.component[i]}) += v.row(at(i));
            count(Index{fit.component[i]}) += 1.0;
        }
        for (std::size_t i = 0; i < n; ++i) {
            v.row(at(i)) -= sum.row(Index{fit.component[i]}) / count(Index{fit.component[i]});
        }
        v.transposeInPlace();
    }
}

// Sum over clusters of the outer product of their score, times G / (G - 1).
MatrixXd meat(const Ballots& ballots, const Choices& choices,
              const std::vector<std::pair<Id, Id>>& cluster, std::uint64_t& clusters) {
    const Index p = at(choices.parameters());
    std::vector<std::size_t> order(ballots.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t b) { return cluster[b]; });
    MatrixXd out = MatrixXd::Zero(p, p);
    VectorXd sum = VectorXd::Zero(p);
    std::vector<Index> touched;
    std::vector<double> local;
    Places places(ballots, choices.orders().size());
    clusters = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
        const std::size_t b = order[k];
        if (ballots.options(b).size() >= 2) {
            choices.local_score(b, local);
            const auto place = places.of(b);
            for (std::size_t i = 0; i < place.size(); ++i) sum(place[i]) += local[i];
            touched.insert(touched.end(), place.begin(), place.end());
        }
        if (k + 1 < order.size() && cluster[order[k + 1]] == cluster[b]) continue;
        std::ranges::sort(touched);
        touched.erase(std::ranges::unique(touched).begin(), touched.end());
        for (const Index i : touched) {
            for (const Index j : touched) out(i, j) += sum(i) * sum(j);
        }
        for (const Index i : touched) sum(i) = 0.0;
        clusters += touched.empty() ? 0U : 1U;
        touched.clear();
    }
    if (clusters > 1) {
        out *= static_cast<double>(clusters) / static_cast<double>(clusters - 1);
    }
    return out;
}

std::vector<std::pair<Id, Id>> cluster_of(const Ballots& ballots, bool by_rater, bool by_case) {
    std::vector<std::pair<Id, Id>> out(ballots.size());
    for (std::size_t b = 0; b < out.size(); ++b) {
        out[b] = {by_rater ? ballots.rater[b] : 0, by_case ? ballots.case_[b] : 0};
    }
    return out;
}

// Poisson(1) by inversion of one uniform draw.
float poisson_one(Rng& rng) {
    double left = rng.next_unit();
    double mass = std::exp(-1.0);
    int k = 0;
    while (left >= mass && k < 30) {
        left -= mass;
        mass /= ++k;
    }
    return static_cast<float>(k);
}

}  // namespace

Covariance covariance(const Ballots& ballots, const PlackettLuceFit& fit,
                      const PlackettLuceOptions& options, ErrorKind kind, const Job& job) {
    require(fit.theta.size() == ballots.contenders(), "fit", "a fit of these ballots");
    Covariance out;
    out.kind = kind;
    const std::size_t n = ballots.contenders();
    if (n == 0 || fit.choices <= 0.0) {
        out.why = "no ballot puts one option before another";
        return out;
    }
    const Choices choices = at_fit(ballots, fit, options);
    job.check();
    const MatrixXd inverse = bread(information(ballots, fit, choices), fit);
    MatrixXd v;
    if (kind == ErrorKind::fisher) {
        v = inverse;
        out.clusters = ballots.size();
    } else {
        struct Part {
            bool rater, case_;
            double sign;
        };
        std::vector<Part> parts;
        if (kind != ErrorKind::sandwich_case) parts.push_back({true, false, 1.0});
        if (kind != ErrorKind::sandwich_rater) parts.push_back({false, true, 1.0});
        if (kind == ErrorKind::sandwich_two_way) parts.push_back({true, true, -1.0});
        const Index p = inverse.rows();
        MatrixXd middle = MatrixXd::Zero(p, p);
        for (const Part& part : parts) {
            job.check();
            std::uint64_t clusters = 0;
            middle += part.sign *
                      meat(ballots, choices, cluster_of(ballots, part.rater, part.case_), clusters);
            if (clusters < 2) {
                out.why =
                    part.case_ ? "all ballots are about one case" : "all ballots are by one rater";
                return out;
            }
            if (part.sign > 0.0) {
                out.clusters = out.clusters == 0 ? clusters : std::min(out.clusters, clusters);
            }
        }
        v = inverse * middle * inverse;
    }
    v = v.topLeftCorner(at(n), at(n)).eval();
    centre(v, fit);
    v = (0.5 * (v + v.transpose())).eval();
    if (kind == ErrorKind::sandwich_two_way) {
        Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(v);
        const double least = eigen.eigenvalues().minCoeff();
        if (least < -1e-10 * std::max(eigen.eigenvalues().maxCoeff(), 1e-300)) {
            const VectorXd kept = eigen.eigenvalues().cwiseMax(0.0);
            v = eigen.eigenvectors() * kept.asDiagonal() * eigen.eigenvectors().transpose();
            out.why = "the two-way estimate had negative variances, which were set to 0";
        }
    }
    out.defined = true;
    out.values.resize(n * n);
    out.se.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) out.values[i * n + j] = v(at(i), at(j));
        out.se[i] = std::sqrt(std::max(v(at(i), at(i)), 0.0));
    }
    return out;
}

StrengthDraws bootstrap(const Ballots& ballots, const PlackettLuceFit& fit,
                        const PlackettLuceOptions& options, Resample unit, std::size_t replicates,
                        std::uint64_t seed, const Job& job) {
    require(fit.theta.size() == ballots.contenders(), "fit", "a fit of these ballots");
    const std::size_t n = ballots.contenders();
    StrengthDraws out{.replicates = replicates, .contenders = n, .theta = {}};
    out.theta.resize(replicates * n);
    const auto units = [](std::span<const Id> ids) {
        return ids.empty() ? std::size_t{0} : std::size_t{*std::ranges::max_element(ids)} + 1;
    };
    const std::size_t raters = units(ballots.rater), cases = units(ballots.case_);
    std::vector<std::uint8_t> failed(replicates, 0);
    parallel_blocks(job, replicates, 1, [&](std::size_t r, std::size_t) {
        Rng rng(seed, r);
        std::vector<float> weight;
        const auto multiply = [&](std::size_t count, auto unit_of) {
            std::vector<float> drawn(count);
            for (float& w : drawn) w = poisson_one(rng);
            for (std::size_t b = 0; b < weight.size(); ++b) weight[b] *= drawn[unit_of(b)];
        };
        // With a handful of raters none may be drawn; nobody's answer is no replicate.
        const auto nobody = [&] {
            return std::ranges::all_of(weight, [](float w) { return w == 0.0F; });
        };
        do {
            weight = ballots.weight;
            weight.resize(ballots.size(), 1.0F);
            if (unit == Resample::comparison) {
                multiply(weight.size(), [](std::size_t b) { return b; });
            }
            if (unit == Resample::rater || unit == Resample::rater_and_case) {
                multiply(raters, [&](std::size_t b) { return std::size_t{ballots.rater[b]}; });
            }
            if (unit == Resample::case_ || unit == Resample::rater_and_case) {
                multiply(cases, [&](std::size_t b) { return std::size_t{ballots.case_[b]}; });
            }
        } while (!weight.empty() && nobody());
        const PlackettLuceFit one = fit_plackett_luce(ballots, options, Job{}, weight, fit.theta);
        std::ranges::copy(one.theta, out.theta.begin() + static_cast<std::ptrdiff_t>(r * n));
        // Contenders keep the scale of the component that they are compared in.
        std::vector<double> sum(fit.components, 0.0), count(fit.components, 0.0);
        for (std::size_t i = 0; i < n; ++i) {
            sum[fit.component[i]] += one.theta[i];
            count[fit.component[i]] += 1.0;
        }
        for (std::size_t i = 0; i < n; ++i) {
            out.theta[r * n + i] -= sum[fit.component[i]] / count[fit.component[i]];
        }
        failed[r] = one.converged ? 0 : 1;
    });
    for (const std::uint8_t f : failed) out.not_converged += f;
    return out;
}

}  // namespace edgewise::estimate
