#pragma once

#include <span>
#include <string_view>

namespace edgewise::report {

// One file of the report page, embedded by cmake/embed.cmake.
struct Asset {
    std::string_view path;
    std::string_view mime;
    std::string_view content;
};

std::span<const Asset> assets() noexcept;

}  // namespace edgewise::report
