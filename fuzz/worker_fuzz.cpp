// Bytes as what a worker says: frames and printed lines, whole and in pieces, come out the same.
#include <cstdlib>

#include "base/text.hpp"
#include "python/frames.hpp"
#include "python/redaction.hpp"

namespace {

using namespace millrace::python;

constexpr size_t kFrameBytesMax = 4096;

std::string frames_of(std::string_view bytes, size_t step) {
  FrameReader reader(kFrameBytesMax);
  std::string all;
  for (size_t at = 0; at < bytes.size(); at += step) {
    reader.append(bytes.substr(at, step));
    for (;;) {
      auto frame = reader.next();
      if (!frame) return all + "!";
      if (!*frame) break;
      all += millrace::json::serialize(**frame) + "\n";
    }
  }
  return all;
}

std::string lines_of(std::string_view bytes, size_t step) {
  LineReader reader(100);
  Sensitives sensitive;
  add_sensitive(sensitive, "planted secret", "KEY");
  std::string all;
  const auto add = [&](const std::vector<Line>& lines) {
    for (const Line& line : lines) all += fit_for_log(line, sensitive, 80) + "\n";
  };
  for (size_t at = 0; at < bytes.size(); at += step) add(reader.append(bytes.substr(at, step)));
  add(reader.finish());
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (frames_of(bytes, size + 1) != frames_of(bytes, 3)) std::abort();
  const std::string lines = lines_of(bytes, size + 1);
  if (lines != lines_of(bytes, 3) || lines.contains("planted secret")) std::abort();
  if (!millrace::base::is_valid_utf8(lines)) std::abort();
  return 0;
}
