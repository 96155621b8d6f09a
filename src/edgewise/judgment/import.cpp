#include "edgewise/judgment/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/workspace.hpp"
#include "edgewise/judgment/settle.hpp"

namespace edgewise::judgment {
namespace {

constexpr double kSure = 0.5;

constexpr std::array kAdapters{
    Adapter{"chosen_rejected",
            "JSON Lines with a chosen and a rejected dialogue or text a line (HH-RLHF)",
            "Bai et al. 2022, arXiv 2204.05862; github.com/anthropics/hh-rlhf",
            formats::recognise_chosen_rejected, formats::read_chosen_rejected},
    Adapter{"community_notes",
            "Community Notes: ratings-*.tsv of a download, with notes-*.tsv beside",
            "communitynotes.x.com/guide/en/under-the-hood/download-data",
            formats::recognise_community_notes, formats::read_community_notes},
    Adapter{"helpsteer", "HelpSteer and HelpSteer2: ratings, each annotator's ratings, preferences",
            "Wang et al. 2023 and 2024, arXiv 2311.09528, 2406.08673 and 2410.01257; "
            "huggingface.co/datasets/nvidia/HelpSteer2",
            formats::recognise_helpsteer, formats::read_helpsteer},
    Adapter{"lewidi", "Le-Wi-Di: one JSON object of items with each annotator's annotation",
            "Leonardelli et al. 2023, aclanthology.org/2023.semeval-1.314; "
            "github.com/Le-Wi-Di/le-wi-di.github.io",
            formats::recognise_lewidi, formats::read_lewidi},
    Adapter{"llmfao",
            "the LLMFAO folder: crowd workers' comparisons and two models' on the same pairs",
            "Dustalov 2023, github.com/dustalov/llmfao", formats::recognise_llmfao,
            formats::read_llmfao},
    Adapter{"long_table", "CSV, TSV or JSON Lines with one judgment a row, side tables beside it",
            "the layout of multi-annotator releases such as Le-Wi-Di and Social Bias Frames",
            formats::recognise_long_table, formats::read_long_table},
    Adapter{"mt_bench", "MT-Bench human judgments: JSON with conversations, or tables with GPT-4's",
            "Zheng et al. 2023, arXiv 2306.05685; "
            "huggingface.co/datasets/lmsys/mt_bench_human_judgments",
            formats::recognise_mt_bench, formats::read_mt_bench},
    Adapter{"multipref", "MultiPref: two completions, compared by crowd workers and by experts",
            "Miranda et al. 2024, arXiv 2410.19133; huggingface.co/datasets/allenai/multipref",
            formats::recognise_multipref, formats::read_multipref},
    Adapter{"pairwise_table", "CSV, TSV or JSON Lines with two options and a winner a row",
            "the layout of Zheng et al. 2023, arXiv 2306.05685; github.com/dustalov/llmfao",
            formats::recognise_pairwise_table, formats::read_pairwise_table},
    Adapter{"polis_export",
            "a Polis export: comments.csv with participants-votes.csv, votes.csv or both",
            "compdemocracy.org/export; github.com/compdemocracy/openData",
            formats::recognise_polis_export, formats::read_polis_export},
    Adapter{"preflib", "PrefLib orders: soc, soi, toc and toi, with keys or in the older form",
            "Mattei and Walsh 2013; preflib.org/format, github.com/PrefLib/PrefLib-Data",
            formats::recognise_preflib, formats::read_preflib},
    Adapter{"prism", "PRISM: people's scores of models' responses, with the survey beside them",
            "Kirk et al. 2024, arXiv 2404.16019; "
            "huggingface.co/datasets/HannahRoseKirk/prism-alignment",
            formats::recognise_prism, formats::read_prism},
    Adapter{"ultrafeedback", "UltraFeedback: GPT-4's ratings of several models' completions",
            "Cui et al. 2023, arXiv 2310.01377; github.com/OpenBMB/UltraFeedback",
            formats::recognise_ultrafeedback, formats::read_ultrafeedback},
    Adapter{"wide_table", "CSV, TSV or JSON Lines with one column a dimension",
            "the layout of Hosking et al. 2024, arXiv 2309.16349", formats::recognise_wide_table,
            formats::read_wide_table},
    Adapter{"workspace",
            "the native folder of JSON Lines: judgments, raters, cases, options, dimensions",
            "docs/format.md", formats::recognise_workspace, formats::read_workspace},
};

static_assert(std::ranges::is_sorted(kAdapters, {}, &Adapter::id));

std::string known_ids() {
    std::string out;
    for (const Adapter& known : kAdapters) {
        out += (out.empty() ? "" : ", ") + std::string(known.id);
    }
    return out;
}

struct Choice {
    const Adapter* adapter = nullptr;
    std::string why;
};

// A column that only one format has was named: that format is meant, whatever the file looks like.
Choice told_by_options(const ImportOptions& options) {
    if (!options.winner_column.empty() || !options.other_column.empty()) {
        return {.adapter = &adapter("pairwise_table"), .why = "a winner or other column was named"};
    }
    if (!options.value_columns.empty()) {
        return {.adapter = &adapter("wide_table"), .why = "value columns were named"};
    }
    if (!options.value_column.empty() || !options.dimension_column.empty()) {
        return {.adapter = &adapter("long_table"), .why = "a value or dimension column was named"};
    }
    return {};
}

Choice choose(const ImportOptions& options) {
    if (options.format != "auto") {
        return {.adapter = &adapter(options.format), .why = "it was asked for"};
    }
    if (Choice told = told_by_options(options); told.adapter != nullptr) return told;
    Choice best;
    double surest = 0.0;
    std::exception_ptr unreadable;
    for (const Adapter& candidate : kAdapters) {
        try {
            std::string why;
            const double sure = candidate.recognise(options.path, why);
            if (sure <= surest) continue;
            surest = sure;
            best = {.adapter = &candidate, .why = std::move(why)};
        } catch (const Error&) {
            if (!unreadable) unreadable = std::current_exception();
        }
    }
    if (surest >= kSure) return best;
    if (unreadable) std::rethrow_exception(unreadable);
    throw Error(ErrorCode::unsupported,
                "the format could not be told; tried " + known_ids() +
                    ". Name it with --format, or name its columns: --case-column, "
                    "--rater-column and --value-column for one judgment a row, --value-columns "
                    "a,b for one column a dimension, --winner-column for comparisons",
                Place{.file = options.path, .line = 0, .field = {}, .expected = {}, .found = {}});
}

}  // namespace

std::span<const Adapter> adapters() noexcept { return kAdapters; }

const Adapter& adapter(std::string_view id) {
    const auto at = std::ranges::lower_bound(kAdapters, id, {}, &Adapter::id);
    if (at != kAdapters.end() && at->id == id) return *at;
    throw Error(ErrorCode::not_found,
                fmt::format("there is no format \"{}\"; the known ones are {}", id, known_ids()),
                "--format");
}

Imported import(const ImportOptions& options, const Job& job) {
    std::error_code failed;
    if (options.path.empty() || !std::filesystem::exists(options.path, failed)) {
        throw Error(ErrorCode::not_found, "there is no such file or folder",
                    Place{.file = options.path.empty() ? "(no path)" : options.path,
                          .line = 0,
                          .field = {},
                          .expected = {},
                          .found = {}});
    }
    const Choice choice = choose(options);
    Imported result = choice.adapter->read(options, job);
    result.report.format = choice.adapter->id;
    result.report.why_format = choice.why;
    settle(result, options, job);
    return result;
}

}  // namespace edgewise::judgment
