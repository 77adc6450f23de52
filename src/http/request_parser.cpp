#include "http/request_parser.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "http/request_words.hpp"

namespace millrace::http {
namespace {

constexpr size_t kMethodBytesMax = 32;
constexpr int kSizeDigitsMax = 16;
constexpr std::string_view kHeadersTooLarge = "the request's headers are too large";

std::string_view without_blanks(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool can_begin_request(std::string_view line) {
  if (line.empty() || line == "\r") return true;
  const auto method = line.substr(0, line.find(' '));
  // "\r" may be the end of a line without a blank, which take_request_line() refuses.
  return method.size() <= kMethodBytesMax + 1 &&
         is_token(method.ends_with('\r') ? method.substr(0, method.size() - 1) : method);
}

}  // namespace

void RequestParser::begin() {
  state_ = State::request_line;
  refusal_.reset();
  request_ = {};
  target_.clear();
  authority_.clear();
  line_.clear();
  header_bytes_ = 0;
  fields_ = 0;
  hosts_ = 0;
  minor_version_ = 1;
  length_.reset();
  is_chunked_ = false;
  expects_continue_ = false;
  wants_kept_ = false;
  wants_closed_ = false;
  wants_upgrade_ = false;
  left_ = 0;
  size_digits_ = 0;
}

void RequestParser::refuse(int status, std::string_view reason) {
  if (refusal_) return;
  refusal_ = Refusal{status, reason};
  state_ = State::refused;
  line_.clear();
}

bool RequestParser::upgrades_to_websocket() const {
  if (!wants_upgrade_ || minor_version_ == 0 || request_.method != "GET") return false;
  const auto upgrade = request_.header("Upgrade");
  return upgrade && list_has(*upgrade, "websocket");
}

size_t RequestParser::feed(std::string_view bytes) {
  size_t used = 0;
  while (used < bytes.size() && state_ < State::done) {
    const std::string_view rest = bytes.substr(used);
    const bool by_line =
        state_ == State::request_line || state_ == State::field || state_ == State::trailer;
    used += by_line ? feed_line(rest) : feed_body(rest);
  }
  return used;
}

bool RequestParser::count_header_bytes(size_t count) {
  header_bytes_ += count;
  if (header_bytes_ <= limits_.header_bytes_max) return true;
  if (state_ == State::request_line) {
    refuse(414, "the request line is too long");
  } else {
    refuse(431, kHeadersTooLarge);
  }
  return false;
}

size_t RequestParser::feed_line(std::string_view bytes) {
  const auto end = bytes.find('\n');
  const std::string_view part = bytes.substr(0, end);
  const size_t used = end == bytes.npos ? bytes.size() : end + 1;
  // What cannot become a request is not waited for.
  constexpr size_t kLookedAt = kMethodBytesMax + 2;
  const auto begins = [&] {
    if (line_.empty()) return can_begin_request(part.substr(0, kLookedAt));
    const std::string joined = line_ + std::string(part.substr(0, kLookedAt));
    return can_begin_request(std::string_view(joined).substr(0, kLookedAt));
  };
  if (state_ == State::request_line && line_.size() < kLookedAt && !begins()) {
    refuse(400, "not a well-formed request line");
    return used;
  }
  if (!count_header_bytes(used)) return used;
  if (end == bytes.npos) {
    line_ += part;
    return used;
  }
  std::string whole;
  std::string_view line = part;
  if (!line_.empty()) {
    whole = std::exchange(line_, {});
    whole += part;
    line = whole;
  }
  if (!line.ends_with('\r')) {
    refuse(400, "a line must end with CR LF");
    return used;
  }
  line.remove_suffix(1);
  take_line(line);
  return used;
}

void RequestParser::take_line(std::string_view line) {
  if (state_ == State::request_line) {
    // RFC 9112 2.2: an empty line before a request is left out; a second one is not.
    if (line.empty() && header_bytes_ == 2) return;
    take_request_line(line);
  } else if (line.empty()) {
    state_ == State::field ? end_head() : static_cast<void>(state_ = State::done);
  } else if (auto field = read_field(line)) {
    // What a trailer says is checked and dropped: nothing here has a use for one.
    if (state_ == State::field) take_field(std::move(*field));
  }
}

void RequestParser::take_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last) {
    refuse(400, "not a well-formed request line");
    return;
  }
  const auto method = line.substr(0, first);
  if (method.size() > kMethodBytesMax || !is_token(method)) {
    refuse(400, "not a well-formed method");
    return;
  }
  request_.method = method;
  if (!take_version(line.substr(last + 1))) return;
  if (!take_target(line.substr(first + 1, last - first - 1))) {
    refuse(400, "not a well-formed request target");
    return;
  }
  request_.headers.reserve(12);
  state_ = State::field;
}

bool RequestParser::take_version(std::string_view version) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' ||
      !is_digit(version[5]) || !is_digit(version[7])) {
    refuse(400, "not a well-formed HTTP version");
    return false;
  }
  if (version[5] != '1') {
    refuse(505, "only HTTP/1.1 is spoken here");
    return false;
  }
  minor_version_ = version[7] == '0' ? 0 : 1;
  return true;
}

bool RequestParser::take_target(std::string_view target) {
  if (!is_target(target)) return false;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!base::equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    // The absolute form, which proxies send: what counts begins at the path.
    target.remove_prefix(scheme.size());
    const auto end = target.find_first_of("/?");
    authority_ = target.substr(0, end);
    if (!is_authority(authority_)) return false;
    target_ = end == target.npos ? "/" : target.substr(end);
    if (target_.starts_with('?')) target_.insert(0, "/");
    return true;
  }
  target_ = target;
  return target.starts_with('/') || (target == "*" && request_.method == "OPTIONS");
}

