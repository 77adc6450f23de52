#include "flow/settings/settings_visitors.hpp"

#include <algorithm>

#include "flow/settings/settings_keys.hpp"

namespace millrace::flow {

const std::vector<std::string>& upload_kinds() {
  static const std::vector<std::string> kKinds{"image", "pdf",   "document",
                                               "text",  "audio", "video"};
  return kKinds;
}

void read_identify(YamlFile& file, const YamlPair& identify, Program& program) {
  for (const YamlPair& pair : file.pairs(identify.value, "identify")) {
    if (pair.key != "key") {
      file.unknown_key(pair, names_of(identify_keys()));
      continue;
    }
    program.identity_key = file.scalar(pair).value_or("");
    if (!program.identity_key.contains("${")) refuse_secret(file, pair);
  }
}

void read_uploads(YamlFile& file, const YamlPair& uploads, Program& program) {
  for (const YamlPair& pair : file.pairs(uploads.value, "uploads")) {
    if (pair.key == "max_mb") {
      const auto given = file.integer(pair, 0, Uploads::kMegabytesMax);
      if (given) program.uploads.megabytes_max = static_cast<int>(*given);
    } else if (pair.key == "kinds") {
      for (std::string& kind : file.strings(pair)) {
        if (std::ranges::find(upload_kinds(), kind) == upload_kinds().end()) {
          file.error(pair, "bad_value", "'" + kind + "' is no kind of file",
                     "write some of image, pdf, document, text, audio, video");
        } else {
          program.uploads.kinds.push_back(std::move(kind));
        }
      }
    } else {
      file.unknown_key(pair, names_of(uploads_keys()));
    }
  }
}

}  // namespace millrace::flow
