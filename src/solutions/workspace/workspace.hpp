// A solution's folder as its authors work on it: its files listed, read, and saved together, all or
// none. Only files beneath the folder are reached, by plain relative paths: no way up, no hidden
// name, no symbolic link. It blocks; one thing at a time in a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "flow/flow.hpp"

namespace millrace::solutions {

inline constexpr size_t kWorkspaceFilesMax = 10'000;
inline constexpr size_t kSavedFilesMax = 1'000;            // in one save
inline constexpr size_t kSavedBytesMax = size_t{4} << 20;  // of one file

struct WorkspaceFile {
  std::string path;
  std::string hash;  // SHA-256, hexadecimal
  size_t bytes = 0;
  std::string kind;  // see kind_of_file
};

// One file of a save. Exactly one of text, removes and moves_to is given.
struct FileChange {
  std::string path;
  std::string base;  // the hash of what was changed; "" = there was no such file
  std::optional<std::string> text;
  bool removes = false;
  std::string moves_to;
};
struct FileConflict {
  std::string path;
  std::string hash;  // of what is there now; "" = nothing is
  std::string text;  // what is there now, as far as it is text
};
struct Saved {
  std::vector<FileConflict> conflicts;  // when there are any, nothing was saved
  std::vector<WorkspaceFile> files;     // those that were written
};

class Workspace {
 public:
  explicit Workspace(std::filesystem::path folder)
      // Without a slash at its end: what lies in it ends there, going up.
      : folder_(folder.has_filename() ? std::move(folder) : folder.parent_path()) {}
  const std::filesystem::path& folder() const { return folder_; }

  // Every file in the order of the paths. resource_exhausted: more than kWorkspaceFilesMax.
  base::Result<std::vector<WorkspaceFile>> list() const;
  // invalid_argument: no path of a file here; not_found.
  base::Result<std::string> read(std::string_view path) const;
  // The files of a version, and the tests beside them: what a check and a test run need.
  base::Result<flow::Files> sources() const;

  // A crash on the way leaves all of it or none: what was begun is finished by finish().
  base::Result<Saved> save(const std::vector<FileChange>& changes) const;
  // Before anything is read: ends a save that a crash cut short.
  base::Result<void> finish() const;

 private:
  base::Result<std::filesystem::path> inside(std::string_view path) const;

  std::filesystem::path folder_;
};

// "flow", "csv", "messages", "nlu", "test", "script", "settings" or "other".
std::string_view kind_of_file(std::string_view path);
// Whether changing it takes no more than the right to write texts and flows: what runs on the
// server, or says whom it may reach, is not among these, and neither is what is not known.
bool is_authors_file(std::string_view path);
// A path beneath a folder, whatever it says: relative, plain, no way up, no hidden part, UTF-8.
bool is_plain_path(std::string_view text);
std::string hash_of_text(std::string_view text);

}  // namespace millrace::solutions