std::optional<web::Header> RequestParser::read_field(std::string_view line) {
  if (++fields_ > limits_.fields_max) {
    refuse(431, "the request has too many headers");
    return std::nullopt;
  }
  const auto colon = line.find(':');
  // A name that is a token excludes folded lines and blanks before the colon.
  if (colon == line.npos || !is_token(line.substr(0, colon)) ||
      !is_field_value(line.substr(colon + 1))) {
    refuse(400, "not a well-formed header");
    return std::nullopt;
  }
  return web::Header{std::string(line.substr(0, colon)),
                     std::string(without_blanks(line.substr(colon + 1)))};
}

void RequestParser::take_field(web::Header field) {
  const auto is = [&](std::string_view name) {
    return base::equals_ignoring_case(field.name, name);
  };
  if (is("Host")) {
    if (++hosts_ > 1 || !is_authority(field.value)) {
      refuse(400, "there must be one Host, of the form host:port");
      return;
    }
    if (!authority_.empty()) field.value = authority_;
  } else if (is("Content-Length") || is("Transfer-Encoding")) {
    take_framing(field);
  } else if (is("Connection")) {
    take_connection(field.value);
  } else if (is("Expect")) {
    if (!base::equals_ignoring_case(field.value, "100-continue")) {
      refuse(417, "only 100-continue can be expected");
      return;
    }
    expects_continue_ = true;
  }
  if (!refusal_) request_.headers.push_back(std::move(field));
}

void RequestParser::take_framing(const web::Header& field) {
  if (length_ || is_chunked_) {
    refuse(400, "the length of the body is said twice");
  } else if (base::equals_ignoring_case(field.name, "Transfer-Encoding")) {
    is_chunked_ = base::equals_ignoring_case(field.value, "chunked");
    if (!is_chunked_) refuse(400, "the only transfer coding that is understood is chunked");
    if (minor_version_ == 0) refuse(400, "HTTP/1.0 has no transfer codings");
  } else {
    const std::string& text = field.value;
    const bool is_number =
        !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    uint64_t length = 0;
    if (!is_number) {
      refuse(400, "not a well-formed Content-Length");
    } else if (std::from_chars(text.data(), text.data() + text.size(), length).ec != std::errc()) {
      length_ = UINT64_MAX;  // more than any limit
    } else {
      length_ = length;
    }
  }
}

void RequestParser::take_connection(std::string_view value) {
  if (list_has(value, "close")) wants_closed_ = true;
  if (list_has(value, "keep-alive")) wants_kept_ = true;
  if (list_has(value, "upgrade")) wants_upgrade_ = true;
}

void RequestParser::end_head() {
  if (minor_version_ > 0) {
    wants_kept_ = true;
    if (hosts_ == 0) {
      refuse(400, "there must be one Host, of the form host:port");
      return;
    }
  }
  if (length_.value_or(0) > limits_.body_bytes_max) {
    refuse(413, "Request Entity Too Large");
    return;
  }
  fields_ = 0;
  left_ = length_.value_or(0);
  state_ = is_chunked_ ? State::chunk_size : left_ > 0 ? State::sized_body : State::done;
}

size_t RequestParser::feed_body(std::string_view bytes) {
  if (state_ == State::sized_body || state_ == State::chunk_data) return feed_data(bytes);
  take_chunk_byte(bytes.front());
  return 1;
}

size_t RequestParser::feed_data(std::string_view bytes) {
  const auto part = bytes.substr(0, left_);
  request_.body += part;
  left_ -= part.size();
  if (left_ == 0) state_ = state_ == State::sized_body ? State::done : State::chunk_data_cr;
  return part.size();
}

void RequestParser::take_chunk_byte(char c) {
  const auto expect = [&](char wanted, State next) {
    c == wanted ? static_cast<void>(state_ = next) : refuse(400, "not a well-formed chunk");
  };
  switch (state_) {
    case State::chunk_size: take_size_digit(c); break;
    case State::chunk_extension:
      if (!count_header_bytes(1)) return;
      if (c == '\r') {
        state_ = State::chunk_size_end;
      } else if (!is_field_value({&c, 1})) {
        refuse(400, "not a well-formed chunk extension");
      }
      break;
    case State::chunk_size_end:
      if (c == '\n') return end_chunk_size();
      refuse(400, "not a well-formed chunk");
      break;
    case State::chunk_data_cr: expect('\r', State::chunk_data_lf); break;
    case State::chunk_data_lf: expect('\n', State::chunk_size); break;
    default: break;
  }
}

void RequestParser::take_size_digit(char c) {
  uint64_t digit = 0;
  if (std::from_chars(&c, &c + 1, digit, 16).ec == std::errc()) {
    if (++size_digits_ > kSizeDigitsMax) return refuse(400, "not a well-formed chunk size");
    left_ = left_ * 16 + digit;
    return;
  }
  if (size_digits_ == 0) return refuse(400, "not a well-formed chunk size");
  if (c == '\r') {
    state_ = State::chunk_size_end;
  } else if (c == ';') {
    state_ = State::chunk_extension;
  } else {
    refuse(400, "not a well-formed chunk size");
  }
}

void RequestParser::end_chunk_size() {
  size_digits_ = 0;
  if (left_ == 0) {
    state_ = State::trailer;
  } else if (left_ > limits_.body_bytes_max - request_.body.size()) {
    refuse(413, "Request Entity Too Large");
  } else {
    state_ = State::chunk_data;
  }
}

}  // namespace millrace::http
