#include <array>
#include <string>

#include <doctest/doctest.h>

#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

struct Example {
    std::string_view format, file, text;
};

// One smallest file of each format that is a single file; written by us.
constexpr std::array<Example, 14> kExamples{{
    {"chosen_rejected", "a.jsonl", R"({"prompt":"p","chosen":"a","rejected":"b"})"},
    {"community_notes", "a.tsv",
     "noteId\traterParticipantId\tcreatedAtMillis\thelpfulnessLevel\n1\tA\t1700000000000\tHELPFUL"
     "\n"},
    {"helpsteer", "a.jsonl",
     R"({"prompt":"p","response":"r","helpfulness":1,"correctness":1,"coherence":1,)"
     R"("complexity":1,"verbosity":1})"},
    {"helpsteer", "a.jsonl",
     R"({"prompt":"p","response_1":"a","response_2":"b","preference_strength":1})"},
    {"lewidi", "a.json", R"({"1":{"text":"t","annotators":"A,B","annotations":"0,1"}})"},
    {"long_table", "a.csv", "item,rater,dimension,value\n1,a,d,1\n"},
    {"mt_bench", "a.json",
     R"([{"question_id":1,"model_a":"a","model_b":"b","winner":"tie","judge":"expert_1",)"
     R"("conversation_a":[],"conversation_b":[],"turn":1}])"},
    {"multipref", "a.jsonl",
     R"({"comparison_id":"c","prompt_id":"p","text":"t","model_a":"a","completion_a":"x",)"
     R"("model_b":"b","completion_b":"y","normal_worker_annotations":[{"evaluator":"e",)"
     R"("overall_pref":"Tie"}],"expert_worker_annotations":[]})"},
    {"pairwise_table", "a.csv", "prompt,left,right,worker,winner\n1,a,b,w,left\n"},
    {"preflib", "a.soc", "2\n1,a\n2,b\n1,1,1\n1,1,2\n"},
    {"preflib", "a.txt",
     "# FILE NAME: a.soc\n# DATA TYPE: soc\n# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n"
     "1: 1,2\n"},
    {"prism", "a.jsonl",
     R"({"utterance_id":"u","conversation_id":"c","user_id":"x","turn":0,"within_turn_id":0,)"
     R"("user_prompt":"p","model_response":"r","model_name":"m","score":80})"},
    {"ultrafeedback", "a.jsonl",
     R"({"instruction":"i","completions":[{"model":"m","annotations":{)"
     R"("honesty":{"Rating":"3"}}}]})"},
    {"wide_table", "a.csv", "item,rater,clarity,harm\n1,a,2,3\n"},
}};

double sure_of(const Adapter& adapter, const std::string& path) {
    try {
        std::string why;
        return adapter.recognise(path, why);
    } catch (const Error&) {
        return 0.0;  // as when the format is told
    }
}

}  // namespace

TEST_CASE("each format is told from its own smallest file, more surely than any other") {
    for (const Example& example : kExamples) {
        CAPTURE(example.format);
        const TemporaryFolder folder;
        const std::string path = folder.write(example.file, example.text);
        CHECK(import_file(from(path)).report.format == example.format);
        const double own = sure_of(adapter(example.format), path);
        for (const Adapter& other : adapters()) {
            if (other.id != example.format) CHECK(sure_of(other, path) < own);
        }
    }
}

TEST_CASE("a file of another kind keeps the advice to name its columns") {
    const TemporaryFolder folder;
    for (const std::string_view text : {"{\"x\":1}\n{\"x\":2}\n", "[{\"x\":1}]",
                                        "{\"a\":{\"x\":1}}", "# a comment\n1,2\n", "7\n8\n"}) {
        CAPTURE(text);
        CHECK(complaint(from(folder.write("a.json", text))).find("could not be told") !=
              std::string::npos);
    }
}

TEST_CASE("an option that a format with columns of its own does not take is refused, not ignored") {
    const TemporaryFolder folder;
    ImportOptions options = from(folder.write("a.jsonl", kExamples[7].text));
    options.items = "other.csv";
    CHECK(complaint(options) ==
          "--items: the format multipref has its own files and columns and does not take this; "
          "leave it out, or name a table's format with --format");
    options.items.clear();
    options.context_columns = {"source"};
    CHECK(complaint(options).starts_with("--context-columns: the format multipref"));
    options.context_columns.clear();
    CHECK(complaint(options) == "accepted");
}
