// How fast this machine's memory can be read and copied by all threads, after STREAM (McCalpin
// 1995): the limit that no program which has to see every byte can pass. Prints one JSON object,
// bytes per second. Run: build/release/bench/edgewise_bandwidth [threads]

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t kWords = std::size_t{1} << 26;  // 512 MB, far beyond any cache
constexpr int kRounds = 7;                            // the best counts

double seconds(unsigned threads,
               const std::function<void(std::size_t, std::size_t, std::size_t)>& body) {
    double best = 1e9;
    for (int round = 0; round < kRounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        {
            std::vector<std::jthread> pool;
            for (std::size_t t = 0; t < threads; ++t) {
                pool.emplace_back(body, t, kWords * t / threads, kWords * (t + 1) / threads);
            }
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count());
    }
    return best;
}

}  // namespace

int main(int argc, char** argv) {
    const unsigned threads = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1]))
                                      : std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::uint64_t> from(kWords, 1), to(kWords, 2);
    std::vector<std::uint64_t> sums(std::size_t{threads} * 64);
    const double read = seconds(threads, [&](std::size_t t, std::size_t begin, std::size_t end) {
        // Several sums, so that memory and not the adder is waited for.
        std::uint64_t s[8] = {};
        for (std::size_t i = begin; i + 8 <= end; i += 8) {
            for (std::size_t k = 0; k < 8; ++k) s[k] += from[i + k];
        }
        sums[t * 64] = std::accumulate(s, s + 8, std::uint64_t{0});
    });
    const double copy = seconds(threads, [&](std::size_t, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) to[i] = from[i] + 1;
    });
    const std::uint64_t seen = std::accumulate(sums.begin(), sums.end(), to[kWords / 2]);
    constexpr double kBytes = static_cast<double>(kWords) * sizeof(std::uint64_t);
    std::printf("{\"threads\": %u, \"read\": %.0f, \"copy\": %.0f, \"check\": %llu}\n", threads,
                kBytes / read, 2.0 * kBytes / copy, static_cast<unsigned long long>(seen));
    return 0;
}
