// Lines of the native format: any bytes are either read or refused with an Error that names the
// line, by every kind of line reader; what is accepted as a judgment reads the same twice. The
// control plane's JSON parser gets the same bytes, and what it accepts survives a round trip.

#include <cstdint>
#include <string>
#include <string_view>

#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/judgment/native_line.hpp"

namespace {

using namespace edgewise;
using namespace edgewise::judgment;

template <class Read>
bool accepted(Read read) {
    try {
        read();
        return true;
    } catch (const Error& e) {
        ensure(e.code() == ErrorCode::invalid_data && e.place().line == 7,
               "a refusal has its line");
        return false;
    }
}

void control_plane(std::string_view text) {
    try {
        const Json json = Json::parse(text);
        ensure(Json::parse(json.dump()) == json, "JSON survives a round trip");
    } catch (const Error& e) {
        ensure(e.code() == ErrorCode::invalid_argument, "only the text can be wrong");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // What follows a line in a block: the padding, and nothing the reader may rely on.
    std::string padded(data, data + size);
    padded.append(kBlockPadding, '"');
    const std::string_view text(padded.data(), size);
    static NativeLineReader reader("fuzz.jsonl");
    accepted([&] { reader.read_case(text, 7); });
    accepted([&] { reader.read_option(text, 7); });
    accepted([&] { reader.read_rater(text, 7); });
    accepted([&] { reader.read_dimension(text, 7); });
    const bool once = accepted([&] {
        const JudgmentLine& line = reader.read_judgment(text, 7);
        ensure(!line.case_.empty() && !line.rater.empty() && !line.dimension.empty(),
               "a judgment has its names");
    });
    ensure(once == accepted([&] { reader.read_judgment(text, 7); }), "reading leaves no trace");
    control_plane(text);
    return 0;
}
