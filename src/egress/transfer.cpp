#include "egress/transfer.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/text.hpp"

namespace millrace::egress {
namespace {

using Kind = web::OutboundAnswer::Kind;

constexpr size_t kHeaderBytesMax = 64 * 1024;
constexpr size_t kRequestHeadersMax = 100;

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
  });
}

// What this side decides about; a caller's word would let two servers disagree about a request.
bool is_ours(std::string_view name) {
  constexpr std::string_view kOurs[] = {
      "host", "content-length", "transfer-encoding",   "connection",       "expect",    "upgrade",
      "te",   "trailer",        "proxy-authorization", "proxy-connection", "keep-alive"};
  return std::ranges::find(kOurs, base::to_ascii_lower(name)) != std::end(kOurs);
}

bool is_safe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

void append(CurlList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  MILLRACE_CHECK(longer != nullptr);
  (void)list.release();
  list.reset(longer);
}

// The address and port; an address of no family that is known is never among the checked ones.
std::pair<Address, uint16_t> read(const sockaddr& from) {
  if (from.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &from, sizeof v4);
    return {Address::v4(ntohl(v4.sin_addr.s_addr)), ntohs(v4.sin_port)};
  }
  if (from.sa_family != AF_INET6) return {};
  sockaddr_in6 v6{};
  std::memcpy(&v6, &from, sizeof v6);
  std::array<uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return {Address::v6(bytes), ntohs(v6.sin6_port)};
}

}  // namespace

std::optional<std::string> problem_of(const web::OutboundRequest& request) {
  const bool is_known = request.method.size() <= 32 && is_token(request.method) &&
                        request.method != "CONNECT" && request.method != "TRACE";
  if (!is_known) return "the method is not one that is sent";
  if (request.headers.size() > kRequestHeadersMax) return "there are over 100 headers";
  size_t bytes = 0;
  for (const web::Header& header : request.headers) {
    if (!is_token(header.name) || !is_value(header.value)) return "a header is malformed";
    if (is_ours(header.name)) return "the header " + header.name + " is not the caller's to set";
    bytes += header.name.size() + header.value.size();
  }
  if (bytes > kHeaderBytesMax) return "the headers are over 64 KB";
  return std::nullopt;
}

Transfer::Transfer(CURL* easy, const ClientOptions& options, const web::OutboundRequest& request,
                   const Url& url, std::vector<Address> addresses, bool through_proxy,
                   milliseconds time_left)
    : easy_(easy),
      request_(request),
      url_(url),
      addresses_(std::move(addresses)),
      through_proxy_(through_proxy) {
  set_up(options, time_left);
  set_up_request();
  if (!through_proxy_) pin();
}

void Transfer::set_up(const ClientOptions& options, milliseconds time_left) {
  curl_easy_setopt(easy_, CURLOPT_URL, url_.text().c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
  }
  // An empty one also keeps the environment's proxies out.
  curl_easy_setopt(easy_, CURLOPT_PROXY, through_proxy_ ? options.upstream_proxy.c_str() : "");
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(time_left.count()));
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min(time_left, options.connect_time).count()));
  const auto kept_s = std::chrono::ceil<std::chrono::seconds>(options.kept_for);
  curl_easy_setopt(easy_, CURLOPT_MAXAGE_CONN, static_cast<long>(kept_s.count()));
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Transfer::take_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &Transfer::before_request);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
}

void Transfer::set_up_request() {
  append(headers_, "Expect:");
  bool has_type = false;
  for (const web::Header& header : request_.headers) {
    has_type = has_type || base::equals_ignoring_case(header.name, "content-type");
    // An empty one is sent only when it is written with a semicolon.
    append(headers_, header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  if (!has_type) append(headers_, "Content-Type:");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_.get());
  if (request_.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
  } else if (request_.method != "GET" || !request_.body.empty()) {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.data());
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
}

// Curl is told what the name stands for, and asked in open_socket() whether it believed it.
void Transfer::pin() {
  if (url_.authority.host.address) return;
  std::string line = "+" + to_string(url_.authority) + ":";
  for (const Address& address : addresses_) {
    if (line.back() != ':') line += ',';
    line += address.is_v6 ? "[" + to_string(address) + "]" : to_string(address);
  }
  append(pinned_, line);
  curl_easy_setopt(easy_, CURLOPT_RESOLVE, pinned_.get());
}

curl_socket_t Transfer::open_socket(void* self, curlsocktype, curl_sockaddr* to) {
  const auto& transfer = *static_cast<Transfer*>(self);
  if (!transfer.through_proxy_) {
    const auto [address, port] = read(to->addr);
    const bool was_checked =
        std::ranges::find(transfer.addresses_, address) != transfer.addresses_.end();
    if (!was_checked || port != transfer.url_.authority.port) return CURL_SOCKET_BAD;
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

// Called when the connection stands, before each time that the request is written. Curl writes it
// once more, on another connection, when a kept one ended without an answer.
int Transfer::before_request(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.is_written() && !is_safe(transfer.request_.method)) {
    transfer.was_stopped_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  ++transfer.attempts_;
  return CURL_PREREQFUNC_OK;
}

size_t Transfer::take_body(char* data, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string& body = transfer.response_.body;
  if (body.size() + size * count > transfer.request_.answer_bytes_max) {
    transfer.is_too_large_ = true;
    return 0;
  }
  body.append(data, size * count);
  return size * count;
}

size_t Transfer::take_header(char* data, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string_view line(data, size * count);
  transfer.header_bytes_ += line.size();
  if (transfer.header_bytes_ > kHeaderBytesMax) {
    transfer.is_too_large_ = true;
    return 0;
  }
  const auto colon = line.find(':');
  auto& headers = transfer.response_.headers;
  if (line.starts_with("HTTP/")) {
    headers.clear();  // those before were an interim answer's
  } else if (colon != std::string_view::npos) {
    headers.push_back({std::string(base::trim(line.substr(0, colon))),
                       std::string(base::trim(line.substr(colon + 1)))});
  }
  return size * count;
}

bool Transfer::is_written() const {
  if (attempts_ == 0) return false;
  long bytes = 0;  // also those of a CONNECT to an upstream proxy: too many rather than too few
  curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &bytes);
  return bytes > 0;
}

std::string Transfer::reason(CURLcode code) const {
  const std::string to = url_.origin() + ": ";
  if (was_stopped_) return to + "the connection ended before there was an answer";
  if (is_too_large_) return to + "the answer is larger than is accepted";
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return to + (attempts_ == 0 ? "no connection in time" : "no whole answer in time");
  }
  return to + (error_[0] != '\0' ? error_ : curl_easy_strerror(code));
}

web::OutboundAnswer Transfer::answer(CURLcode code) {
  if (code != CURLE_OK) {
    return {is_written() ? Kind::unknown : Kind::not_sent, {}, reason(code)};
  }
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return {Kind::answered, std::move(response_), {}};
}

}  // namespace millrace::egress
