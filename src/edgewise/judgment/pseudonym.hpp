#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace edgewise::judgment {

// Replaces names so that the same name gives the same pseudonym under the same key, and nobody
// without the key can go back or try names out: the first 16 bytes of HMAC-SHA-256 (RFC 2104,
// FIPS 180-4) in 32 hexadecimal digits.
class Pseudonyms {
public:
    // The key is the bytes of the file as they are. Throws Error(not_found), and
    // Error(invalid_data) for fewer than 16 bytes.
    explicit Pseudonyms(const std::filesystem::path& key_file);
    ~Pseudonyms();
    Pseudonyms(const Pseudonyms&) = delete;
    Pseudonyms& operator=(const Pseudonyms&) = delete;

    std::string operator()(std::string_view name);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace edgewise::judgment
