#include "python/lines.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace millrace::python {

std::vector<Line> LineReader::append(std::string_view bytes) {
  std::vector<Line> lines;
  for (size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    keep(bytes.substr(0, end));
    lines.push_back(std::exchange(line_, {}));
    bytes.remove_prefix(end + 1);
  }
  keep(bytes);
  return lines;
}

std::vector<Line> LineReader::finish() {
  if (line_.text.empty()) return {};
  return {std::exchange(line_, {})};
}

void LineReader::keep(std::string_view bytes) {
  const size_t room = bytes_max_ - line_.text.size();
  line_.cut = line_.cut || bytes.size() > room;
  line_.text.append(bytes.substr(0, room));
}

std::string printable(std::string_view bytes) {
  if (base::is_valid_utf8(bytes)) return std::string(bytes);
  std::string text;
  while (!bytes.empty()) {
    size_t length = 1;
    while (length <= std::min<size_t>(4, bytes.size()) &&
           !base::is_valid_utf8(bytes.substr(0, length))) {
      ++length;
    }
    const bool whole = length <= std::min<size_t>(4, bytes.size());
    text.append(whole ? bytes.substr(0, length) : "?");
    bytes.remove_prefix(whole ? length : 1);
  }
  return text;
}

}  // namespace millrace::python
