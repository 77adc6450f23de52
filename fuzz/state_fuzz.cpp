// Bytes as a journal record: what can be read back is written again to the same bytes.
#include <cstdlib>

#include "runtime/record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const auto record =
      runtime::read_record({reinterpret_cast<const char*>(data), size}, std::string(32, 'k'));
  if (!record) return 0;
  const auto written = dialog::to_json(record->state);
  const auto again = dialog::state_from_json(written);
  if (!again || json::serialize(dialog::to_json(*again)) != json::serialize(written)) std::abort();
  return 0;
}
