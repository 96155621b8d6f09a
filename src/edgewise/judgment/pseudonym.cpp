#include "edgewise/judgment/pseudonym.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "edgewise/base/error.hpp"

namespace edgewise::judgment {
namespace {

constexpr std::size_t kLeastKey = 16;
constexpr std::size_t kLongestKey = std::size_t{1} << 20;
constexpr std::size_t kBytes = 16;  // of the code that are kept: collisions need 2^64 raters
constexpr std::size_t kCode = 32;   // SHA-256

std::string read_key(const std::filesystem::path& path) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) {
        throw Error(ErrorCode::not_found, "there is no such key file",
                    Place{.file = path.string(),
                          .line = 0,
                          .field = {},
                          .expected = "a file of at least 16 bytes",
                          .found = {}});
    }
    std::ifstream file(path, std::ios::binary);
    std::string key(kLongestKey + 1, '\0');
    file.read(key.data(), static_cast<std::streamsize>(key.size()));
    key.resize(static_cast<std::size_t>(file.gcount()));
    if (key.size() < kLeastKey || key.size() > kLongestKey) {
        refuse({.file = path.string(),
                .line = 0,
                .field = {},
                .expected = "a key of 16 bytes to 1 MB",
                .found = key.size() > kLongestKey ? "more" : std::to_string(key.size()) + " bytes"},
               "make one with: head -c 32 /dev/urandom > key");
    }
    return key;
}

}  // namespace

struct Pseudonyms::State {
    std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                                          EVP_MAC_free};
    std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context{nullptr, EVP_MAC_CTX_free};
};

Pseudonyms::Pseudonyms(const std::filesystem::path& key_file) : state_(std::make_unique<State>()) {
    std::string key = read_key(key_file);
    std::string digest = "SHA256";
    const std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    state_->context.reset(EVP_MAC_CTX_new(state_->mac.get()));
    const int begun =
        EVP_MAC_init(state_->context.get(),
                     reinterpret_cast<const unsigned char*>(key.data()),  // bytes are bytes
                     key.size(), parameters.data());
    std::ranges::fill(key, '\0');
    ensure(begun == 1, "HMAC-SHA-256 is there");
}

Pseudonyms::~Pseudonyms() = default;

std::string Pseudonyms::operator()(std::string_view name) {
    EVP_MAC_CTX* context = state_->context.get();
    std::array<unsigned char, kCode> code{};
    std::size_t size = 0;
    // Without a key, init starts afresh with the one that is set.
    const bool done = EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
                      EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(name.data()),
                                     name.size()) == 1 &&
                      EVP_MAC_final(context, code.data(), &size, code.size()) == 1;
    ensure(done && size == kCode, "HMAC-SHA-256 gives 32 bytes");
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < kBytes; ++i) {
        out.push_back(kHex[code[i] >> 4U]);
        out.push_back(kHex[code[i] & 15U]);
    }
    return out;
}

}  // namespace edgewise::judgment
