#include "egress/target.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace millrace::egress {
namespace {

using base::Code;
using base::fail;

constexpr size_t kUrlBytesMax = 8 * 1024;
constexpr size_t kHostBytesMax = 253;
constexpr size_t kLabelBytesMax = 63;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_hexadecimal(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

// What inet_aton and web browsers take for a number.
bool is_number(std::string_view label) {
  if (label.starts_with("0x") || label.starts_with("0X")) return is_hexadecimal(label.substr(2));
  return std::ranges::all_of(label, is_digit);
}

std::unexpected<base::Error> bad(std::string message) {
  return fail(Code::invalid_argument, std::move(message));
}

base::Result<void> check_label(std::string_view label) {
  if (label.empty()) return bad("the host name has an empty label");
  if (label.size() > kLabelBytesMax) return bad("a label of the host name is over 63 bytes");
  if (label.front() == '-' || label.back() == '-') {
    return bad("a label of the host name begins or ends with '-'");
  }
  return {};
}

base::Result<Host> parse_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty()) return bad("there is no host");
  if (text.size() > kHostBytesMax) return bad("the host name is over 253 bytes");
  for (const char c : text) {
    if (!is_letter(c) && !is_digit(c) && c != '-' && c != '_' && c != '.') {
      return bad(static_cast<unsigned char>(c) >= 0x80
                     ? "the host name is not ASCII: write it as xn--..."
                     : "the host name has a character that does not belong there");
    }
  }
  const auto labels = base::split(text, '.');
  for (const std::string_view label : labels) {
    if (auto fine = check_label(label); !fine) return std::unexpected(fine.error());
  }
  if (!is_number(labels.back())) return Host{base::to_ascii_lower(text), std::nullopt};
  const auto address = parse_address(text);
  if (!address) return bad("an IPv4 address is written as four decimal numbers");
  return Host{to_string(*address), address};
}

base::Result<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool is_plain = !text.empty() && text.size() <= 5 && text.front() != '0';
  if (!is_plain || error != std::errc() || end != text.data() + text.size()) {
    return bad("the port is not a number from 1 to 65535");
  }
  return port;
}

// What may stand in a path or a query: no blank, no control, nothing that needs a second reading.
bool is_target(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '\\'; });
}

std::string_view without_fragment(std::string_view text) {
  return text.substr(0, text.find('#'));
}

// Where the path's last '/' ends; the target always begins with one.
std::string_view folder_of(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  return path.substr(0, path.rfind('/') + 1);
}

bool has_scheme(std::string_view text) {
  const auto end = text.find_first_of(":/?#");
  if (end == std::string_view::npos || text[end] != ':' || end == 0) return false;
  return is_letter(text.front()) && std::ranges::all_of(text.substr(0, end), [](char c) {
           return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
         });
}

}  // namespace

std::string to_string(const Authority& authority) {
  const bool is_v6 = authority.host.address && authority.host.address->is_v6;
  const std::string& name = authority.host.name;
  return (is_v6 ? "[" + name + "]" : name) + ":" + std::to_string(authority.port);
}

base::Result<Host> parse_host(std::string_view text) {
  if (!text.starts_with('[')) return parse_name(text);
  if (!text.ends_with(']')) return bad("the bracket of the IPv6 address is not closed");
  const std::string_view inside = text.substr(1, text.size() - 2);
  if (inside.find(':') == std::string_view::npos) return bad("only IPv6 addresses go in brackets");
  const auto address = parse_address(inside);
  if (!address) return bad("this is not an IPv6 address");
  return Host{to_string(*address), address};
}

base::Result<Authority> parse_authority(std::string_view text, std::optional<uint16_t> port) {
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  auto host = parse_host(text.substr(0, colon));
  if (!host) return std::unexpected(std::move(host.error()));
  if (colon == std::string_view::npos) {
    if (!port) return bad("there is no port: write HOST:PORT");
    return Authority{std::move(*host), *port};
  }
  const auto written = parse_port(text.substr(colon + 1));
  if (!written) return std::unexpected(written.error());
  return Authority{std::move(*host), *written};
}

std::string Url::text() const {
  return origin() + target;
}

std::string Url::origin() const {
  return (secure ? "https://" : "http://") + to_string(authority);
}

base::Result<Url> parse_url(std::string_view text) {
  if (text.size() > kUrlBytesMax) return bad("the address is over 8 KB");
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return bad("the address is not http:// or https://");
  const std::string_view scheme = text.substr(0, colon);
  Url url;
  url.secure = base::equals_ignoring_case(scheme, "https");
  if (!url.secure && !base::equals_ignoring_case(scheme, "http")) {
    return bad("the address is not http:// or https://");
  }
  const std::string_view rest = without_fragment(text.substr(colon + 3));
  const auto end = rest.find_first_of("/?");
  const std::string_view where = rest.substr(0, end);
  if (where.find('@') != std::string_view::npos) {
    return bad("the address has a user name or '@' before the host: send credentials as a header");
  }
  auto authority = parse_authority(where, url.secure ? 443 : 80);
  if (!authority) return std::unexpected(std::move(authority.error()));
  url.authority = std::move(*authority);
  if (end == std::string_view::npos) return url;
  url.target = rest[end] == '?' ? "/" : "";
  url.target += rest.substr(end);
  if (!is_target(url.target))
    return bad("the address has a character that must be percent-encoded");
  return url;
}

base::Result<Url> parse_reference(const Url& from, std::string_view text) {
  text = without_fragment(base::trim(text));
  if (text.size() > kUrlBytesMax) return bad("the address is over 8 KB");
  if (!is_target(text)) return bad("the address has a character that must be percent-encoded");
  if (has_scheme(text)) return parse_url(text);
  if (text.starts_with("//"))
    return parse_url((from.secure ? "https:" : "http:") + std::string(text));
  Url url = from;
  if (text.starts_with('/')) {
    url.target = text;
  } else if (text.starts_with('?')) {
    url.target = url.target.substr(0, url.target.find('?')) + std::string(text);
  } else if (!text.empty()) {
    url.target = std::string(folder_of(url.target)) + std::string(text);
  }
  if (url.target.size() > kUrlBytesMax) return bad("the address is over 8 KB");
  return url;
}

}  // namespace millrace::egress
