// Bytes as a journal record: what can be read back is written again to the same bytes. And the
// same bytes as what follows a record that was written: it is taken or refused, and no more.
#include <cstdlib>

#include "runtime/records/record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  (void)runtime::read_record(body);
  (void)runtime::read_input(body, std::string(32, 'k'));
  runtime::StateReader reader(std::string(32, 'k'));
  if (!reader.take(body)) return 0;
  (void)reader.take(body);
  const auto state = reader.state();
  if (!state) return 0;
  const auto written = dialog::to_json(*state);
  const auto again = dialog::state_from_json(written);
  if (!again || json::serialize(dialog::to_json(*again)) != json::serialize(written)) std::abort();
  return 0;
}
