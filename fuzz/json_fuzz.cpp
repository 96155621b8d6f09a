// Json::parse either refuses with an Error or returns a value whose text reads back to the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const edgewise::Json value = edgewise::Json::parse(text);
        const std::string written = value.dump();
        const edgewise::Json again = edgewise::Json::parse(written);
        if (!(again == value) || again.dump() != written) __builtin_trap();
    } catch (const edgewise::Error& e) {
        if (e.code() != edgewise::ErrorCode::invalid_argument) __builtin_trap();
    }
    return 0;
}
