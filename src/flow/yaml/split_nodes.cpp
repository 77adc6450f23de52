#include "flow/yaml/split_nodes.hpp"

#include <algorithm>

namespace millrace::flow {
namespace {

constexpr size_t kBytesMax = 4 << 20;

bool may_begin_key(char c, char next) {
  if (c == '-') return next != ' ' && next != '\n' && next != '-';
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '\'' || c == '"';
}

}  // namespace

std::optional<SplitFlow> split_nodes(std::string_view text) {
  if (text.size() > kBytesMax || text.empty() || static_cast<unsigned char>(text[0]) >= 0x80 ||
      text.find_first_of(std::string_view("\t\r\0", 3)) != std::string_view::npos) {
    return std::nullopt;
  }
  SplitFlow out;
  int line = 0;
  for (size_t begin = 0; begin < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const size_t next = std::min(end + 1, text.size());
    const auto said = text.substr(begin, end - begin);
    const size_t blanks = std::min(said.find_first_not_of(' '), said.size());
    const bool says_nothing = blanks == said.size() || said[blanks] == '#';
    if (out.head.empty()) {
      const bool is_nodes =
          said.starts_with("nodes:") && said.find_first_not_of(' ', 6) == std::string_view::npos;
      if (is_nodes) out.head = text.substr(0, next);
      if (said.starts_with("---") || said.starts_with("...") || said.starts_with('%')) {
        return std::nullopt;
      }
    } else if (!says_nothing) {
      if (out.depth == 0) out.depth = blanks;
      if (out.depth == 0 || blanks < out.depth) return std::nullopt;
      if (blanks == out.depth) {
        const char behind = blanks + 1 < said.size() ? said[blanks + 1] : '\n';
        if (!may_begin_key(said[blanks], behind)) return std::nullopt;
        out.nodes.push_back({text.substr(begin), line});
      }
    }
    begin = next;
  }
  if (out.nodes.empty()) return std::nullopt;
  for (size_t i = 0; i + 1 < out.nodes.size(); ++i) {
    const auto length = out.nodes[i + 1].text.data() - out.nodes[i].text.data();
    out.nodes[i].text = out.nodes[i].text.substr(0, static_cast<size_t>(length));
  }
  return out;
}

}  // namespace millrace::flow
