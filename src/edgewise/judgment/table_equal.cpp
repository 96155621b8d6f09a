#include "edgewise/judgment/table_equal.hpp"

#include <bit>
#include <cstdint>
#include <span>

namespace edgewise::judgment {
namespace {

// The same bits: NaN, which stands for "none", equals itself.
template <class T>
bool same(const T& a, const T& b) {
    if constexpr (std::is_same_v<T, float>) {
        return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
    } else {
        return a == b;
    }
}

bool same(const Texts& a, const Texts& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i]) return false;
    }
    return true;
}

bool same(const Attribute& a, const Attribute& b) {
    return a.name == b.name && a.codes == b.codes && same(a.values, b.values);
}

bool same(const Dimension& a, const Dimension& b) {
    return a.name == b.name && a.kind == b.kind && a.scale == b.scale &&
           a.scale_declared == b.scale_declared && a.polarity == b.polarity &&
           a.polarity_declared == b.polarity_declared && a.low == b.low && a.high == b.high &&
           a.range_declared == b.range_declared && same(a.categories, b.categories) &&
           a.ideal == b.ideal && a.property == b.property && a.object == b.object &&
           a.threat_model == b.threat_model && a.proxy_of == b.proxy_of;
}

class Comparison {
public:
    template <class T>
    Comparison& each(const std::string& what, std::span<const T> a, std::span<const T> b) {
        if (!found_.empty()) return *this;
        if (a.size() != b.size()) {
            found_ = "number of " + what + "s: " + std::to_string(a.size()) + " and " +
                     std::to_string(b.size());
            return *this;
        }
        for (std::size_t i = 0; i < a.size() && found_.empty(); ++i) {
            if (!same(a[i], b[i])) found_ = what + " " + std::to_string(i);
        }
        return *this;
    }
    template <class T>
    Comparison& whole(const std::string& what, const T& a, const T& b) {
        if (found_.empty() && !same(a, b)) found_ = what;
        return *this;
    }
    const std::string& take() const { return found_; }

private:
    std::string found_;
};

}  // namespace

std::string difference(const JudgmentTable& a, const JudgmentTable& b) {
    return Comparison()
        .each("option of judgment", a.option(), b.option())
        .each("other option of judgment", a.other(), b.other())
        .each("rater of judgment", a.rater(), b.rater())
        .each("ballot of judgment", a.ballot(), b.ballot())
        .each("dimension of judgment", a.dimension(), b.dimension())
        .each("flags of judgment", a.flags(), b.flags())
        .each("value of judgment", a.value(), b.value())
        .each("weight of judgment", a.weight(), b.weight())
        .each("confidence of judgment", a.confidence(), b.confidence())
        .each("time of judgment", a.time(), b.time())
        .each("source row of judgment", a.source_row(), b.source_row())
        .each("reason", a.reasons(), b.reasons())
        .whole("ids of cases", a.cases().ids, b.cases().ids)
        .whole("texts of cases", a.cases().texts, b.cases().texts)
        .each("context", std::span(a.cases().context), std::span(b.cases().context))
        .whole("ids of options", a.options().ids, b.options().ids)
        .whole("texts of options", a.options().texts, b.options().texts)
        .whole("cases of options", a.options().case_of, b.options().case_of)
        .whole("ids of raters", a.raters().ids, b.raters().ids)
        .whole("kinds of raters", a.raters().kinds, b.raters().kinds)
        .each("attribute", std::span(a.raters().attributes), std::span(b.raters().attributes))
        .each("dimension", a.dimensions(), b.dimensions())
        .take();
}

}  // namespace edgewise::judgment
