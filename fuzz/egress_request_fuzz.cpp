// What a sandboxed worker says to the proxy: read the same however it is cut, and never further
// than its head.
#include <cstdlib>

#include "egress/connect_request.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace::egress;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = parse_connect(text);
  if (whole && *whole) {
    const ConnectRequest& request = **whole;
    if (request.head_bytes > size || request.head_bytes > kConnectHeadBytesMax) std::abort();
    if (request.to.port == 0 || request.tag.size() > 64) std::abort();
    const auto head = parse_connect(text.substr(0, request.head_bytes));
    if (!head || !*head || (*head)->to != request.to) std::abort();
    const auto less = parse_connect(text.substr(0, request.head_bytes - 1));
    if (!less || *less) std::abort();
  }
  if (!whole && size < kConnectHeadBytesMax && parse_connect(std::string(text) + "x")) {
    std::abort();  // what cannot become a request does not become one by more of it
  }
  return 0;
}
