#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace edgewise {

// The bytes of a file, decompressed when its first bytes are those of gzip or zstandard (several
// members or frames one after the other are one text). Throws Error(not_found) for a missing file,
// Error(invalid_data) for a folder and for a truncated or damaged stream, Error(unavailable) where
// the machine refuses to read.
class Decoder {
public:
    explicit Decoder(const std::filesystem::path& path);
    ~Decoder();
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    // Fills `out` as far as the file goes; fewer bytes than asked for: the end.
    std::size_t read(std::span<char> out);

    // Share of the file's own bytes taken so far, 0 to 1; 0 when its size is not known (a pipe).
    double fraction() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace edgewise
