#pragma once

#include <string>
#include <string_view>

namespace edgewise::report {

// The audit as one HTML file: template, style, script and the figures themselves. `audit_json` is
// the AuditReport as JSON (edge/report_types.hpp: members by their C++ names, an empty optional as
// null) and is embedded byte for byte but for escapes, so that the file is also its own data.
//
// Texts of the audit are untrusted: nothing in them can end the element that holds them, and the
// page's script only ever writes text nodes and attribute values. A Content-Security-Policy allows
// this one script and this one style, by their hashes, and no request of any kind.
//
// Deterministic: the same JSON gives the same bytes. O(length). Throws Error(invalid_argument) if
// `audit_json` is not one JSON object.
std::string audit_page(std::string_view audit_json);

}  // namespace edgewise::report
