// The frames between pool and worker: four bytes of little-endian length, then JSON. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"

namespace millrace::python {

std::string encode_frame(const json::object& frame);
// A frame whose JSON comes in two pieces.
std::string encode_frame(std::string_view head, std::string_view rest);

// Takes bytes as they come and gives whole frames. After an error the stream cannot be trusted.
class FrameReader {
 public:
  explicit FrameReader(size_t bytes_max) : bytes_max_(bytes_max) {}

  void append(std::string_view bytes) { buffer_.append(bytes); }
  // The next frame; nullopt until all of it has come.
  base::Result<std::optional<json::object>> next();

 private:
  size_t bytes_max_;
  std::string buffer_;
  size_t read_ = 0;  // bytes of the buffer already given out
};

}  // namespace millrace::python
