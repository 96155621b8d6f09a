#include "edgewise/judgment/adapters/entries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "edgewise/base/error.hpp"

namespace edgewise::judgment::formats {

Id Entries::response(Id case_, std::string_view name, std::string_view text) {
    std::string key = fmt::format("{}\n{}\n", case_, name);
    const std::size_t named = key.size();
    key.append(text);
    const auto [known, fresh] = responses_.try_emplace(key, kNone);
    if (!fresh) return known->second;
    key.resize(named);
    unsigned& count = named_[key];
    std::string id;
    do {  // the file itself may call a response "name (2)"
        ++count;
        id = count == 1 ? std::string(name) : fmt::format("{} ({})", name, count);
    } while (builder().find_option(case_, id) != kNone);
    known->second = builder().option_id(case_, id);
    builder().set_option_text(known->second, text);
    return known->second;
}

Id Entries::rating_dimension(std::string_view name, double low, double high) {
    if (const Id known = builder().find_dimension(name); known != kNone) return known;
    const Id id = builder().dimension_id(name, Kind::rating);
    Dimension& dimension = builder().dimension(id);
    dimension.low = low;
    dimension.high = high;
    dimension.range_declared = true;
    gathered.dimensions.push_back(
        {.name = std::string(name), .kind = Kind::rating, .id = id, .line = 0, .text = {}});
    return id;
}

Id Entries::comparison_dimension(std::string_view name) {
    return builder().dimension_id(name, Kind::comparison);
}

void Entries::rate(Row row, std::string_view text, std::string_view field) {
    double number = 0.0;
    if (!parse_number(text, number)) {
        if (absent_value(text)) {
            gathered.skip(
                "fields without a value",
                text.empty() ? "the field is empty" : "the field says that nothing applies",
                row.source_row);
            return;
        }
        refuse_field(records_, row.source_row, field, "a number", text);
    }
    row.value = static_cast<float>(number);
    add(row, field, text);
}

void Entries::add(const Row& row, std::string_view field, std::string_view found) {
    try {
        builder().add(row);
    } catch (const Error& error) {
        throw Error(error.code(), error.message(),
                    Place{.file = records_.path().string(),
                          .line = row.source_row,
                          .field = std::string(field),
                          .expected = error.place().expected,
                          .found = found.empty() ? error.place().found : std::string(found)});
    }
}

void each_entry(Entries& entries, std::uint64_t most, const Job& job,
                const std::function<void(const CsvRecord&)>& record) {
    entries.records().each([&](const CsvRecord& one) {
        if (most > 0 && entries.gathered.rows == most) return;
        if (entries.gathered.rows++ % 1024 == 0) job.check();
        record(one);
    });
}

void take_all(ColumnFinder& finder, const Records& records, std::span<const std::string_view> names,
              std::string_view role) {
    for (const std::string_view name : names) {
        if (const auto found = records.find(name)) finder.take(*found, role);
    }
}

}  // namespace edgewise::judgment::formats
