#include "edgewise/judgment/builder.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "edgewise/judgment/builder_state.hpp"
#include "edgewise/judgment/kind_names.hpp"

namespace edgewise::judgment {
namespace {

constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kMostDimensions = std::numeric_limits<std::uint16_t>::max();

[[noreturn]] void refuse_value(std::string_view field, std::string expected, std::string found,
                               std::uint64_t line = 0) {
    refuse({.file = {},
            .line = line,
            .field = std::string(field),
            .expected = std::move(expected),
            .found = std::move(found)});
}

[[noreturn]] void refuse_kind(const Dimension& dimension, Kind kind, std::uint64_t line) {
    refuse_value("dimension",
                 fmt::format("a {}, as \"{}\" was before", name_of(dimension.kind), dimension.name),
                 fmt::format("a {}", name_of(kind)), line);
}

// Appends to a column that stays empty as long as no row uses it.
template <class T, class Unused>
void put(std::vector<T>& column, std::size_t rows, T value, T none, Unused unused) {
    if (column.empty()) {
        if (unused(value)) return;
        column.assign(rows, none);
    }
    column.push_back(value);
}

// Appends `from`, which is empty or has `more` rows, to `column`, which is empty or has `rows`.
template <class T, class Map>
void append(std::vector<T>& column, std::size_t rows, const std::vector<T>& from, std::size_t more,
            T none, Map map) {
    if (from.empty() && column.empty()) return;
    column.resize(rows, none);
    if (from.empty()) {
        column.resize(rows + more, none);
    } else {
        for (const T& value : from) column.push_back(map(value));
    }
}

void set_code(std::vector<Attribute>& attributes, std::vector<Names>& names, Id entity,
              std::string_view attribute, std::string_view value) {
    std::size_t at = 0;
    while (at < attributes.size() && attributes[at].name != attribute) ++at;
    if (at == attributes.size()) {
        attributes.emplace_back().name = attribute;
        names.emplace_back();
    }
    if (value.empty()) return;
    std::vector<Id>& codes = attributes[at].codes;
    if (entity >= codes.size()) codes.resize(std::size_t{entity} + 1, kNone);
    codes[entity] = names[at].intern(attributes[at].values, value);
}

void merge_codes(std::vector<Attribute>& attributes, std::vector<Names>& names,
                 const std::vector<Attribute>& later, const std::vector<Id>& entities) {
    for (const Attribute& attribute : later) {
        if (entities.empty()) continue;
        set_code(attributes, names, entities.front(), attribute.name, {});
        for (std::size_t i = 0; i < attribute.codes.size(); ++i) {
            if (attribute.codes[i] == kNone) continue;
            set_code(attributes, names, entities[i], attribute.name,
                     attribute.values[attribute.codes[i]]);
        }
    }
}

void merge_declared(Dimension& into, const Dimension& later) {
    if (later.scale_declared) {
        into.scale = later.scale;
        into.scale_declared = true;
    }
    if (later.range_declared) {
        into.low = later.low;
        into.high = later.high;
        into.range_declared = true;
    }
    if (later.polarity_declared) {
        into.polarity = later.polarity;
        into.polarity_declared = true;
    }
    for (std::string Dimension::* claim :
         {&Dimension::ideal, &Dimension::property, &Dimension::object, &Dimension::threat_model,
          &Dimension::proxy_of}) {
        if (!(later.*claim).empty()) into.*claim = later.*claim;
    }
}

void check_value(const Row& row, const Dimension& dimension) {
    const float v = row.value;
    const auto demand = [&](bool holds, std::string_view expected) {
        if (!holds) refuse_value("value", std::string(expected), fmt::format("{}", v));
    };
    demand(std::isfinite(v), "a finite number");
    switch (dimension.kind) {
        case Kind::rating:
            if (dimension.range_declared &&
                (double{v} < dimension.low || double{v} > dimension.high)) {
                refuse_value("value",
                             fmt::format("a number from {} to {} on \"{}\"", dimension.low,
                                         dimension.high, dimension.name),
                             fmt::format("{}", v));
            }
            break;
        case Kind::vote:
            demand(v == 1.0F || v == 0.0F || v == -1.0F, "1 (agree), 0 (pass) or -1 (disagree)");
            break;
        case Kind::comparison:
            demand(v == 1.0F || v == 0.0F || v == 0.5F, "1, 0.5 (a tie) or 0");
            break;
        case Kind::ranking:
            demand(v >= 1.0F && v == std::trunc(v), "a rank: 1, 2, ...");
            break;
        case Kind::approval:
            demand(v == 1.0F || v == 0.0F, "1 (approved) or 0 (offered)");
            break;
        case Kind::label:
            demand(v >= 0.0F && v == std::trunc(v) &&
                       static_cast<std::size_t>(v) < dimension.categories.size(),
                   "the number of a known category");
            break;
    }
}

}  // namespace

TableBuilder::TableBuilder() : state_(std::make_unique<State>()) {}
TableBuilder::~TableBuilder() = default;
TableBuilder::TableBuilder(TableBuilder&&) noexcept = default;
TableBuilder& TableBuilder::operator=(TableBuilder&&) noexcept = default;

Id TableBuilder::case_id(std::string_view id) {
    return state_->cases.intern(state_->the_cases().ids, id);
}

Id TableBuilder::option_id(Id case_, std::string_view id) {
    Options& options = state_->the_options();
    const Id option = state_->options.intern(
        options.ids, id, case_, [&](Id known) { return options.case_of[known] == case_; });
    if (option == options.case_of.size()) options.case_of.push_back(case_);
    return option;
}

Id TableBuilder::rater_id(std::string_view id) {
    Raters& raters = state_->the_raters();
    const Id rater = state_->raters.intern(raters.ids, id);
    if (rater == raters.kinds.size()) raters.kinds.push_back(RaterKind::person);
    return rater;
}

Id TableBuilder::dimension_id(std::string_view name, Kind kind) {
    std::vector<Dimension>& all = state_->dimensions();
    const Id known = find_dimension(name);
    if (known != kNone) {
        if (all[known].kind != kind) refuse_kind(all[known], kind, 0);
        return known;
    }
    if (all.size() == kMostDimensions) {
        refuse_value("dimension", fmt::format("at most {} dimensions", kMostDimensions), "more");
    }
    Dimension fresh;
    fresh.name = name;
    fresh.kind = kind;
    if (kind == Kind::vote) fresh.low = -1.0;
    all.push_back(std::move(fresh));
    state_->categories.emplace_back();
    return static_cast<Id>(all.size() - 1);
}

Id TableBuilder::category_id(Id dimension, std::string_view label) {
    return state_->categories[dimension].intern(state_->dimensions()[dimension].categories, label);
}

Id TableBuilder::next_ballot() { return state_->ballots++; }

Id TableBuilder::find_case(std::string_view id) const {
    return state_->cases.find(state_->the_cases().ids, id);
}

Id TableBuilder::find_option(Id case_, std::string_view id) const {
    const Options& options = state_->the_options();
    return state_->options.find(options.ids, id, case_,
                                [&](Id known) { return options.case_of[known] == case_; });
}

Id TableBuilder::find_rater(std::string_view id) const {
    return state_->raters.find(state_->the_raters().ids, id);
}

Id TableBuilder::find_dimension(std::string_view name) const {
    // A handful, and neighbours in a file tend to follow each other: no hashing.
    const std::vector<Dimension>& all = state_->dimensions();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].name == name) return static_cast<Id>(i);
    }
    return kNone;
}

