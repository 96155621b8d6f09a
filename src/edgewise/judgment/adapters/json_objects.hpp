#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace edgewise::judgment::formats {

// One object of a JSON text that holds many: where it lies.
struct JsonObject {
    std::string key;  // its name, where the objects are members of one object
    std::size_t begin = 0;
    std::size_t size = 0;
    std::uint64_t line = 1;  // of the text
};

// Finds the objects of a JSON array, or of an object whose members are objects, one after the
// other, by their braces: what stands inside them is not looked at and may not be JSON. O(bytes).
class JsonObjects {
public:
    // `file` is named in errors. With `cut` the text may end anywhere, as the start of a file does.
    JsonObjects(std::string file, std::string_view text, bool keyed, bool cut);

    // The next one; false at the end. Throws Error(invalid_data) with the line for anything else
    // between the objects, after them, or instead of their end.
    bool next(JsonObject& out);

private:
    void skip_space();
    char look() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    // Takes the character; false where the text is cut before it.
    bool take(char wanted, std::string_view expected);
    bool pass_string();
    bool pass_object();
    [[noreturn]] void fail(std::string_view expected) const;

    std::string file_;
    std::string_view text_;
    bool keyed_, cut_;
    bool first_ = true, done_ = false;
    std::size_t at_ = 0;
    std::uint64_t line_ = 1;
};

}  // namespace edgewise::judgment::formats
