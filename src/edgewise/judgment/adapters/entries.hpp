#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "edgewise/judgment/adapters/nested.hpp"
#include "edgewise/judgment/adapters/rows.hpp"

namespace edgewise::judgment::formats {

// Judgments on their way in from records that hold several each: what readers of JSON formats
// share. One for a file, or one for each block of it.
class Entries {
public:
    explicit Entries(const Records& records) : records_(records) {}

    Gathered gathered;
    TableBuilder& builder() noexcept { return gathered.builder; }
    const Records& records() const noexcept { return records_; }

    // The option with this text in the case. It is called `name`, or "name (2)", "name (3)", ...
    // where the case has a response of that name with another text.
    Id response(Id case_, std::string_view name, std::string_view text);

    // Dimensions whose scale and polarity the format declares.
    Id rating_dimension(std::string_view name, double low, double high);
    Id comparison_dimension(std::string_view name);

    // Adds a rating; where `text` is absent it is counted as left out. Anything else that is no
    // number in the dimension's range is refused.
    void rate(Row row, std::string_view text, std::string_view field);
    // Adds a row; an error of the builder gets file, line and field.
    void add(const Row& row, std::string_view field, std::string_view found);

private:
    const Records& records_;
    std::unordered_map<std::string, Id> responses_;    // case, name, text
    std::unordered_map<std::string, unsigned> named_;  // case, name -> how many texts
};

// Reads all records in order on this thread, or the first `most`, into `entries`.
void each_entry(Entries& entries, std::uint64_t most, const Job& job,
                const std::function<void(const CsvRecord&)>& record);

// Takes the columns named `names` that are there for `role`, in the order of `names`.
void take_all(ColumnFinder& finder, const Records& records, std::span<const std::string_view> names,
              std::string_view role);

}  // namespace edgewise::judgment::formats
