#include "media/file_type.hpp"

#include <unicode/utf8.h>

#include <algorithm>
#include <vector>

#include "base/escape.hpp"
#include "base/text.hpp"

namespace millrace::media {
namespace {

constexpr size_t kNameMax = 100;
constexpr std::string_view kText = "text/plain; charset=utf-8";

constexpr FileType kTypes[] = {
    {"image/jpeg", "image", ".jpg", true},
    {"image/png", "image", ".png", true},
    {"image/gif", "image", ".gif", true},
    {"image/webp", "image", ".webp", true},
    {"image/heic", "image", ".heic"},
    {"application/pdf", "pdf", ".pdf"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document",
     ".docx"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "document", ".xlsx"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "document",
     ".pptx"},
    {"application/vnd.oasis.opendocument.text", "document", ".odt"},
    {"application/vnd.oasis.opendocument.spreadsheet", "document", ".ods"},
    {"audio/mpeg", "audio", ".mp3"},
    {"audio/ogg", "audio", ".ogg"},
    {"audio/mp4", "audio", ".m4a"},
    {"audio/wav", "audio", ".wav"},
    {"video/mp4", "video", ".mp4"},
    {"video/quicktime", "video", ".mov"},
    {"video/webm", "video", ".webm"},
    {kText, "text", ".txt"},
};

struct Magic {
  std::string_view bytes;
  size_t at;
  std::string_view type;
};
using namespace std::string_view_literals;
constexpr Magic kMagic[] = {
    {"\xFF\xD8\xFF"sv, 0, "image/jpeg"},
    {"\x89PNG\r\n\x1A\n"sv, 0, "image/png"},
    {"GIF87a"sv, 0, "image/gif"},
    {"GIF89a"sv, 0, "image/gif"},
    {"WEBP"sv, 8, "image/webp"},
    {"%PDF-"sv, 0, "application/pdf"},
    {"ID3"sv, 0, "audio/mpeg"},
    {"\xFF\xFB"sv, 0, "audio/mpeg"},
    {"OggS"sv, 0, "audio/ogg"},
    {"WAVE"sv, 8, "audio/wav"},
    {"\x1A\x45\xDF\xA3"sv, 0, "video/webm"},
    {"ftypheic"sv, 4, "image/heic"},
    {"ftypheix"sv, 4, "image/heic"},
    {"ftypmif1"sv, 4, "image/heic"},
    {"ftypM4A "sv, 4, "audio/mp4"},
    {"ftypqt  "sv, 4, "video/quicktime"},
    {"ftyp"sv, 4, "video/mp4"},
};

// What is in an archive says which document it is; any other archive is none.
constexpr std::pair<std::string_view, std::string_view> kInArchives[] = {
    {"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"},
    {"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
     "application/vnd.oasis.opendocument.spreadsheet"},
    {"word/document.xml", kTypes[6].type},
    {"xl/workbook.xml", kTypes[7].type},
    {"ppt/presentation.xml", kTypes[8].type},
};
// A part that holds macros makes it a program.
constexpr std::string_view kMacros = "vbaProject.bin";

bool is_text(std::string_view bytes) {
  if (bytes.empty() || !base::is_valid_utf8(bytes)) return false;
  return std::ranges::none_of(bytes, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f') || byte == 0x7f;
  });
}

// None of what is no UTF-8.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> out;
  if (!base::is_valid_utf8(text)) return out;
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    U8_FWD_1(text.data(), at, text.size());
    out.push_back(text.substr(from, at - from));
  }
  return out;
}

// Characters that are not seen, or that turn the direction in which a name is read, so that
// "gpj.exe" looks like a picture: U+00AD, U+061C, U+200B to U+200F, U+2028 to U+202E, U+2060 to
// U+206F, U+FEFF; control characters; and what folders are made of.
bool is_unfit(std::string_view character) {
  int32_t at = 0;
  UChar32 c = 0;
  U8_NEXT(character.data(), at, static_cast<int32_t>(character.size()), c);
  if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0xfeff) return true;
  if ((c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)) return true;
  if (c >= 0x2060 && c <= 0x206f) return true;
  return c < 0x80 && std::string_view("/\\:*?\"<>|").contains(static_cast<char>(c));
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '_';
}

}  // namespace

const FileType* type_named(std::string_view type) {
  const auto found = std::ranges::find(kTypes, type, &FileType::type);
  return found == std::end(kTypes) ? nullptr : &*found;
}

const FileType* type_of(std::string_view bytes) {
  for (const Magic& magic : kMagic) {
    if (bytes.size() >= magic.at && bytes.substr(magic.at).starts_with(magic.bytes)) {
      if (magic.at == 8 && !bytes.starts_with("RIFF")) continue;
      return type_named(magic.type);
    }
  }
  if (bytes.starts_with("PK\x03\x04")) {
    if (bytes.contains(kMacros)) return nullptr;
    for (const auto& [holds, type] : kInArchives) {
      if (bytes.contains(holds)) return type_named(type);
    }
    return nullptr;
  }
  return is_text(bytes) ? type_named(kText) : nullptr;
}

std::string file_name(std::string_view given, const FileType& type) {
  // What stands before the last slash is a folder, whoever's.
  given = given.substr(given.find_last_of("/\\") + 1);
  std::string stem;
  for (const std::string_view c : characters(given)) {
    if (!is_unfit(c)) stem += c;
  }
  const auto dot = stem.rfind('.');
  const std::string ending = dot == stem.npos ? "" : base::to_ascii_lower(stem.substr(dot));
  // Of texts any short ending may stay that is no page's: they are never shown as what they say.
  const bool fits = ending == type.ending || (type.type == "image/jpeg" && ending == ".jpeg") ||
                    (type.kind == "text" && (ending == ".csv" || ending == ".md" ||
                                             ending == ".log" || ending == ".json"));
  if (dot != stem.npos && ending.size() <= 6) stem.resize(dot);
  stem = std::string(base::utf8_prefix(base::trim(stem), kNameMax - 8));
  while (!stem.empty() && (stem.front() == '.' || stem.front() == ' ')) stem.erase(0, 1);
  while (!stem.empty() && (stem.back() == '.' || stem.back() == ' ')) stem.pop_back();
  if (stem.empty()) stem = "file";
  return stem + (fits ? ending : std::string(type.ending));
}

std::string disposition(std::string_view name, const FileType& type) {
  std::string ascii;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x80) ascii += is_plain(c) || c == ' ' ? c : '_';
  }
  return std::string(type.is_picture ? "inline" : "attachment") + "; filename=\"" + ascii +
         "\"; filename*=UTF-8''" + base::percent_encode(name);
}

}  // namespace millrace::media
