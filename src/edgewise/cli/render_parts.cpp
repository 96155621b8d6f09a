#include "edgewise/cli/render_parts.hpp"

#include <filesystem>

namespace edgewise::cli {

Span mark(std::string_view verdict) {
    if (verdict == "shown") return {"●", Tone::bad};
    if (verdict == "not_shown") return {"○", Tone::good};
    if (verdict == "caution") return {"!", Tone::warn};
    return {"?", Tone::warn};
}

std::string verdict_words(std::string_view verdict) {
    std::string out(verdict);
    for (char& c : out) c = c == '_' ? ' ' : c;
    return out;
}

std::string known(const std::optional<double>& value, int places) {
    return value ? fixed(*value, places) : "–";
}

std::string known(const std::optional<edge::Interval>& interval, int places) {
    return interval ? fixed(interval->low, places) + " to " + fixed(interval->high, places) : "–";
}

void fold(Paper& paper, std::uint64_t total, std::size_t shown, std::string_view where) {
    if (total <= shown) return;
    paper.paragraph("and " + count(total - shown) + " more; " + std::string(where), 2, Tone::dim);
}

std::string shown_of(std::string_view title, std::uint64_t total, std::size_t shown) {
    std::string out(title);
    if (total > shown) {
        out += " (" + count(shown) + " of " + count(total) + "; all: --html or --json)";
    }
    return out;
}

std::string import_in_a_line(const judgment::ImportReport& report) {
    std::string out = "Read as " + report.format;
    constexpr std::size_t kNamed = 3;
    for (std::size_t i = 0; i < report.files.size() && i < kNamed; ++i) {
        out +=
            (i == 0 ? " from " : ", ") + std::filesystem::path(report.files[i]).filename().string();
    }
    if (report.files.size() > kNamed) {
        out += " and " + count(report.files.size() - kNamed, "more file");
    }
    std::uint64_t skipped = 0;
    for (const judgment::Skipped& each : report.skipped) skipped += each.count;
    out += skipped == 0 ? "; nothing left out" : "; " + count(skipped) + " left out";
    if (!report.notes.empty()) out += "; " + count(report.notes.size(), "assumption");
    return out + ".";
}

}  // namespace edgewise::cli
