// The files of `web/` that browsers fetch, as the build has embedded them (room.cmake).
#pragma once

#include <span>
#include <string_view>

namespace millrace::channels {

struct WebFile {
  std::string_view path;     // "chat.js", "assets/stars.js", "sdk/launcher.js"
  std::string_view content;  // as it stands in the repository
  std::string_view packed;   // with gzip
};
std::span<const WebFile> web_files();

extern const std::string_view kChatHtml;
extern const std::string_view kPreviewHtml;
extern const std::string_view kTagScript;  // web/tag, as one script
extern const std::string_view kTagPacked;

}  // namespace millrace::channels
