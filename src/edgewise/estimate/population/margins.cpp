#include "edgewise/estimate/population/margins.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "edgewise/base/csv.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/base/source.hpp"

namespace edgewise::estimate {
namespace {

Margin& margin_of(Margins& margins, const std::string& attribute) {
    const auto known = std::ranges::find(margins.all, attribute, &Margin::attribute);
    if (known != margins.all.end()) return *known;
    margins.all.push_back({.attribute = attribute, .shares = {}});
    return margins.all.back();
}

[[noreturn]] void wrong(const Margins& margins, std::uint64_t line, std::string field,
                        std::string expected, std::string found, std::string_view remedy = {}) {
    refuse({.file = margins.file,
            .line = line,
            .field = std::move(field),
            .expected = std::move(expected),
            .found = std::move(found)},
           remedy);
}

Margins read_csv(const std::filesystem::path& path) {
    Margins margins{.all = {}, .file = path.string()};
    const CsvFile file(path);
    const std::size_t attribute = file.column("attribute"), value = file.column("value"),
                      share = file.column("share");
    file.each([&](const CsvRecord& record) {
        const auto field = [&](std::size_t column) { return std::string(record.fields[column]); };
        if (field(attribute).empty()) {
            wrong(margins, record.line, "attribute", "the name of an attribute of raters",
                  "nothing");
        }
        double number = 0.0;
        if (!parse_number(record.fields[share], number)) {
            wrong(margins, record.line, "share", "a number from 0 to 1",
                  fmt::format("\"{}\"", field(share)));
        }
        margin_of(margins, field(attribute)).shares.push_back({field(value), number, record.line});
    });
    return margins;
}

double number_at(const Margins& margins, const Json& json, const std::string& pointer) {
    double number = 0.0;
    if (!json.get(number)) {
        wrong(margins, 0, pointer, "a number from 0 to 1", json.dump());
    }
    return number;
}

std::string text_at(const Margins& margins, const Json& object, std::string_view name,
                    const std::string& pointer) {
    const Json* found = object.find(name);
    const std::string field = fmt::format("{}/{}", pointer, name);
    if (found == nullptr) wrong(margins, 0, field, "a text", "nothing");
    if (found->string() == nullptr) wrong(margins, 0, field, "a text", found->dump());
    return *found->string();
}

Margins read_json(const std::filesystem::path& path, std::string_view text) {
    Margins margins{.all = {}, .file = path.string()};
    Json json;
    try {
        json = Json::parse(text);
    } catch (const Error& e) {
        wrong(margins, 0, e.where(), "JSON", e.message());
    }
    if (const Json::Object* attributes = json.members()) {
        for (const auto& [attribute, values] : *attributes) {
            if (values.members() == nullptr) {
                wrong(margins, 0, "/" + attribute, "an object of values and their shares",
                      values.dump());
            }
            Margin& margin = margin_of(margins, attribute);
            for (const auto& [value, share] : *values.members()) {
                const double number = number_at(margins, share, "/" + attribute + "/" + value);
                margin.shares.push_back({value, number, 0});
            }
        }
        return margins;
    }
    if (json.elements() == nullptr) {
        wrong(margins, 0, "", "an object of attributes, or an array of shares", json.dump());
    }
    std::size_t index = 0;
    for (const Json& each : *json.elements()) {
        const std::string pointer = fmt::format("/{}", index++);
        if (each.members() == nullptr) {
            wrong(margins, 0, pointer, "an object with attribute, value and share", each.dump());
        }
        const std::string attribute = text_at(margins, each, "attribute", pointer);
        const std::string value = text_at(margins, each, "value", pointer);
        const Json* share = each.find("share");
        if (share == nullptr)
            wrong(margins, 0, pointer + "/share", "a number from 0 to 1", "nothing");
        const double number = number_at(margins, *share, pointer + "/share");
        margin_of(margins, attribute).shares.push_back({value, number, 0});
    }
    return margins;
}

}  // namespace

void check_margins(Margins& margins) {
    if (margins.all.empty()) wrong(margins, 0, "", "one attribute or more with its shares", "none");
    for (std::size_t m = 0; m < margins.all.size(); ++m) {
        Margin& margin = margins.all[m];
        const std::string field = "share of " + margin.attribute;
        for (std::size_t other = 0; other < m; ++other) {
            if (margins.all[other].attribute != margin.attribute) continue;
            wrong(margins, 0, "attribute", "each attribute once",
                  fmt::format("\"{}\" twice", margin.attribute));
        }
        double sum = 0.0;
        for (std::size_t k = 0; k < margin.shares.size(); ++k) {
            const Margin::Share& one = margin.shares[k];
            if (!(one.share >= 0.0 && one.share <= 1.0)) {
                wrong(margins, one.line, "share", "a number from 0 to 1",
                      fmt::format("{} for {} \"{}\"", one.share, margin.attribute, one.value),
                      one.share > 1.0 && one.share <= 100.0 ? "give shares, not per cent" : "");
            }
            for (std::size_t j = 0; j < k; ++j) {
                if (margin.shares[j].value != one.value) continue;
                wrong(margins, one.line, "value", "each value of an attribute once",
                      fmt::format("{} \"{}\" twice", margin.attribute, one.value));
            }
            sum += one.share;
        }
        if (std::abs(sum - 1.0) > kShareTolerance) {
            wrong(margins, margin.shares.empty() ? 0 : margin.shares.back().line, field,
                  "shares that sum to 1", fmt::format("a sum of {:.6g}", sum));
        }
        for (Margin::Share& one : margin.shares) one.share /= sum;
    }
}

Margins read_margins(const std::filesystem::path& path) {
    const std::string head = read_head(path);
    const std::size_t first = head.find_first_not_of(" \t\r\n");
    const bool json = first != std::string::npos && (head[first] == '{' || head[first] == '[');
    Margins margins =
        json ? read_json(path, read_text(path, std::size_t{16} << 20)) : read_csv(path);
    check_margins(margins);
    return margins;
}

}  // namespace edgewise::estimate
