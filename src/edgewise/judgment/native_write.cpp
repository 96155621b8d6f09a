#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <memory>
#include <system_error>

#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/base/time.hpp"
#include "edgewise/judgment/import.hpp"
#include "edgewise/judgment/kind_names.hpp"

namespace edgewise::judgment {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kRaterKinds{"person", "machine", "check"};
constexpr std::array<std::string_view, 4> kScales{"ordinal", "continuous", "binary", "nominal"};
constexpr std::array<std::string_view, 5> kFiles{"cases", "options", "raters", "dimensions",
                                                 "judgments"};

template <std::size_t N, class E>
std::string_view word(const std::array<std::string_view, N>& words, E e) {
    return words[static_cast<std::size_t>(e)];
}

void quote(std::string& out, std::string_view text) {
    const bool plain = std::ranges::none_of(
        text, [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
    if (plain) {
        out.append(1, '"').append(text).append(1, '"');
    } else {
        out += Json(text).dump();
    }
}

// ,"name":"text"
void member(std::string& out, std::string_view name, std::string_view text) {
    out.append(",\"").append(name).append("\":");
    quote(out, text);
}

template <class T>
void number(std::string& out, std::string_view name, T value) {
    fmt::format_to(std::back_inserter(out), ",\"{}\":{}", name, value);
}

// The first entity names every attribute (null: not known), so that their order is kept.
void named_values(std::string& out, std::string_view name, std::span<const Attribute> attributes,
                  Id entity) {
    std::string inner;
    for (const Attribute& attribute : attributes) {
        const Id code = attribute.code(entity);
        if (code == kNone && entity != 0) continue;
        inner += inner.empty() ? "" : ",";
        quote(inner, attribute.name);
        inner += ':';
        if (code == kNone) {
            inner += "null";
        } else {
            quote(inner, attribute.values[code]);
        }
    }
    if (!inner.empty()) out.append(",\"").append(name).append("\":{").append(inner).append("}");
}

class Writer {
public:
    Writer(const JudgmentTable& table, const fs::path& folder, std::string_view compress,
           const Job& job)
        : table_(table), folder_(folder), compress_(compress), job_(job) {}

    void write() {
        std::error_code failed;
        fs::create_directories(folder_, failed);
        if (failed) {
            throw Error(
                ErrorCode::unavailable, "cannot be made: " + failed.message(),
                Place{
                    .file = folder_.string(), .line = 0, .field = {}, .expected = {}, .found = {}});
        }
        for (std::size_t i = 0; i < kFiles.size(); ++i) {
            files_[i] = std::make_unique<AtomicFile>(path(kFiles[i], compress_));
        }
        cases(*files_[0]);
        options(*files_[1]);
        raters(*files_[2]);
        dimensions(*files_[3]);
        judgments(*files_[4]);
        for (const auto& file : files_) file->finish();
        for (const auto& file : files_) file->commit();
        // What the same folder held under another compression is replaced too.
        for (const std::string_view other : {"", ".gz", ".zst"}) {
            if (other == compress_) continue;
            for (const std::string_view file : kFiles) fs::remove(path(file, other), failed);
        }
    }

private:
    fs::path path(std::string_view name, std::string_view compress) const {
        return folder_ / fmt::format("{}.jsonl{}", name, compress);
    }

    static void line(AtomicFile& file, std::string& text) {
        text += "}\n";
        file.write(text);
        text.clear();
    }

    void cases(AtomicFile& file) const {
        std::string out;
        const Cases& all = table_.cases();
        for (std::size_t i = 0; i < all.ids.size(); ++i) {
            out = "{\"id\":";
            quote(out, all.ids[i]);
            if (!all.texts[i].empty()) member(out, "text", all.texts[i]);
            named_values(out, "context", all.context, static_cast<Id>(i));
            line(file, out);
        }
    }

    void options(AtomicFile& file) const {
        std::string out;
        const Options& all = table_.options();
        for (std::size_t i = 0; i < all.ids.size(); ++i) {
            out = "{\"case\":";
            quote(out, table_.cases().ids[all.case_of[i]]);
            member(out, "id", all.ids[i]);
            if (!all.texts[i].empty()) member(out, "text", all.texts[i]);
            line(file, out);
        }
    }

    void raters(AtomicFile& file) const {
        std::string out;
        const Raters& all = table_.raters();
        for (std::size_t i = 0; i < all.ids.size(); ++i) {
            out = "{\"id\":";
            quote(out, all.ids[i]);
            if (all.kinds[i] != RaterKind::person) {
                member(out, "kind", word(kRaterKinds, all.kinds[i]));
            }
            named_values(out, "attributes", all.attributes, static_cast<Id>(i));
            line(file, out);
        }
    }

    void dimensions(AtomicFile& file) const {
        std::string out;
        for (const Dimension& dimension : table_.dimensions()) {
            out = "{\"name\":";
            quote(out, dimension.name);
            member(out, "kind", word(kKindNames, dimension.kind));
            if (dimension.scale_declared) member(out, "scale", word(kScales, dimension.scale));
            if (dimension.range_declared && dimension.kind == Kind::rating) {
                number(out, "low", dimension.low);
                number(out, "high", dimension.high);
            }
            if (dimension.polarity_declared) {
                const bool unwanted = dimension.polarity == Polarity::negative;
                member(out, "polarity", unwanted ? "negative" : "positive");
            }
            if (dimension.categories.size() > 0) {
                out += ",\"categories\":[";
                for (std::size_t i = 0; i < dimension.categories.size(); ++i) {
                    if (i > 0) out += ',';
                    quote(out, dimension.categories[i]);
                }
                out += ']';
            }
            claim(out, dimension);
            line(file, out);
        }
    }

    static void claim(std::string& out, const Dimension& dimension) {
        std::string inner;
        const auto add = [&](std::string_view name, const std::string& text) {
            if (!text.empty()) member(inner, name, text);
        };
        add("ideal", dimension.ideal);
        add("property", dimension.property);
        add("object", dimension.object);
        add("threat_model", dimension.threat_model);
        add("proxy_of", dimension.proxy_of);
        if (!inner.empty()) out.append(",\"claim\":{").append(inner.substr(1)).append("}");
    }

    // One past the last row of the ballot that starts at row i.
    std::size_t ballot_end(std::size_t i) const {
        std::size_t end = i + 1;
        if (table_.ballot().empty() || table_.ballot()[i] == kNone) return end;
        while (end < table_.size() && table_.ballot()[end] == table_.ballot()[i]) ++end;
        return end;
    }

    std::string_view option(std::size_t row) const {
        return table_.options().ids[table_.option()[row]];
    }

    void judgments(AtomicFile& file) const {
        constexpr std::size_t kCheckEvery = 0xFFFF;
        std::string out;
        std::size_t reason = 0;
        for (std::size_t i = 0, end = 0, lines = 0; i < table_.size(); i = end, ++lines) {
            if ((lines & kCheckEvery) == 0) {
                job_.check();
                job_.progress(static_cast<double>(i) / static_cast<double>(table_.size()),
                              "writing judgments");
            }
            end = ballot_end(i);
            const Dimension& dimension = table_.dimensions()[table_.dimension()[i]];
            out = "{\"case\":";
            quote(out, table_.cases().ids[table_.options().case_of[table_.option()[i]]]);
            statement(out, dimension, i, end);
            member(out, "rater", table_.raters().ids[table_.rater()[i]]);
            member(out, "dimension", dimension.name);
            while (reason < table_.reasons().size() && table_.reasons()[reason].first < i) {
                ++reason;
            }
            extras(out, i, reason);
            line(file, out);
        }
    }

    void statement(std::string& out, const Dimension& dimension, std::size_t i,
                   std::size_t end) const {
        const float value = table_.value()[i];
        const bool both_bad = (table_.flags()[i] & kBothBad) != 0;
        switch (dimension.kind) {
            case Kind::rating:
                member(out, "option", option(i));
                number(out, "rating", value);
                break;
            case Kind::vote:
                member(out, "option", option(i));
                member(out, "vote", value > 0 ? "agree" : value < 0 ? "disagree" : "pass");
                break;
            case Kind::label:
                member(out, "option", option(i));
                member(out, "label", dimension.categories[static_cast<std::size_t>(value)]);
                break;
            case Kind::comparison:
                member(out, "a", option(i));
                member(out, "b", table_.options().ids[table_.other()[i]]);
                member(out, "comparison",
                       both_bad        ? "both_bad"
                       : value == 1.0F ? "a"
                       : value == 0.0F ? "b"
                                       : "tie");
                break;
            case Kind::ranking:
                ranking(out, i, end);
                break;
            case Kind::approval:
                list(out, "approved", i, end, true);
                list(out, "offered", i, end, false);
                break;
        }
    }

    void list(std::string& out, std::string_view name, std::size_t i, std::size_t end,
              bool approved_only) const {
        out.append(",\"").append(name).append("\":[");
        bool first = true;
        for (; i < end; ++i) {
            if (approved_only && table_.value()[i] != 1.0F) continue;
            if (!first) out += ',';
            first = false;
            quote(out, option(i));
        }
        out += ']';
    }

    void ranking(std::string& out, std::size_t begin, std::size_t end) const {
        std::vector<std::size_t> order;
        for (std::size_t i = begin; i < end; ++i) order.push_back(i);
        std::ranges::stable_sort(order, {}, [&](std::size_t i) { return table_.value()[i]; });
        out += ",\"ranking\":[[";
        for (std::size_t k = 0; k < order.size(); ++k) {
            if (k > 0) {
                const bool tied = table_.value()[order[k]] == table_.value()[order[k - 1]];
                out += tied ? "," : "],[";
            }
            quote(out, option(order[k]));
        }
        out += "]]";
    }

    void extras(std::string& out, std::size_t i, std::size_t reason) const {
        if (!table_.weight().empty() && table_.weight()[i] != 1.0F) {
            number(out, "weight", table_.weight()[i]);
        }
        if (!table_.confidence().empty() && !std::isnan(table_.confidence()[i])) {
            number(out, "confidence", table_.confidence()[i]);
        }
        constexpr auto kNoTime = std::numeric_limits<std::int64_t>::min();
        if (!table_.time().empty() && table_.time()[i] != kNoTime) {
            const std::string text = iso_time(table_.time()[i]);
            if (text.empty()) {
                number(out, "time", table_.time()[i]);
            } else {
                member(out, "time", text);
            }
        }
        if (reason < table_.reasons().size() && table_.reasons()[reason].first == i) {
            member(out, "reason", table_.reasons()[reason].second);
        }
        if ((table_.flags()[i] & kUnderspecified) != 0) out += ",\"underspecified\":true";
    }

    const JudgmentTable& table_;
    fs::path folder_;
    std::string_view compress_;
    const Job& job_;
    std::array<std::unique_ptr<AtomicFile>, kFiles.size()> files_;
};

}  // namespace

void write_workspace(const JudgmentTable& table, const fs::path& folder, std::string_view compress,
                     const Job& job) {
    if (!compress.empty() && compress != ".gz" && compress != ".zst") {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("expected a compression of .gz, .zst or none, found {}", compress),
                    "compress");
    }
    Writer(table, folder, compress, job).write();
}

}  // namespace edgewise::judgment
