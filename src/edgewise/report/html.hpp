#pragma once

#include <string>
#include <string_view>

namespace edgewise::report {

// A response as one HTML file: template, style, script and the figures themselves. `kind` is the
// Operation::page that shows it ("audit"); `json` is the response and is embedded byte for byte but
// for escapes, so that the file is also its own data.
//
// Texts in the response are untrusted: nothing in them can end the element that holds them, and the
// page's script only ever writes text nodes and attribute values. A Content-Security-Policy allows
// this one script and this one style, by their hashes, and no request of any kind.
//
// Deterministic: the same JSON gives the same bytes. O(length). Throws Error(invalid_argument) if
// `json` is not one JSON object, and Error(not_found) for a kind that there is not.
std::string report_page(std::string_view kind, std::string_view json);

}  // namespace edgewise::report
