// What a file is, judged by its bytes and by nothing that its sender says; what it may be called;
// and how a browser is to take it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::media {

struct FileType {
  std::string_view type;    // "image/png"
  std::string_view kind;    // of those that solution.yaml can name: "image"
  std::string_view ending;  // ".png"
  bool is_picture = false;  // a page may show it where it stands; everything else is downloaded
};

// nullptr: nobody is to have it. A text is UTF-8 without control characters, whatever it says;
// markup, SVG too, counts as that.
const FileType* type_of(std::string_view bytes);
// One of those by its name; nullptr for any other word.
const FileType* type_named(std::string_view type);

// The name as it is kept: without folders, without what is not to be seen or turns the direction of
// writing, at most 100 characters, with an ending that belongs to the type.
std::string file_name(std::string_view given, const FileType& type);

// The header Content-Disposition for that name (RFC 6266), also for who reads ASCII alone.
std::string disposition(std::string_view name, const FileType& type);

}  // namespace millrace::media