void TableBuilder::set_case_text(Id case_, std::string_view text) {
    state_->case_texts.set(case_, text);
}

void TableBuilder::set_option_text(Id option, std::string_view text) {
    state_->option_texts.set(option, text);
}

void TableBuilder::set_rater_kind(Id rater, RaterKind kind) {
    state_->the_raters().kinds[rater] = kind;
}

void TableBuilder::set_context(Id case_, std::string_view attribute, std::string_view value) {
    set_code(state_->the_cases().context, state_->contexts, case_, attribute, value);
}

void TableBuilder::set_attribute(Id rater, std::string_view attribute, std::string_view value) {
    set_code(state_->the_raters().attributes, state_->attributes, rater, attribute, value);
}

Dimension& TableBuilder::dimension(Id dimension) { return state_->dimensions()[dimension]; }

void TableBuilder::add(const Row& row) {
    State& state = *state_;
    const std::vector<Id>& case_of = state.the_options().case_of;
    ensure(row.option < case_of.size() && row.rater < state.the_raters().ids.size() &&
               row.dimension < state.dimensions().size(),
           "a row's ids come from its builder");
    const Dimension& dimension = state.dimensions()[row.dimension];
    check_value(row, dimension);
    if (dimension.kind == Kind::comparison) {
        ensure(row.other < case_of.size(), "a row's ids come from its builder");
        if (case_of[row.other] != case_of[row.option] || row.other == row.option) {
            refuse_value("option", "two different options of one case",
                         row.other == row.option ? "one option twice" : "options of two cases");
        }
    }
    if (!std::isfinite(row.weight) || row.weight < 0.0F) {
        refuse_value("weight", "a finite number, 0 or more", fmt::format("{}", row.weight));
    }
    if (std::isinf(row.confidence)) {
        refuse_value("confidence", "a finite number", fmt::format("{}", row.confidence));
    }

    JudgmentTable::Columns& columns = state.columns();
    const std::size_t rows = columns.option.size();
    if (rows == std::numeric_limits<std::uint32_t>::max()) {
        refuse_value("", "at most 4,294,967,295 judgments", "more");
    }
    columns.option.push_back(row.option);
    columns.rater.push_back(row.rater);
    columns.dimension.push_back(static_cast<std::uint16_t>(row.dimension));
    columns.flags.push_back(row.flags);
    columns.value.push_back(row.value);
    columns.source_row.push_back(row.source_row);
    const auto none = [](Id id) { return id == kNone; };
    put(columns.other, rows, row.other, kNone, none);
    put(columns.ballot, rows, row.ballot, kNone, none);
    put(columns.weight, rows, row.weight, 1.0F, [](float w) { return w == 1.0F; });
    put(columns.confidence, rows, row.confidence, kNan, [](float c) { return std::isnan(c); });
    put(columns.time, rows, row.time, kNoTime, [](std::int64_t t) { return t == kNoTime; });
    if (!row.reason.empty()) {
        state.reasons().emplace_back(static_cast<std::uint32_t>(rows), row.reason);
    }
}

