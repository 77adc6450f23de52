// For the files of this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ask {

// The months' full and short names, of the locale first, then English. Made once for an answer: ICU
// takes long over them.
class MonthNames {
 public:
  explicit MonthNames(std::string_view locale);
  // 1 to 12, by a name, or by how one of them alone begins.
  std::optional<int> find(std::string_view word) const;

 private:
  struct Name {
    std::string word;
    int month;
    bool is_wide;
  };
  std::vector<Name> names_;
};

}  // namespace millrace::ask
