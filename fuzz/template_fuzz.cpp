// Bytes as a template, filled with themselves: the source comes back, and nothing that was filled
// in is read as a template again.
#include <cstdlib>
#include <string_view>

#include "flow/text_template.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = flow::parse_template(text);
  if (parsed.source() != text) std::abort();
  size_t asked = 0;
  (void)parsed.fill([&](std::string_view) {
    ++asked;
    return std::string("{ENV}{env.key}");
  });
  if (asked > parsed.parts.size()) std::abort();
  return 0;
}