std::size_t TableBuilder::size() const noexcept { return state_->columns().option.size(); }

void TableBuilder::merge(TableBuilder&& later) {
    State& state = *state_;
    State& other = *later.state_;
    JudgmentTable::Columns& from = other.columns();

    std::vector<Id> dimensions;
    std::vector<std::vector<Id>> categories;
    for (std::size_t d = 0; d < other.dimensions().size(); ++d) {
        const Dimension& dimension = other.dimensions()[d];
        const Id known = find_dimension(dimension.name);
        if (known != kNone && state.dimensions()[known].kind != dimension.kind) {
            const auto row = std::ranges::find(from.dimension, d) - from.dimension.begin();
            const auto at = static_cast<std::size_t>(row);
            refuse_kind(state.dimensions()[known], dimension.kind,
                        at < from.source_row.size() ? from.source_row[at] : 0);
        }
        dimensions.push_back(dimension_id(dimension.name, dimension.kind));
        merge_declared(state.dimensions()[dimensions.back()], dimension);
        categories.emplace_back();
        for (std::size_t c = 0; c < dimension.categories.size(); ++c) {
            categories.back().push_back(category_id(dimensions.back(), dimension.categories[c]));
        }
    }

    std::vector<Id> cases;
    for (std::size_t i = 0; i < other.the_cases().ids.size(); ++i) {
        cases.push_back(case_id(other.the_cases().ids[i]));
        set_case_text(cases.back(), other.case_texts[static_cast<Id>(i)]);
    }
    std::vector<Id> options;
    for (std::size_t i = 0; i < other.the_options().ids.size(); ++i) {
        const Id case_ = cases[other.the_options().case_of[i]];
        options.push_back(option_id(case_, other.the_options().ids[i]));
        set_option_text(options.back(), other.option_texts[static_cast<Id>(i)]);
    }
    std::vector<Id> raters;
    for (std::size_t i = 0; i < other.the_raters().ids.size(); ++i) {
        raters.push_back(rater_id(other.the_raters().ids[i]));
        const RaterKind kind = other.the_raters().kinds[i];
        if (kind != RaterKind::person) set_rater_kind(raters.back(), kind);
    }
    merge_codes(state.the_cases().context, state.contexts, other.the_cases().context, cases);
    merge_codes(state.the_raters().attributes, state.attributes, other.the_raters().attributes,
                raters);

    JudgmentTable::Columns& into = state.columns();
    const std::size_t rows = into.option.size();
    const std::size_t more = from.option.size();
    if (rows + more > std::numeric_limits<std::uint32_t>::max()) {
        refuse_value("", "at most 4,294,967,295 judgments", "more");
    }
    const auto same = [](auto value) { return value; };
    const auto option = [&](Id id) { return id == kNone ? kNone : options[id]; };
    append(into.option, rows, from.option, more, kNone, option);
    append(into.other, rows, from.other, more, kNone, option);
    append(into.rater, rows, from.rater, more, kNone, [&](Id id) { return raters[id]; });
    append(into.ballot, rows, from.ballot, more, kNone,
           [&](Id id) { return id == kNone ? kNone : id + state.ballots; });
    append(into.dimension, rows, from.dimension, more, std::uint16_t{0},
           [&](std::uint16_t d) { return static_cast<std::uint16_t>(dimensions[d]); });
    append(into.flags, rows, from.flags, more, std::uint8_t{0}, same);
    append(into.value, rows, from.value, more, kNan, same);
    append(into.weight, rows, from.weight, more, 1.0F, same);
    append(into.confidence, rows, from.confidence, more, kNan, same);
    append(into.time, rows, from.time, more, kNoTime, same);
    append(into.source_row, rows, from.source_row, more, std::uint32_t{0}, same);
    for (std::size_t i = 0; i < more; ++i) {
        if (other.dimensions()[from.dimension[i]].kind != Kind::label) continue;
        const std::vector<Id>& codes = categories[from.dimension[i]];
        into.value[rows + i] = static_cast<float>(codes[static_cast<std::size_t>(from.value[i])]);
    }
    for (auto& [row, reason] : other.reasons()) {
        state.reasons().emplace_back(static_cast<std::uint32_t>(rows + row), std::move(reason));
    }
    state.ballots += other.ballots;
}

JudgmentTable TableBuilder::finish() && {
    State& state = *state_;
    JudgmentTable::Columns& columns = state.columns();
    infer_scales(state.dimensions(), columns.dimension, columns.value, columns.source_row);
    renumber_values(state.the_cases().context);
    renumber_values(state.the_raters().attributes);
    state.the_cases().texts = state.case_texts.in_order(state.the_cases().ids.size());
    state.the_options().texts = state.option_texts.in_order(state.the_options().ids.size());
    JudgmentTable table = std::move(state.table);
    state_ = std::make_unique<State>();
    return table;
}

}  // namespace edgewise::judgment
