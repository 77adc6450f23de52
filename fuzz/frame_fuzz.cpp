// Bytes as a Phoenix frame: what is read is written and read back the same.
#include <cstdlib>

#include "engage/phoenix.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace::engage;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Serializer serializer : {Serializer::v1, Serializer::v2}) {
    const auto frame = read_frame(serializer, text);
    if (!frame) continue;
    const std::string written = write_frame(serializer, *frame);
    const auto again = read_frame(serializer, written);
    if (!again || write_frame(serializer, *again) != written) std::abort();
  }
  return 0;
}
