#pragma once

#include <string>
#include <string_view>

namespace edgewise::service {

// A heading for what was read from `path`: a folder's name, or that of a file with its folder:
// "fed/ratings.csv".
std::string title_of(std::string_view path);

}  // namespace edgewise::service
