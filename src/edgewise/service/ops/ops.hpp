#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgewise/edge/audit.hpp"
#include "edgewise/judgment/import.hpp"
#include "edgewise/service/operation.hpp"
#include "edgewise/service/wire/import.hpp"
#include "edgewise/service/wire/options.hpp"
#include "edgewise/service/wire/report.hpp"

// The operations, one struct each; how each runs is in the file of its name. To add one: its struct
// here, its file beside this one, one line in operations.cpp.
namespace edgewise::service {

struct Import {
    static constexpr std::string_view name = "import";
    static constexpr std::string_view path = "/v1/import";
    static constexpr std::string_view summary = "Read judgments and write them as a workspace";
    static constexpr std::string_view positional = "path out";
    static constexpr std::string_view examples =
        "edgewise import ratings.csv --dry-run  # what would be read, and as what\n"
        "edgewise import ratings.csv workspace --raters annotators.csv --scales '*=1..5'"
        "  # a long table and who judged\n"
        "edgewise import polis-export/ workspace --compress zst  # a conversation from Polis\n"
        "edgewise import pairs.csv workspace --pseudonymise-key-file key.txt"
        "  # raters' ids do not leave the machine";
    static constexpr std::string_view outcome =
        "Says what was read as what, what was skipped and why, with counts, and writes a folder of "
        "JSON Lines that edgewise audit reads.";
    static constexpr Effect effect = Effect::writes;

    struct Request : judgment::ImportOptions {
        std::string out;
        std::string compress;
        bool dry_run = false;
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<judgment::ImportOptions>{});
            v.option("out", &Request::out, "The folder to write; needed unless dry_run");
            v.option("compress", &Request::compress, "gz or zst; empty writes plain text");
            v.option("dry_run", &Request::dry_run, "Read and report, write nothing");
        }
    };
    struct Response {
        judgment::ImportReport report;
        std::string written;
        std::uint64_t cases = 0;
        std::uint64_t options = 0;
        std::uint64_t raters = 0;
        std::vector<std::string> dimensions;
        std::vector<std::string> attributes;
        template <class V>
        static void describe(V& v) {
            v.field("report", &Response::report, "What was read, and how");
            v.field("written", &Response::written, "The folder written; empty in a dry run");
            v.field("cases", &Response::cases, "Cases");
            v.field("options", &Response::options, "Options");
            v.field("raters", &Response::raters, "Raters");
            v.field("dimensions", &Response::dimensions, "Values judged");
            v.field("attributes", &Response::attributes, "What is known of raters");
        }
    };
    static Response run(const Request& request, const Job& job);
};

struct Audit {
    static constexpr std::string_view name = "audit";
    static constexpr std::string_view path = "/v1/audit";
    static constexpr std::string_view summary = "Say what one number would hide in these judgments";
    static constexpr std::string_view positional = "path";
    static constexpr std::string_view examples =
        "edgewise audit workspace --html report.html  # the summary here, the rest in one file\n"
        "edgewise audit ratings.csv --raters annotators.csv --scales '*=1..5' --negative racist"
        "  # a long table as it is\n"
        "edgewise audit workspace --attributes politics,age --cuts age=30,50"
        "  # only these groups, with bins of your own\n"
        "edgewise audit workspace --json > audit.json  # everything, for programs";
    static constexpr std::string_view outcome =
        "Says what averaging over values, over people and over uncertainty would hide, how sure "
        "that is, and what these data cannot tell.";
    static constexpr std::string_view page = "audit";
    static constexpr Effect effect = Effect::reads;

    struct Request : judgment::ImportOptions, edge::AuditOptions {
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<judgment::ImportOptions>{});
            service::describe(v, Of<edge::AuditOptions>{});
        }
    };
    struct Response : edge::AuditReport {
        judgment::ImportReport import;
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<edge::AuditReport>{});
            v.field("import", &Response::import, "What was read, and how");
        }
    };
    static Response run(const Request& request, const Job& job);
};

struct Show {
    static constexpr std::string_view name = "show";
    static constexpr std::string_view path = "/v1/show";
    static constexpr std::string_view summary = "Show one case, group by value, with its judgments";
    static constexpr std::string_view positional = "case path";
    static constexpr std::string_view examples =
        "edgewise show c017 workspace  # every group's view of one case\n"
        "edgewise show 42 ratings.csv --raters annotators.csv --attributes politics"
        "  # by one attribute\n"
        "edgewise show c017 workspace --json  # the same, for programs";
    static constexpr std::string_view outcome =
        "Prints a table for each attribute: what each group thinks on each value, the half-width "
        "of its 90 % interval and the number of judgments; then the judgments themselves.";
    static constexpr Effect effect = Effect::reads;

    struct Request : Audit::Request {
        std::string case_id;
        template <class V>
        static void describe(V& v) {
            v.field("case", &Request::case_id, "The id of the case");
            Audit::Request::describe(v);
        }
    };
    struct Response : edge::ShowReport {
        judgment::ImportReport import;
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<edge::ShowReport>{});
            v.field("import", &Response::import, "What was read, and how");
        }
    };
    static Response run(const Request& request, const Job& job);
};

