// Cuts what a worker prints into lines of bounded length. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::python {

struct Line {
  std::string text;
  bool cut = false;  // its end was left out
};

class LineReader {
 public:
  explicit LineReader(size_t bytes_max) : bytes_max_(bytes_max) {}

  // The lines that these bytes complete. What is over the limit is dropped up to the newline.
  std::vector<Line> append(std::string_view bytes);
  // What is left without a newline, when nothing more will come; none when there is nothing.
  std::vector<Line> finish();

 private:
  void keep(std::string_view bytes);

  size_t bytes_max_;
  Line line_;
};

// Valid UTF-8: every byte that does not belong is replaced by '?'.
std::string printable(std::string_view bytes);

}  // namespace millrace::python
