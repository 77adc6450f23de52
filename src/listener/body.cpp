#include "listener/body.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/hash.hpp"
#include "base/web/web.hpp"

namespace millrace::listener {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest, with the header of gzip

// Ends an inflation however its function is left.
class Inflation {
 public:
  Inflation() : is_begun_(inflateInit2(&stream_, kGzipWindow) == Z_OK) {}
  ~Inflation() {
    if (is_begun_) inflateEnd(&stream_);
  }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  bool is_begun() const { return is_begun_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool is_begun_;
};

bool is_gzip(std::string_view bytes) {
  return bytes.size() > 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

base::Result<std::string> from_form(std::string_view form) {
  std::string_view value = form.substr(std::string_view("data=").size());
  value = value.substr(0, value.find('&'));
  std::string text = web::percent_decode(value, /*plus_is_blank=*/false);
  if (text.starts_with('{') || text.starts_with('[')) return text;
  std::string decoded = from_any_base64(text);
  if (decoded.empty()) {
    return base::fail(base::Code::invalid_argument, "'data' is neither JSON nor base64 of it");
  }
  return is_gzip(decoded) ? gunzip(decoded, kPlainBytesMax) : decoded;
}

}  // namespace

base::Result<std::string> gunzip(std::string_view bytes, size_t bytes_max) {
  Inflation inflation;
  if (!inflation.is_begun()) {
    return base::fail(base::Code::internal, "zlib could not be begun");
  }
  z_stream& stream = inflation.stream();
  // zlib only reads what is handed in.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 64 * 1024> piece;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = piece.size();
    status = inflate(&stream, Z_NO_FLUSH);
    const size_t made = piece.size() - stream.avail_out;
    if ((status != Z_OK && status != Z_STREAM_END) || (made == 0 && status != Z_STREAM_END)) {
      return base::fail(base::Code::invalid_argument, "the body is no whole gzip");
    }
    if (out.size() + made > bytes_max) {
      return base::fail(
          base::Code::resource_exhausted,
          "the body is longer than " + std::to_string(bytes_max) + " bytes when it is unpacked");
    }
    out.append(piece.data(), made);
  }
  return out;
}

std::string from_any_base64(std::string_view text) {
  std::string url(text);
  std::ranges::replace(url, '+', '-');
  std::ranges::replace(url, ' ', '-');  // a form's plus
  std::ranges::replace(url, '/', '_');
  while (url.ends_with('=')) url.pop_back();
  return base::from_base64url(url);
}

base::Result<std::string> plain_body(std::string body) {
  if (is_gzip(body)) return gunzip(body, kPlainBytesMax);
  if (body.starts_with("data=")) return from_form(body);
  return body;
}

}  // namespace millrace::listener
