#include "python/frames.hpp"

#include <cstdint>

namespace millrace::python {
namespace {

constexpr size_t kHeader = 4;

uint32_t length_at(std::string_view bytes) {
  uint32_t length = 0;
  for (size_t i = kHeader; i > 0; --i) {
    length = length << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return length;
}

}  // namespace

std::string encode_frame(const json::object& frame) {
  return encode_frame(json::serialize(frame), {});
}

std::string encode_frame(std::string_view head, std::string_view rest) {
  const size_t size = head.size() + rest.size();
  std::string out;
  out.reserve(kHeader + size);
  for (size_t i = 0; i < kHeader; ++i) {
    out.push_back(static_cast<char>(static_cast<uint32_t>(size) >> (8 * i)));
  }
  out.append(head);
  out.append(rest);
  return out;
}

base::Result<std::optional<json::object>> FrameReader::next() {
  const std::string_view rest = std::string_view(buffer_).substr(read_);
  if (rest.size() < kHeader) {
    buffer_.erase(0, read_);
    read_ = 0;
    return std::nullopt;
  }
  const size_t length = length_at(rest);
  if (length > bytes_max_) {
    return base::fail(base::Code::resource_exhausted, "a frame of " + std::to_string(length) +
                                                          " bytes; the limit is " +
                                                          std::to_string(bytes_max_));
  }
  if (rest.size() < kHeader + length) return std::nullopt;
  auto frame = json::parse_object(rest.substr(kHeader, length));
  if (!frame) return std::unexpected(frame.error());
  read_ += kHeader + length;
  return std::move(*frame);
}

}  // namespace millrace::python
