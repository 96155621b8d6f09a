# edgewise_embed(target dir): an object library that defines edgewise::report::assets() with every
# file under `dir`, through the assembler's .incbin: no generated C++ array, no compile time. A file
# that changes is embedded anew; one that comes or goes makes CMake run again.
function(edgewise_embed target dir)
    set(out "${CMAKE_CURRENT_BINARY_DIR}/${target}")
    file(GLOB_RECURSE files CONFIGURE_DEPENDS LIST_DIRECTORIES false "${dir}/*")
    list(FILTER files EXCLUDE REGEX "(~|\\.swp|/\\.[^/]*)$")   # what editors leave behind
    if(NOT files)
        message(FATAL_ERROR "nothing to embed under ${dir}")
    endif()
    set(mime_.html "text/html; charset=utf-8")
    set(mime_.js "text/javascript; charset=utf-8")
    set(mime_.css "text/css; charset=utf-8")
    set(mime_.svg "image/svg+xml")
    set(mime_.json "application/json")

    set(asm ".section .rodata,\"a\",%progbits\n")
    set(externs "")
    set(table "")
    set(i 0)
    foreach(file IN LISTS files)
        file(RELATIVE_PATH path "${dir}" "${file}")
        cmake_path(GET file EXTENSION LAST_ONLY ext)
        set(mime "application/octet-stream")
        if(DEFINED "mime_${ext}")
            set(mime "${mime_${ext}}")
        endif()
        set(name "ew_asset_${i}")
        string(APPEND asm ".global ${name}, ${name}_end\n"
                          "${name}: .incbin \"${file}\"\n${name}_end: .byte 0\n")
        string(APPEND externs "extern const char ${name}[], ${name}_end[];\n")
        string(APPEND table "    Asset{\"/${path}\", \"${mime}\", between(${name}, ${name}_end)},\n")
        math(EXPR i "${i} + 1")
    endforeach()
    string(APPEND asm ".section .note.GNU-stack,\"\",%progbits\n")

    file(CONFIGURE OUTPUT "${out}/assets.S" CONTENT "${asm}" @ONLY)
    file(CONFIGURE OUTPUT "${out}/assets.cpp" @ONLY CONTENT
"// Written by cmake/embed.cmake.
#include \"edgewise/report/assets.hpp\"

extern \"C\" {
${externs}}

namespace edgewise::report {
namespace {
std::string_view between(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}
}  // namespace

std::span<const Asset> assets() noexcept {
    static const Asset table[] = {
${table}    };
    return table;
}

}  // namespace edgewise::report
")
    add_library(${target} OBJECT "${out}/assets.S" "${out}/assets.cpp")
    target_compile_features(${target} PRIVATE cxx_std_20)
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src")
    set_source_files_properties("${out}/assets.S" PROPERTIES OBJECT_DEPENDS "${files}")
endfunction()
