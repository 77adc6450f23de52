// Bytes as a file of the record log: whatever stands there, what is read is whole, and reading
// ends.
#include <cstdlib>

#include "storage/record_log/record_frames.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace::storage;
  if (size < 8) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::string again;
  const std::string_view whole = rest;
  while (const auto frame = take_frame(rest, 7)) {
    append_frame(again, 7, frame->number, frame->record);
  }
  if (whole.substr(0, again.size()) != again) std::abort();
  // The bytes as records of their own come back, whatever follows them.
  std::string written;
  append_frame(written, 9, data[0], whole.substr(1));
  written.append(whole);
  std::string_view read = written;
  const auto frame = take_frame(read, 9);
  if (!frame || frame->record != whole.substr(1) || frame->number != data[0]) std::abort();
  return 0;
}
