#include "delivery/webhook/address.hpp"

#include "base/text.hpp"

namespace millrace::delivery::webhook {
namespace {

constexpr size_t kUrlMax = 2'048;

std::string_view host_of(std::string_view rest) {
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (rest.starts_with('[')) return rest.substr(0, rest.find(']') + 1);
  return rest.substr(0, rest.find(':'));
}

// By the names and numbers that are never public; whether one may be reached is `egress`'s to say.
bool is_internal(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  for (const std::string_view end : {".localhost", ".internal", ".local"}) {
    if (host.ends_with(end)) return true;
  }
  if (host.find_first_not_of("0123456789.") != host.npos) return false;
  if (host.starts_with("172.") && host.size() > 6 && host[6] == '.') {
    const int second = (host[4] - '0') * 10 + (host[5] - '0');
    return second >= 16 && second <= 31;
  }
  return host.starts_with("127.") || host.starts_with("10.") || host.starts_with("192.168.");
}

}  // namespace

std::string wrong_with_address(std::string_view url) {
  if (url.empty()) return "it has no url";
  if (url.size() > kUrlMax) return "its url is longer than 2,048 bytes";
  if (url.contains('@') || url.contains(' ')) return "a url holds neither a name nor a space";
  const bool is_secure = url.starts_with("https://");
  if (!is_secure && !url.starts_with("http://")) {
    return url.starts_with("${") ? "" : "a url begins with https://";
  }
  const std::string_view rest = url.substr(is_secure ? 8 : 7);
  if (rest.empty() || rest.starts_with('/')) return "its url names no host";
  if (is_secure || rest.starts_with("${") || is_internal(host_of(rest))) return "";
  return "http is for addresses inside; what goes out goes by https";
}

bool is_below(std::string_view url, std::string_view base) {
  if (!wrong_with_address(url).empty() || !url.starts_with(base)) return false;
  for (const char c : url) {
    if (c <= ' ' || c >= 0x7f || c == '\\' || c == '#') return false;
  }
  // Which some take for the folder above, or for another path, spelled out or not.
  const std::string path = base::to_ascii_lower(url.substr(0, url.find('?')));
  for (const std::string_view turn : {"..", "%2e", "%2f", "%5c"}) {
    if (path.contains(turn)) return false;
  }
  const std::string_view rest = url.substr(base.size());
  if (rest.empty() || base.ends_with('/')) return true;
  return rest.starts_with('/') || rest.starts_with('?') ||
         (base.contains('?') && rest.starts_with('&'));
}

}  // namespace millrace::delivery::webhook
