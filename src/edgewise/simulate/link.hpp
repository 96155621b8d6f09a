#pragma once

#include <span>
#include <vector>

namespace edgewise::simulate {

// How a latent opinion x becomes an answer in [0, 1]: levels (the answer is level k / K where k is
// the number of cuts at or below x) or, without cuts, x cut to [0, 1].
class Scale {
public:
    static Scale levels(std::vector<double> cuts) { return Scale(std::move(cuts)); }
    // 2 <= count: equally spaced levels, each answer the nearest one.
    static Scale equal_levels(int count);
    static Scale continuous() { return Scale({}); }

    // In [0, 1].
    double answer(double x) const noexcept;
    std::span<const double> cuts() const noexcept { return cuts_; }

private:
    explicit Scale(std::vector<double> cuts) : cuts_(std::move(cuts)) {}

    std::vector<double> cuts_;
};

// Mean and variance of answer(x + sd z), z standard normal. Exact for levels; the variance of a
// continuous scale by a rule of 400 points, error below 1e-5. sd >= 0. O(cuts).
double mean_answer(const Scale& scale, double x, double sd) noexcept;
double variance_of_answer(const Scale& scale, double x, double sd) noexcept;

// The latent opinion at which the mean answer is a given utility.
class Link {
public:
    Link(Scale scale, double sd);

    // x with mean(x) = utility, error below 1e-5 for utility in [0.01, 0.99] and sd >= 0.01; with
    // less noise the scale, not the table, limits which utilities can be had. Without noise the
    // mean answer is a step function: x is then the utility itself, rounded by the scale.
    // O(log of the table's 4,096 entries).
    double latent(double utility) const noexcept;
    double mean(double x) const noexcept { return mean_answer(scale_, x, sd_); }
    double sd() const noexcept { return sd_; }
    const Scale& scale() const noexcept { return scale_; }

private:
    Scale scale_;
    double sd_;
    double first_ = 0.0;  // latent opinion of table_[0]
    double step_ = 0.0;
    std::vector<double> table_;  // mean answers, ascending
};

}  // namespace edgewise::simulate