struct Simulate {
    static constexpr std::string_view name = "simulate";
    static constexpr std::string_view path = "/v1/simulate";
    static constexpr std::string_view summary = "Write judgments from a world whose truth is known";
    static constexpr std::string_view positional = "out";
    static constexpr std::string_view examples =
        "edgewise simulate world --conflict-share 0.2 --disagreement-share 0.1"
        "  # plant something, then see whether an audit finds it\n"
        "edgewise simulate null --cases 500 --raters 200  # nothing planted: flags are false alarms"
        "\n"
        "edgewise simulate world --format csv --answers votes --groups left=0.4,right=0.6"
        "  # votes of two groups, as CSV files";
    static constexpr std::string_view outcome =
        "Writes a folder that edgewise audit reads, with what is true of it in truth.json.";
    static constexpr Effect effect = Effect::writes;

    struct Request {
        std::string out;
        std::string format = "workspace";
        std::string compress;
        std::uint64_t seed = 1;
        std::uint64_t cases = 100;
        std::uint64_t options_per_case = 1;
        std::uint64_t raters = 300;
        double raters_per_case = 30.0;
        std::string answers = "ordinal";
        std::vector<std::string> dimensions = {"helpfulness", "honesty"};
        std::vector<std::string> negative;
        std::vector<std::string> groups = {"A=0.5", "B=0.3", "C=0.2"};
        double conflict_share = 0.0;
        double conflict_size = 0.3;
        double disagreement_share = 0.0;
        double disagreement_size = 0.3;
        double ambiguous_share = 0.0;
        std::uint64_t machines = 0;
        double dimension_correlation = 1.0;
        double item_sd = 0.15;
        double item_by_group_sd = 0.0;
        double severity_sd = 0.1;
        double residual_sd = 0.2;
        template <class V>
        static void describe(V& v) {
            using T = Request;
            v.field("out", &T::out, "The folder to write");
            v.option("format", &T::format, "workspace (JSON Lines) or csv (three tables)");
            v.option("compress", &T::compress, "gz or zst, of a workspace; empty: plain text");
            v.option("seed", &T::seed, "Where the random numbers start");
            v.option("cases", &T::cases, "Cases");
            v.option("options_per_case", &T::options_per_case, "1: items to accept or reject");
            v.option("raters", &T::raters, "People who judge");
            v.option("raters_per_case", &T::raters_per_case, "How many of them judge a case");
            v.option("answers", &T::answers, "ordinal, continuous or votes");
            v.option("dimensions", &T::dimensions, "The values judged");
            v.option("negative", &T::negative, "Those of them whose high values are unwanted");
            v.option("groups", &T::groups, "Stakeholder groups and their shares");
            v.option("conflict_share", &T::conflict_share, "Cases in which values trade off");
            v.option("conflict_size", &T::conflict_size, "By how much, in utility");
            v.option("disagreement_share", &T::disagreement_share,
                     "Cases in which one group sees it differently");
            v.option("disagreement_size", &T::disagreement_size, "By how much, in utility");
            v.option("ambiguous_share", &T::ambiguous_share,
                     "Cases that cannot be answered as put");
            v.option("machines", &T::machines, "Models that judge every case");
            v.option("dimension_correlation", &T::dimension_correlation,
                     "Of an option's utilities on different values; at 1 only planted conflicts");
            v.option("item_sd", &T::item_sd, "Spread of utilities between options");
            v.option("item_by_group_sd", &T::item_by_group_sd,
                     "Spread of every group's own view of every option");
            v.option("severity_sd", &T::severity_sd, "Spread of raters' strictness");
            v.option("residual_sd", &T::residual_sd, "Spread of what is left");
        }
    };
    struct Response {
        std::string written;
        std::string format;
        std::uint64_t seed = 0;
        std::vector<std::string> files;
        std::vector<std::string> planted;
        template <class V>
        static void describe(V& v) {
            v.field("written", &Response::written, "The folder written");
            v.field("format", &Response::format, "workspace or csv");
            v.field("seed", &Response::seed, "Where the random numbers started");
            v.field("files", &Response::files, "The files in it");
            v.field("planted", &Response::planted, "What an audit should find");
        }
    };
    static Response run(const Request& request, const Job& job);
};

struct Demo {
    static constexpr std::string_view name = "demo";
    static constexpr std::string_view path = "/v1/demo";
    static constexpr std::string_view summary = "Write a sample workspace and audit it";
    static constexpr std::string_view positional = "out";
    static constexpr std::string_view examples =
        "edgewise demo  # writes the folder edgewise-demo and edgewise-demo.html\n"
        "edgewise demo try --html try/report.html  # other names";
    static constexpr std::string_view outcome =
        "Writes a small sample in which some things are hidden by averaging and some are not, "
        "audits it, and writes the report as one HTML file beside it.";
    static constexpr std::string_view page = "audit";
    static constexpr Effect effect = Effect::writes;

    struct Request {
        std::string out = "edgewise-demo";
        std::uint64_t seed = 1;
        template <class V>
        static void describe(V& v) {
            v.option("out", &Request::out, "The folder to write");
            v.option("seed", &Request::seed, "Where the random numbers start");
        }
    };
    struct Response : Audit::Response {
        std::string workspace;
        template <class V>
        static void describe(V& v) {
            Audit::Response::describe(v);
            v.field("workspace", &Response::workspace, "The folder written");
        }
    };
    static Response run(const Request& request, const Job& job);
};

}  // namespace edgewise::service
