#include "flow/yaml/comments.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace millrace::flow {
namespace {

// Finds the comments, knowing quotes and literal blocks.
class CommentScanner {
 public:
  explicit CommentScanner(std::string_view text) : lines_(base::split(text, '\n')) {}

  std::vector<Comment> run() {
    for (size_t i = 0; i < lines_.size(); ++i) scan(static_cast<int>(i), lines_[i]);
    return std::move(comments_);
  }

 private:
  // Where what a line says begins, dashes of lists passed over.
  static size_t depth_of(std::string_view line) {
    size_t at = 0;
    while (at < line.size()) {
      if (line[at] == ' ') {
        ++at;
      } else if (line[at] == '-' && at + 1 < line.size() && line[at + 1] == ' ') {
        at += 2;
      } else {
        break;
      }
    }
    return at;
  }

  static bool opens_block(std::string_view said) {
    said = base::trim(said);
    size_t at = said.find_last_of("|>");
    if (at == std::string_view::npos) return false;
    const auto behind = said.substr(at + 1);
    if (behind.find_first_not_of("+-0123456789") != std::string_view::npos) return false;
    return at == 0 || said[at - 1] == ' ';
  }

  void scan(int number, std::string_view line) {
    const bool is_blank = base::trim(line).empty();
    if (block_depth_) {
      const size_t spaces = std::min(line.find_first_not_of(' '), line.size());
      if (is_blank || spaces > *block_depth_) return;
      block_depth_.reset();
    }
    if (is_blank && quote_ == 0) return;
    const size_t begin = quote_ == 0 ? 0 : std::string_view::npos;
    bool token_starts = true;
    for (size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (quote_ != 0) {
        if (quote_ == '"' && c == '\\') {
          ++i;
        } else if (c == quote_ && quote_ == '\'' && i + 1 < line.size() && line[i + 1] == '\'') {
          ++i;
        } else if (c == quote_) {
          quote_ = 0;
          token_starts = false;
        }
        continue;
      }
      if ((c == '"' || c == '\'') && token_starts) {
        quote_ = c;
        continue;
      }
      if (c == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) {
        const auto before = base::trim(line.substr(0, i));
        const bool blank_above =
            number > 0 && base::trim(lines_[static_cast<size_t>(number) - 1]).empty();
        comments_.push_back({number, std::string(base::trim(line.substr(i))),
                             !before.empty() || begin != 0, blank_above});
        line = line.substr(0, i);
        break;
      }
      if (c != ' ') token_starts = c == ',' || c == '[' || c == '{' || c == ':' || c == '-';
    }
    if (quote_ == 0 && opens_block(line)) block_depth_ = depth_of(line);
  }

  std::vector<std::string_view> lines_;
  std::vector<Comment> comments_;
  std::optional<size_t> block_depth_;
  char quote_ = 0;
};

}  // namespace

std::vector<Comment> comments_in(std::string_view text) {
  return CommentScanner(text).run();
}

}  // namespace millrace::flow
