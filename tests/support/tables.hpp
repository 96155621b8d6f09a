#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edgewise/judgment/builder.hpp"

// Tables made by hand, for tests: one line a judgment.

namespace edgewise::test {

class HandTable {
public:
    // A rating on the scale 0..1 of a positive dimension.
    HandTable& rate(std::string_view case_, std::string_view option, std::string_view rater,
                    std::string_view dimension, double value) {
        return judge(case_, option, rater, dimension, judgment::Kind::rating, value);
    }
    HandTable& vote(std::string_view statement, std::string_view rater, double value) {
        return judge(statement, statement, rater, "agree", judgment::Kind::vote, value);
    }
    HandTable& compare(std::string_view case_, std::string_view option, std::string_view other,
                       std::string_view rater, std::string_view dimension, double value) {
        judgment::Row row;
        const judgment::Id in = builder.case_id(case_);
        row.option = builder.option_id(in, option);
        row.other = builder.option_id(in, other);
        row.rater = builder.rater_id(rater);
        row.dimension = builder.dimension_id(dimension, judgment::Kind::comparison);
        row.value = static_cast<float>(value);
        builder.add(row);
        return *this;
    }
    HandTable& rater(std::string_view id, std::string_view attribute, std::string_view value) {
        builder.set_attribute(builder.rater_id(id), attribute, value);
        return *this;
    }
    HandTable& scale(std::string_view dimension, double low, double high,
                     judgment::Polarity polarity = judgment::Polarity::positive) {
        auto& d = builder.dimension(builder.dimension_id(dimension, judgment::Kind::rating));
        d.low = low;
        d.high = high;
        d.range_declared = true;
        d.polarity = polarity;
        d.polarity_declared = true;
        return *this;
    }
    HandTable& judge(std::string_view case_, std::string_view option, std::string_view rater,
                     std::string_view dimension, judgment::Kind kind, double value) {
        judgment::Row row;
        row.option = builder.option_id(builder.case_id(case_), option);
        row.rater = builder.rater_id(rater);
        row.dimension = builder.dimension_id(dimension, kind);
        row.value = static_cast<float>(value);
        builder.add(row);
        return *this;
    }
    judgment::JudgmentTable table() { return std::move(builder).finish(); }

    judgment::TableBuilder builder;
};

}  // namespace edgewise::test
