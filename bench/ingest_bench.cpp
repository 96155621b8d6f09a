// How fast judgments come in. Every figure is per second of wall time; "bytes" are those of the
// uncompressed file. Run: build/release/bench/edgewise_bench --benchmark_filter=ingest

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "edgewise/base/byte_scan.hpp"
#include "edgewise/base/csv.hpp"
#include "edgewise/base/csv_split.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/observations.hpp"
#include "edgewise/judgment/adapters/workspace.hpp"
#include "edgewise/judgment/builder.hpp"

namespace {

using namespace edgewise;
using namespace edgewise::judgment;
namespace fs = std::filesystem;

constexpr std::uint64_t kRows = 2'000'000;
constexpr std::uint64_t kRowsPerCase = 10;
constexpr std::uint64_t kRaters = 10'000;
constexpr std::uint64_t kDimensions = 8;

// A folder of its own for the files that a benchmark reads, removed at the end.
class Files {
public:
    Files() {
        std::string name = (fs::temp_directory_path() / "edgewise-bench-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        Rng rng(1, 0);
        std::string csv = "case,rater,dimension,value\n";
        std::string jsonl;
        for (std::uint64_t i = 0; i < kRows; ++i) {
            const std::string case_ = "c" + std::to_string(i / kRowsPerCase);
            const std::string rater = "r" + std::to_string(rng.next_below(kRaters));
            const std::string dimension = "dim" + std::to_string(rng.next_below(kDimensions));
            const std::string value = std::to_string(1 + rng.next_below(5));
            csv += case_ + "," + rater + "," + dimension + "," + value + "\n";
            jsonl += R"({"case":")" + case_ + R"(","option":"o","rater":")" + rater +
                     R"(","dimension":")" + dimension + R"(","rating":)" + value + "}\n";
        }
        csv_bytes = csv.size();
        jsonl_bytes = jsonl.size();
        std::ofstream(csv_path()) << csv;
        fs::create_directories(folder_ / "native");
        std::ofstream(native() / "judgments.jsonl") << jsonl;
        text = std::move(csv);
    }
    ~Files() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    fs::path csv_path() const { return folder_ / "ratings.csv"; }
    fs::path native() const { return folder_ / "native"; }

    std::string text;  // of the CSV file
    std::size_t csv_bytes = 0;
    std::size_t jsonl_bytes = 0;

private:
    fs::path folder_;
};

const Files& files() {
    static const Files all;
    return all;
}

void count(benchmark::State& state, std::size_t bytes) {
    const auto rounds = static_cast<std::int64_t>(state.iterations());
    state.SetBytesProcessed(rounds * static_cast<std::int64_t>(bytes));
    state.SetItemsProcessed(rounds * static_cast<std::int64_t>(kRows));
}

void ingest_scan_bytes(benchmark::State& state) {
    const std::string& text = files().text;
    for (auto _ : state) benchmark::DoNotOptimize(count_bytes(text));
    count(state, text.size());
}

// Fields of short rows: 4 columns in 24 bytes, so the fields cost more than the bytes.
void ingest_split_short(benchmark::State& state) {
    const std::string& text = files().text;
    std::size_t fields = 0;
    for (auto _ : state) {
        split_csv(text, ',', 4, [&](auto record, std::uint64_t) { fields += record[3].size(); });
    }
    benchmark::DoNotOptimize(fields);
    count(state, text.size());
}

// Rows with a text of about 200 bytes, a tenth of them quoted.
void ingest_split_texts(benchmark::State& state) {
    std::string text;
    Rng rng(2, 0);
    while (text.size() < (std::size_t{64} << 20)) {
        const std::string words(100 + rng.next_below(200), 'x');
        text += "12345,678,";
        text += rng.next_below(10) == 0 ? "\"" + words + ", \"\"" + words + "\"\"\"" : words;
        text += ",4\n";
    }
    std::size_t fields = 0;
    for (auto _ : state) {
        split_csv(text, ',', 4, [&](auto record, std::uint64_t) { fields += record[2].size(); });
    }
    benchmark::DoNotOptimize(fields);
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(text.size()));
}

class RatingReader final : public CsvBlockReader {
public:
    explicit RatingReader(TableBuilder& into) : into_(into) {}
    void record(const CsvRecord& record) override {
        Row row;
        row.option = mine_.option_id(mine_.case_id(record.fields[0]), "o");
        row.rater = mine_.rater_id(record.fields[1]);
        row.dimension = mine_.dimension_id(record.fields[2], Kind::rating);
        double value = 0.0;
        parse_number(record.fields[3], value);
        row.value = static_cast<float>(value);
        row.source_row = static_cast<std::uint32_t>(record.line);
        mine_.add(row);
    }
    void merge() override { into_.merge(std::move(mine_)); }

private:
    TableBuilder mine_;
    TableBuilder& into_;
};

void ingest_csv(benchmark::State& state) {
    const Job job({}, {}, static_cast<unsigned>(state.range(0)));
    const CsvFile csv(files().csv_path());
    for (auto _ : state) {
        TableBuilder builder;
        csv.read(job, [&] { return std::make_unique<RatingReader>(builder); });
        benchmark::DoNotOptimize(std::move(builder).finish().size());
    }
    count(state, files().csv_bytes);
}

void ingest_jsonl(benchmark::State& state) {
    const Job job({}, {}, static_cast<unsigned>(state.range(0)));
    ImportOptions options;
    options.path = files().native().string();
    for (auto _ : state) {
        benchmark::DoNotOptimize(formats::read_workspace(options, job).table.size());
    }
    count(state, files().jsonl_bytes);
}

void ingest_observe(benchmark::State& state) {
    const Job job({}, {}, static_cast<unsigned>(state.range(0)));
    ImportOptions options;
    options.path = files().native().string();
    const JudgmentTable table = formats::read_workspace(options, Job({}, {}, 2)).table;
    for (auto _ : state) benchmark::DoNotOptimize(estimate::observe(table, job).items.size());
    count(state, 0);
}

BENCHMARK(ingest_scan_bytes);
BENCHMARK(ingest_split_short)->Unit(benchmark::kMillisecond);
BENCHMARK(ingest_split_texts)->Unit(benchmark::kMillisecond);
BENCHMARK(ingest_csv)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(ingest_jsonl)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(ingest_observe)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
