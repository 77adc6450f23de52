#include "egress/connect_request.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::egress {
namespace {

using base::Code;
using base::fail;

constexpr std::string_view kMethod = "CONNECT ";
constexpr size_t kHeadersMax = 32;
constexpr size_t kTagBytesMax = 64;

std::unexpected<base::Error> bad(std::string message) {
  return fail(Code::invalid_argument, std::move(message));
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c == '\t' || (c >= ' ' && c != 0x7f); });
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= kTagBytesMax && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == ':';
  });
}

// Host may leave the port out, and must not say anything else.
bool agrees(std::string_view host, const Authority& to) {
  const auto said = parse_authority(host, to.port);
  return said && *said == to;
}

struct Seen {
  bool host = false;
  bool tag = false;
};

base::Result<void> take_header(std::string_view line, ConnectRequest& request, Seen& seen) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return bad("a header line is malformed");
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = base::trim(line.substr(colon + 1));
  if (!is_value(value)) return bad("a header has a control character");
  if (base::equals_ignoring_case(name, "content-length") ||
      base::equals_ignoring_case(name, "transfer-encoding")) {
    return bad("CONNECT has no body");
  }
  if (base::equals_ignoring_case(name, "host")) {
    if (std::exchange(seen.host, true)) return bad("there are two Host headers");
    if (!agrees(value, request.to)) return bad("Host is not what is to be connected to");
  }
  if (base::equals_ignoring_case(name, "millrace-call")) {
    if (std::exchange(seen.tag, true)) return bad("there are two Millrace-Call headers");
    if (!is_tag(value))
      return bad("Millrace-Call is not 1 to 64 of the characters A-Z a-z 0-9 - _ . :");
    request.tag = value;
  }
  return {};
}

base::Result<Authority> parse_request_line(std::string_view line) {
  line.remove_prefix(kMethod.size());
  const auto blank = line.find(' ');
  const std::string_view version =
      blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return bad("the request line is not CONNECT HOST:PORT HTTP/1.1");
  }
  return parse_authority(line.substr(0, blank), std::nullopt);
}

}  // namespace

base::Result<std::optional<ConnectRequest>> parse_connect(std::string_view received) {
  const size_t begun = std::min(received.size(), kMethod.size());
  if (received.substr(0, begun) != kMethod.substr(0, begun)) {
    return bad("this proxy only makes tunnels: send CONNECT HOST:PORT, also for http");
  }
  const auto end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (received.size() >= kConnectHeadBytesMax) return bad("the request is over 4 KB");
    return std::nullopt;
  }
  if (end + 4 > kConnectHeadBytesMax) return bad("the request is over 4 KB");
  std::string_view rest = received.substr(0, end);
  const auto line_end = rest.find("\r\n");
  auto to = parse_request_line(rest.substr(0, line_end));
  if (!to) return std::unexpected(std::move(to.error()));
  ConnectRequest request{std::move(*to), {}, end + 4};
  Seen seen;
  size_t headers = 0;
  for (auto at = line_end; at != std::string_view::npos;) {
    rest.remove_prefix(at + 2);
    at = rest.find("\r\n");
    if (++headers > kHeadersMax) return bad("there are over 32 headers");
    if (auto taken = take_header(rest.substr(0, at), request, seen); !taken) {
      return std::unexpected(std::move(taken.error()));
    }
  }
  return request;
}

}  // namespace millrace::egress
