#include "edgewise/judgment/adapters/pairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "edgewise/base/error.hpp"

namespace edgewise::judgment::formats {
namespace {

struct Word {
    std::string_view word;
    Verdict verdict;
};

// How files write who won, without case and punctuation.
constexpr std::array<Word, 32> kWords{{
    {"left", {1.0F, 0}},
    {"modela", {1.0F, 0}},
    {"a", {1.0F, 0}},
    {"first", {1.0F, 0}},
    {"optiona", {1.0F, 0}},
    {"responsea", {1.0F, 0}},
    {"model1", {1.0F, 0}},
    {"systema", {1.0F, 0}},
    {"option1", {1.0F, 0}},
    {"modelx", {1.0F, 0}},
    {"right", {0.0F, 0}},
    {"modelb", {0.0F, 0}},
    {"b", {0.0F, 0}},
    {"second", {0.0F, 0}},
    {"optionb", {0.0F, 0}},
    {"responseb", {0.0F, 0}},
    {"model2", {0.0F, 0}},
    {"systemb", {0.0F, 0}},
    {"option2", {0.0F, 0}},
    {"modely", {0.0F, 0}},
    {"tie", {0.5F, 0}},
    {"draw", {0.5F, 0}},
    {"equal", {0.5F, 0}},
    {"same", {0.5F, 0}},
    {"both", {0.5F, 0}},
    {"bothgood", {0.5F, 0}},
    {"tiebothgood", {0.5F, 0}},
    {"tiebothbad", {0.5F, kBothBad}},
    {"bothbad", {0.5F, kBothBad}},
    {"neither", {0.5F, kBothBad}},
    {"botharebad", {0.5F, kBothBad}},
    {"tieinconsistent", {0.5F, 0}},
}};

std::string letters(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0) out.push_back(static_cast<char>(std::tolower(byte)));
    }
    return out;
}

class PairBlock final : public CsvBlockReader {
public:
    PairBlock(const Records& records, const Layout& layout, Gathered& total)
        : records_(records), layout_(layout), total_(total), maker_(records, layout) {}

    void record(const CsvRecord& record) override {
        const std::string_view winner = record.fields[*layout_.winner];
        if (absent_value(winner)) {
            ++maker_.gathered.rows;
            maker_.gathered.skip("rows without a winner", "the field is empty", record.line);
            return;
        }
        const std::string_view one = record.fields[layout_.option_columns.front()];
        const std::string_view other = record.fields[*layout_.other];
        const auto& header = records_.header();
        const Sided sided{.one = one,
                          .other = other,
                          .one_name = header[layout_.option_columns.front()],
                          .other_name = header[*layout_.other]};
        const auto verdict = verdict_of(winner, sided);
        if (!verdict) {
            refuse(
                {.file = records_.path().string(),
                 .line = record.line,
                 .field = header[*layout_.winner],
                 .expected = fmt::format("\"{}\", \"{}\", a tie or one of the two options' names",
                                         sided.one_name, sided.other_name),
                 .found = std::string(winner)});
        }
        if (one.empty() || other.empty()) {
            ++maker_.gathered.rows;
            maker_.gathered.skip("rows without an option", "the field is empty", record.line);
            return;
        }
        auto row = maker_.start(record);
        if (!row) return;
        const std::string& field = header[*layout_.winner];
        row->option = maker_.option(record);
        row->other = maker_.gathered.builder.option_id(maker_.case_id(), other);
        const std::string_view name =
            layout_.dimension ? record.fields[*layout_.dimension] : kPreference;
        row->dimension = maker_.dimension(name.empty() ? kPreference : name, Kind::comparison,
                                          record.line, winner, field);
        row->value = verdict->value;
        row->flags = verdict->flags;
        maker_.add(*row, field, winner);
    }

    void merge() override { total_.append(std::move(maker_.gathered), records_.path().string()); }

private:
    const Records& records_;
    const Layout& layout_;
    Gathered& total_;
    RowMaker maker_;
};

}  // namespace

std::optional<Verdict> verdict_of(std::string_view winner, const Sided& sided) {
    if (sided.one != sided.other && winner == sided.one) return Verdict{.value = 1.0F};
    if (sided.one != sided.other && winner == sided.other) return Verdict{.value = 0.0F};
    const std::string word = letters(winner);
    const auto at = std::ranges::find(kWords, word, &Word::word);
    if (at != kWords.end()) return at->verdict;
    if (word == letters(sided.one_name)) return Verdict{.value = 1.0F};
    if (word == letters(sided.other_name)) return Verdict{.value = 0.0F};
    return std::nullopt;
}

std::unique_ptr<CsvBlockReader> pair_block(const Records& records, const Layout& layout,
                                           Gathered& total) {
    return std::make_unique<PairBlock>(records, layout, total);
}

}  // namespace edgewise::judgment::formats
