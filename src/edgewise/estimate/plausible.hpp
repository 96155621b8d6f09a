#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace edgewise::estimate {

// A standard deviation and how plausible it is.
struct Plausible {
    double sd = 0.0;
    double weight = 1.0;
};

// A posterior for one standard deviation in [least, most], uniform a priori (Gelman 2006, Bayesian
// Analysis 1, section 3): `count` midpoints over the range in which `log_likelihood` is within 3 of
// its value at `best`, weighted by likelihood to a sum of 1. For a normal likelihood and seven
// nodes they lie 0.7 standard errors apart. Where 13 % more and 13 % less are both ruled out there
// is one node, `best`. `log_likelihood` is called some 20 times.
std::vector<Plausible> plausible(const std::function<double(double sd)>& log_likelihood,
                                 double best, double least, double most, std::size_t count);

}  // namespace edgewise::estimate
