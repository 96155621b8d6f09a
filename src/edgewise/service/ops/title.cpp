#include "edgewise/service/ops/title.hpp"

#include <filesystem>

namespace edgewise::service {

std::string title_of(std::string_view path) {
    const auto normal = std::filesystem::path(path).lexically_normal();
    const auto parent = normal.parent_path().filename();
    return (normal.has_filename() && normal.has_extension() && !parent.empty()
                ? parent / normal.filename()
            : normal.has_filename() ? normal.filename()
                                    : parent)
        .string();
}

}  // namespace edgewise::service
