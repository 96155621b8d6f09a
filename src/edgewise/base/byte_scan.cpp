#include "edgewise/base/byte_scan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace edgewise {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kLow7 = 0x7F7F7F7F7F7F7F7FU;

// One bit for each of eight bytes: is it `c`? Exact: no borrow runs from one byte into the next.
std::uint64_t equal8(std::uint64_t bytes, char c) noexcept {
    const std::uint64_t x = bytes ^ (kOnes * static_cast<unsigned char>(c));
    const std::uint64_t zero = ~(((x & kLow7) + kLow7) | x | kLow7);  // 0x80 where x is 0
    // The product moves bit 7 of byte i to bit 56 + i.
    return (zero >> 7) * 0x0102040810204080U >> 56;
}

#ifdef __x86_64__
__attribute__((target("avx2"))) void scan_avx2(const char* text, std::size_t words, char separator,
                                               ByteMasks* out) noexcept {
    const __m256i quote = _mm256_set1_epi8('"');
    const __m256i newline = _mm256_set1_epi8('\n');
    const __m256i wanted = _mm256_set1_epi8(separator);
    for (std::size_t word = 0; word < words; ++word, text += 64) {
        __m256i low;
        __m256i high;
        std::memcpy(&low, text, sizeof low);
        std::memcpy(&high, text + sizeof low, sizeof high);
        const auto mask = [&](__m256i c) __attribute__((target("avx2"))) {
            const auto first =
                static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, c)));
            const auto second =
                static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, c)));
            return first | std::uint64_t{second} << 32;
        };
        out[word] = {mask(quote), mask(wanted), mask(newline)};
    }
}
#endif

using Scan = void (*)(const char*, std::size_t, char, ByteMasks*) noexcept;

Scan fastest() noexcept {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) return scan_avx2;
#endif
    return scan_bytes_portable;
}

}  // namespace

void scan_bytes_portable(const char* text, std::size_t words, char separator,
                         ByteMasks* out) noexcept {
    for (std::size_t word = 0; word < words; ++word) {
        ByteMasks masks;
        for (unsigned i = 0; i < 64; i += 8, text += 8) {
            std::uint64_t bytes = 0;
            std::memcpy(&bytes, text, sizeof bytes);
            if constexpr (std::endian::native == std::endian::big) {
                bytes = __builtin_bswap64(bytes);
            }
            masks.quote |= equal8(bytes, '"') << i;
            masks.separator |= equal8(bytes, separator) << i;
            masks.newline |= equal8(bytes, '\n') << i;
        }
        out[word] = masks;
    }
}

void scan_bytes(const char* text, std::size_t words, char separator, ByteMasks* out) noexcept {
    static const Scan scan = fastest();
    scan(text, words, separator, out);
}

ByteCounts count_bytes(std::string_view text) noexcept {
    constexpr std::size_t kWords = 64;
    std::array<ByteMasks, kWords> masks;
    ByteCounts counts;
    const auto add = [&](const char* from, std::size_t words) {
        scan_bytes(from, words, '\n', masks.data());
        for (std::size_t i = 0; i < words; ++i) {
            counts.quotes += static_cast<unsigned>(std::popcount(masks[i].quote));
            counts.newlines += static_cast<unsigned>(std::popcount(masks[i].newline));
        }
    };
    while (text.size() >= 64) {
        const std::size_t words = std::min(kWords, text.size() / 64);
        add(text.data(), words);
        text.remove_prefix(words * 64);
    }
    if (!text.empty()) {
        std::array<char, 64> tail{};
        std::copy_n(text.data(), text.size(), tail.data());
        add(tail.data(), 1);
    }
    return counts;
}

}  // namespace edgewise
