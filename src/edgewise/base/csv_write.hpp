#pragma once

#include <string>
#include <string_view>

namespace edgewise {

// Appends one field of a comma-separated file (RFC 4180): in quotes, quotes doubled, where it holds
// a comma, a quote or a line end; as it is otherwise. O(length).
void append_csv_field(std::string& out, std::string_view text);

}  // namespace edgewise
