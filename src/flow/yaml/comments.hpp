// The comments of a YAML file, for laying it out anew.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::flow {

struct Comment {
  int line = 0;  // 0-based
  std::string text;
  bool trailing = false;  // behind something on its line
  bool blank_before = false;
};

// Every comment, in the order of the lines; quotes and literal blocks are known.
std::vector<Comment> comments_in(std::string_view text);

}  // namespace millrace::flow
