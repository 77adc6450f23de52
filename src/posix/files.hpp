// Files read whole and within a limit, and written whole or not at all; folders and files that are
// their owner's alone. Nothing is said done before it is on the disk. These calls block: they are
// for a start, for the command line, and for threads whose work it is.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "posix/posix.hpp"

namespace millrace::posix {

inline constexpr size_t kReadBytesMax = 16 << 20;
inline constexpr size_t kAnySize = ~size_t{0};  // for what this program alone has written
inline constexpr mode_t kOwnersAlone = 0600;
inline constexpr mode_t kAnyones = 0666;  // what the umask leaves of it

enum class Readers {
  any,
  owner,  // refused unless it is this user's (or root's) and nobody else may read it
};
enum class Growth {
  let_be,   // what comes while it is read is not part of it
  refused,  // somebody is still writing it: unavailable
};
struct Reading {
  size_t bytes_max = kReadBytesMax;
  Readers readers = Readers::any;
  Growth growth = Growth::let_be;
};
// All that is in the file. not_found: it is not there. permission_denied: others may read it, or
// we may not. failed_precondition: a folder, a pipe. resource_exhausted: it is over the limit. Of a
// reading that fails nothing is left in memory.
base::Result<std::string> read_file(const std::filesystem::path& file, const Reading& how = {});

// All the bytes at the file's own position, or beginning at `offset`; false with errno set.
bool write_all(int fd, std::string_view bytes);
bool write_all_at(int fd, std::string_view bytes, size_t offset);

// A file that is not there yet (else already_exists), whole and synced, or not at all. Its name is
// durable once its folder is synced.
base::Result<void> write_new_file(const std::filesystem::path& file, std::string_view content,
                                  mode_t mode = kOwnersAlone);
// Puts the content in the file's place whole and durably: a crash leaves the old or the new. One
// writer at a time: what is written lies in FILE.new meanwhile.
base::Result<void> replace_file(const std::filesystem::path& file, std::string_view content,
                                mode_t mode = kOwnersAlone);

// Gives the file another name, over one that is there. Durable once its folder is synced.
base::Result<void> rename_file(const std::filesystem::path& from, const std::filesystem::path& to);
// Makes what is in the file durable.
base::Result<void> sync_file(const std::filesystem::path& file);
// Makes what was created, renamed or removed in the folder durable.
base::Result<void> sync_folder(const std::filesystem::path& folder);

enum class Existing { stays, becomes_private };
// The folder, with those above it: for its owner alone (0700) where it is made here.
base::Result<void> make_private_folder(const std::filesystem::path& folder,
                                       Existing existing = Existing::stays);
// Takes a file or socket away from everybody but its owner (0600), where it is not its alone.
base::Result<void> make_private(const std::filesystem::path& file);

}  // namespace millrace::posix
