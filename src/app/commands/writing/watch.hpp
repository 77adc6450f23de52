// A folder watched for changes of its files, for commands that do something anew after each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace millrace::app {

class FolderWatch {
 public:
  explicit FolderWatch(std::filesystem::path folder);

  // The files that have been added, changed or removed since the last call that named any, once
  // nothing has changed between two calls: an editor may write a file in several steps. Hidden
  // files and folders, and those of Python's cache, do not count.
  std::vector<std::string> changed();

 private:
  using Seen = std::map<std::string, std::pair<int64_t, uintmax_t>>;  // path -> time, bytes
  Seen look() const;

  std::filesystem::path folder_;
  Seen told_;    // as it was when last something was named
  Seen latest_;  // as it was at the last call
};

}  // namespace millrace::app
