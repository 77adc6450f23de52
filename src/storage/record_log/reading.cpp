// Reading and copying a record log beside the server that writes it: its files are read from the
// newest on, because an older one only ever goes, and the newest only ever grows.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "posix/files.hpp"
#include "storage/at_rest/open_keys.hpp"
#include "storage/record_log/record_frames.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/backup.hpp"

namespace millrace::storage {

namespace fs = std::filesystem;

namespace {

// A file read from its beginning, as far as somebody wants it.
class Pieces {
 public:
  explicit Pieces(const fs::path& file)
      : file_(file), open_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}

  // What has been read and not taken, which is as long as `wanted` where the file is.
  base::Result<std::string_view> at_least(size_t wanted) {
    if (!open_.is_open()) return posix::file_failure(file_);
    if (bytes_.size() - taken_ >= wanted) return rest();
    bytes_.erase(0, std::exchange(taken_, 0));
    while (bytes_.size() < wanted && !is_at_end_) {
      const size_t before = bytes_.size();
      bytes_.resize(std::max(wanted, before + kPieceBytes));
      const ssize_t got = ::read(open_.get(), bytes_.data() + before, bytes_.size() - before);
      bytes_.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return posix::file_failure(file_);
      is_at_end_ = got == 0;
    }
    return rest();
  }
  void take(size_t count) { taken_ += count; }

 private:
  static constexpr size_t kPieceBytes = 256 * 1'024;
  std::string_view rest() const { return std::string_view(bytes_).substr(taken_); }

  const fs::path& file_;
  posix::Fd open_;
  std::string bytes_;
  size_t taken_ = 0;
  bool is_at_end_ = false;
};

}  // namespace

base::Result<void> each_record(const fs::path& file, uint64_t segment, const RecordSeal& seal,
                               const base::RecordLog::Each& each) {
  std::error_code unknown;
  const uintmax_t file_bytes = fs::file_size(file, unknown);
  Pieces pieces(file);
  for (;;) {
    auto rest = pieces.at_least(kRecordHeadBytes);
    if (!rest) return std::unexpected(rest.error());
    const size_t bytes = frame_bytes(*rest);
    // The bytes of a torn frame may say any size.
    if (bytes == 0 || bytes > file_bytes) return {};
    rest = pieces.at_least(bytes);
    if (!rest) return std::unexpected(rest.error());
    const auto frame = take_frame(*rest, segment);
    if (!frame) return {};
    const auto record = seal.open(*frame, segment, file);
    if (!record) return std::unexpected(record.error());
    if (auto done = each(frame->number, *record); !done) return done;
    pieces.take(bytes);
  }
}

base::Result<void> read_record_log(const fs::path& folder, const base::RecordLog::Each& each) {
  const auto key = key_of(folder);
  if (!key) return std::unexpected(key.error());
  const auto ids = segments_in(folder);
  if (!ids) return std::unexpected(ids.error());
  const RecordSeal seal(*key);
  for (const uint64_t id : *ids) {
    auto read = each_record(folder / segment_name(id), id, seal, each);
    if (!read && read.error().code == base::Code::not_found) continue;  // dropped meanwhile
    if (!read) return read;
  }
  return {};
}

base::Result<void> rewrite_record_log(
    const fs::path& folder,
    const std::function<base::Result<std::string>(std::string_view record)>& change) {
  const auto key = key_of(folder);
  if (!key) return std::unexpected(key.error());
  const auto ids = segments_in(folder);
  if (!ids) return std::unexpected(ids.error());
  RecordSeal seal(*key);
  for (const uint64_t id : *ids) {
    std::string frames;
    const fs::path file = folder / segment_name(id);
    auto done = each_record(file, id, seal,
                            [&](uint64_t number, std::string_view record) -> base::Result<void> {
                              const auto changed = change(record);
                              if (!changed) return std::unexpected(changed.error());
                              append_frame(frames, id, number, seal.seal(id, number, *changed));
                              return {};
                            });
    if (done) done = posix::replace_file(file, frames);
    if (!done) return done;
  }
  return posix::sync_folder(folder);
}

base::Result<void> copy_record_log(const fs::path& from, const fs::path& to) {
  const auto ids = segments_in(from);
  if (!ids) return std::unexpected(ids.error());
  if (auto made = posix::make_private_folder(to); !made) return made;
  for (const uint64_t id : std::views::reverse(*ids)) {
    const std::string name = segment_name(id);
    auto copied = copy_private_file(from / name, to / name);
    // Whatever is older was dropped before it.
    if (!copied && copied.error().code == base::Code::not_found) break;
    if (!copied) return copied;
  }
  return posix::sync_folder(to);
}

}  // namespace millrace::storage
