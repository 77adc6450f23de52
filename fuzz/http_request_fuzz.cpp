// Bytes as what a connection sends: requests one after another. However the bytes are cut the same
// is read, nothing is kept beyond the limits, and nothing is thrown.
#include <cstdlib>

#include "http/request_parser.hpp"

namespace {

constexpr millrace::http::RequestLimits kLimits{4'096, 8'192, 50};

// What was read, in one text.
std::string read_all(std::string_view bytes, size_t piece) {
  millrace::http::RequestParser parser(kLimits);
  std::string all;
  size_t at = 0;
  while (at < bytes.size()) {
    const size_t used = parser.feed(bytes.substr(at, piece));
    at += used;
    if (parser.refusal()) return all + "refused " + std::to_string(parser.refusal()->status);
    if (parser.is_done()) {
      auto& request = parser.request();
      size_t kept = parser.target().size() + request.method.size();
      for (const auto& header : request.headers) kept += header.name.size() + header.value.size();
      if (kept > 2 * kLimits.header_bytes_max) std::abort();
      if (request.body.size() > kLimits.body_bytes_max) std::abort();
      all += request.method + " " + parser.target() + " " + request.body + ";";
      parser.begin();
    } else if (used == 0) {
      std::abort();  // it would wait for ever
    }
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = read_all(bytes, bytes.size() + 1);
  if (read_all(bytes, 1) != whole || read_all(bytes, 13) != whole) std::abort();
  return 0;
}
