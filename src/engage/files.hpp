// Files that people send in a chat: taken in slices, kept by others, and named by links. The port
// through which this room keeps them; it never looks into one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"

namespace millrace::engage {

// A part of a file. The first one has no `upload`, and says how large the file is.
struct FileSlice {
  base::Id consumer;
  std::string upload;  // as the answer to the first slice named it
  std::string name;
  size_t bytes = 0;  // of the whole file
  size_t offset = 0;
  std::string part;
  size_t bytes_max = 0;                 // of a file, in this solution
  std::vector<std::string> kinds = {};  // that the solution takes; empty: all
};

struct FileLink {
  std::string url;
  std::string name;
  std::string type;  // by what is in it: "image/png"
};

struct FileTaken {
  std::string upload;
  size_t received = 0;
  std::optional<FileLink> file;  // once it is whole and kept; its url is good for as long as it is
};

// Thread-safe.
class Files {
 public:
  using Done = std::move_only_function<void(base::Result<FileTaken>)>;
  virtual ~Files() = default;
  // `done` is called once, on any thread. Errors: invalid_argument (too large, of no kind that is
  // taken, a slice that does not follow), not_found (no such upload), resource_exhausted (too many
  // of that consumer, or of all), unavailable.
  virtual void take(FileSlice slice, Done done) = 0;
  // When a text is a link to a file kept here: a link to it that is good for some hours, for who
  // may read the chat now. Also when the link that was given is over.
  virtual std::optional<FileLink> shown(std::string_view text) const = 0;
};

}  // namespace millrace::engage
