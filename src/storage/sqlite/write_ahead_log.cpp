#include "storage/sqlite/write_ahead_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "posix/files.hpp"
#include "storage/at_rest/encrypted_vfs.hpp"
#include "storage/at_rest/open_keys.hpp"

namespace millrace::storage {
namespace {

constexpr size_t kHeadBytes = 32;
constexpr size_t kChunkBytes = 1 << 16;  // SQLite's own files take less than 128 KiB at once
constexpr int kIndexBytes = 32'768;      // the first region of the index
constexpr size_t kFramesAt = 16 / 4;     // in the index: the last committed frame
constexpr size_t kPageSizeAt = 14;       // and the size of a page, 65,536 as 1
constexpr size_t kCopiedAt = 96 / 4;     // and how many frames were copied into the database
constexpr int kCheckpointLock = 1;

// A connection's own handle on its log.
sqlite3_file* log_file(Connection& connection) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  return file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

sqlite3_file* database_file(Connection& connection) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  return file != nullptr && file->pMethods != nullptr && file->pMethods->iVersion >= 2 ? file
                                                                                       : nullptr;
}

volatile uint32_t* index_of(sqlite3_file* database) {
  void volatile* region = nullptr;
  const int code = database->pMethods->xShmMap(database, 0, kIndexBytes, 0, &region);
  return code == SQLITE_OK ? static_cast<volatile uint32_t*>(region) : nullptr;
}

std::unexpected<base::Error> failed(int code, std::string_view doing) {
  return base::fail(base::Code::unavailable,
                    std::string(sqlite3_errstr(code)) + " (SQLite " + std::to_string(code) + ")",
                    std::string(doing));
}

// Runs `act` while no other connection can write to the log.
base::Result<void> while_alone(Connection& connection, auto act) {
  if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) return begun;
  base::Result<void> done = act();
  auto ended = connection.roll_back();
  return done ? ended : done;
}

base::Result<void> write_again(sqlite3_file* log) {
  sqlite3_int64 size = 0;
  if (const int code = log->pMethods->xFileSize(log, &size); code != SQLITE_OK) {
    return failed(code, "size of the log");
  }
  if (size == 0) return {};
  std::string chunk(std::min(static_cast<size_t>(size), kChunkBytes), '\0');
  for (sqlite3_int64 at = 0; at < size; at += static_cast<sqlite3_int64>(chunk.size())) {
    chunk.resize(static_cast<size_t>(
        std::min<sqlite3_int64>(size - at, static_cast<sqlite3_int64>(chunk.size()))));
    const int length = static_cast<int>(chunk.size());
    int code = log->pMethods->xRead(log, chunk.data(), length, at);
    if (code == SQLITE_OK) code = log->pMethods->xWrite(log, chunk.data(), length, at);
    if (code != SQLITE_OK) return failed(code, "writing the log again");
  }
  const int code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
  return code == SQLITE_OK ? base::Result<void>() : failed(code, "syncing the log again");
}

base::Result<void> cut_behind_last_frame(Connection& connection, sqlite3_file* log) {
  sqlite3_file* database = database_file(connection);
  const auto* index = database == nullptr ? nullptr : index_of(database);
  if (index == nullptr) return failed(SQLITE_IOERR_SHMMAP, "the log's index");
  const uint64_t frames = index[kFramesAt];
  uint16_t page = 0;
  std::memcpy(&page,
              const_cast<const char*>(reinterpret_cast<const volatile char*>(index)) + kPageSizeAt,
              sizeof page);
  const uint64_t page_bytes = page == 1 ? 65'536 : page;
  const auto end = static_cast<sqlite3_int64>(
      frames == 0 ? 0 : kHeadBytes + frames * (kFrameHeadBytes + page_bytes));
  sqlite3_int64 size = 0;
  int code = log->pMethods->xFileSize(log, &size);
  if (code == SQLITE_OK && size > end) code = log->pMethods->xTruncate(log, end);
  return code == SQLITE_OK ? base::Result<void>() : failed(code, "cutting the log");
}

uint32_t number_at(std::string_view bytes, size_t at) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8U | static_cast<uint8_t>(bytes[at + i]);
  return number;
}

struct Sum {
  uint32_t first = 0;
  uint32_t second = 0;
  bool operator==(const Sum&) const = default;
};

Sum sum_at(std::string_view bytes, size_t at) {
  return {number_at(bytes, at), number_at(bytes, at + 4)};
}

// The log's checksum of `bytes`, a multiple of eight, going on from `sum`.
Sum add(Sum sum, std::string_view bytes, bool is_big_endian) {
  const auto word = [&](size_t at) {
    const uint32_t number = number_at(bytes, at);
    return is_big_endian ? number : __builtin_bswap32(number);
  };
  for (size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    sum.first += word(at) + sum.second;
    sum.second += word(at + 4) + sum.first;
  }
  return sum;
}

struct Frame {
  bool follows = false;  // its checksum goes on from `before`
  bool commits = false;
  std::string_view salt;
  Sum sum;
};

Frame frame_at(std::string_view bytes, Sum before, bool is_big_endian) {
  Frame frame;
  frame.commits = number_at(bytes, 4) != 0;
  frame.salt = bytes.substr(8, 8);
  frame.sum = sum_at(bytes, 16);
  const Sum own = add(add(before, bytes.substr(0, 8), is_big_endian), bytes.substr(kFrameHeadBytes),
                      is_big_endian);
  frame.follows = own == frame.sum && number_at(bytes, 0) != 0;
  return frame;
}

// Makes a log readable that is kept encrypted. A frame that cannot be decrypted stays one whose
// checksum does not fit.
void open_frames(std::string& log, size_t page_bytes, const Key& key) {
  const PageCipher cipher(key);
  const size_t step = kFrameHeadBytes + page_bytes;
  uint64_t number = 0;
  for (size_t at = kHeadBytes; at + step <= log.size(); at += step) {
    const auto frame = std::span(log).subspan(at, step);
    const auto head = frame.first<kFrameHeadBytes>();
    cipher.mask(head, number++);
    (void)cipher.open(frame.subspan(kFrameHeadBytes), {PageOf::log, page_number(head)});
  }
}

// The pages of a log's last transaction, by where their frames begin, stand in the database: it was
// copied whole, and is being written over from its beginning.
base::Result<bool> is_copied(const std::filesystem::path& database, std::string_view log,
                             const std::vector<size_t>& frames, size_t page_bytes,
                             const std::optional<Key>& key) {
  const auto content = posix::read_file(database, {.bytes_max = posix::kAnySize});
  if (!content) return std::unexpected(content.error());
  const auto cipher = key ? std::optional<PageCipher>(*key) : std::nullopt;
  return std::ranges::all_of(frames, [&](size_t frame) {
    const uint32_t number = number_at(log, frame);
    const size_t at = (size_t{number} - 1) * page_bytes;
    if (number == 0 || at >= content->size()) return false;
    std::string page = content->substr(at, page_bytes);
    if (cipher && (page.size() < page_bytes || !cipher->open(page, {PageOf::database, number}))) {
      return false;
    }
    return page == log.substr(frame + kFrameHeadBytes, page_bytes);
  });
}

// SQLite takes a log without a sound head for an empty one, but may go on with its salt: then
// frames of long ago look like damaged ones of now.
base::Result<void> empty_log(const std::filesystem::path& log) {
  const posix::Fd file(::open(log.c_str(), O_WRONLY | O_CLOEXEC));
  const bool good =
      file.is_open() && ::ftruncate(file.get(), 0) == 0 && ::fdatasync(file.get()) == 0;
  return good ? base::Result<void>() : base::Result<void>(posix::file_failure(log));
}

}  // namespace

base::Result<Connection> open_own(const std::filesystem::path& database, size_t cache_bytes) {
  std::error_code error;
  const std::string log = database.filename().string() + "-wal";
  const auto log_bytes = std::filesystem::file_size(database.string() + "-wal", error);
  const bool has_log = !error && log_bytes > kHeadBytes;
  const auto bytes = std::filesystem::file_size(database, error);
  if (has_log && (error || bytes == 0)) {
    return base::fail(base::Code::data_loss,
                      "the database is missing, but its log " + log +
                          " is there; put both back from a backup, or move the log away to begin "
                          "without what they held",
                      database.string());
  }
  const auto state = examine_log(database);
  if (!state) return std::unexpected(state.error());
  if (state->is_damaged()) {
    return base::fail(base::Code::data_loss,
                      log + " is damaged after " + std::to_string(state->commits) +
                          " transactions: " + std::to_string(state->commits_after) +
                          " that follow, which were acknowledged, cannot be read. Put the folder "
                          "back from a backup, or run `millrace verify --repair`, which puts the "
                          "log aside and goes on without them",
                      database.string());
  }
  if (state->is_head_damaged) {
    if (auto emptied = empty_log(database.string() + "-wal"); !emptied) {
      return std::unexpected(emptied.error());
    }
  }
  auto connection = Connection::open(database, Connection::Use::writing, cache_bytes);
  if (!connection) return connection;
  if (auto durable = make_log_durable(*connection); !durable) {
    return std::unexpected(durable.error());
  }
  return connection;
}

base::Result<void> make_log_durable(Connection& connection) {
  return while_alone(connection, [&]() -> base::Result<void> {
    sqlite3_file* log = log_file(connection);
    return log == nullptr ? base::Result<void>() : write_again(as_stored(log));
  });
}

base::Result<void> cut_failed_frames(Connection& connection) {
  return while_alone(connection, [&]() -> base::Result<void> {
    sqlite3_file* log = log_file(connection);
    return log == nullptr ? base::Result<void>() : cut_behind_last_frame(connection, log);
  });
}

base::Result<void> forget_what_was_copied(Connection& connection) {
  sqlite3_file* database = database_file(connection);
  auto* index = database == nullptr ? nullptr : index_of(database);
  if (index == nullptr) return failed(SQLITE_IOERR_SHMMAP, "the log's index");
  const auto lock = [&](int flags) {
    return database->pMethods->xShmLock(database, kCheckpointLock, 1, flags | SQLITE_SHM_EXCLUSIVE);
  };
  if (const int code = lock(SQLITE_SHM_LOCK); code != SQLITE_OK) {
    return failed(code, "the checkpoint's lock");
  }
  index[kCopiedAt] = 0;
  lock(SQLITE_SHM_UNLOCK);
  return {};
}

base::Result<LogState> examine_log(const std::filesystem::path& database) {
  const std::filesystem::path file = database.string() + "-wal";
  std::error_code error;
  LogState state;
  const auto size = std::filesystem::file_size(file, error);
  if (error || size <= kHeadBytes) return state;
  const auto key = key_of(database);
  if (!key) return std::unexpected(key.error());
  auto content = posix::read_file(file, {.bytes_max = posix::kAnySize});
  if (!content) return std::unexpected(content.error());
  const std::string_view bytes = *content;
  const uint32_t magic = number_at(bytes, 0);
  const bool is_big_endian = (magic & 1U) != 0;
  const size_t page_bytes = number_at(bytes, 8);
  const bool is_page_size = page_bytes >= 512 && page_bytes <= 65'536;
  Sum before = add({}, bytes.substr(0, 24), is_big_endian);
  state.is_head_damaged =
      (magic & ~1U) != 0x377f0682 || !is_page_size || before != sum_at(bytes, 24);
  const size_t step = kFrameHeadBytes + (is_page_size ? page_bytes : 4'096);
  if (*key) open_frames(*content, step - kFrameHeadBytes, **key);
  // A log whose head cannot be read has the salt of its first frame.
  std::string_view salt = bytes.substr(state.is_head_damaged ? kHeadBytes + 8 : 16, 8);
  bool is_whole = !state.is_head_damaged;
  std::vector<size_t> transaction;  // where its frames begin
  std::vector<size_t> last;         // of the last one behind the damage
  for (size_t at = kHeadBytes; at + step <= bytes.size(); at += step) {
    const Frame frame = frame_at(bytes.substr(at, step), before, is_big_endian);
    const bool is_ours = frame.salt == salt;
    before = frame.sum;
    is_whole = is_whole && is_ours && frame.follows;
    if (is_whole) ++state.frames;
    if (!is_ours || !frame.follows) continue;
    transaction.push_back(at);
    if (!frame.commits) continue;
    ++(is_whole ? state.commits : state.commits_after);
    if (!is_whole) last = transaction;
    transaction.clear();
  }
  if (state.is_damaged()) {
    const auto copied = is_copied(database, bytes, last, step - kFrameHeadBytes, *key);
    if (!copied) return std::unexpected(copied.error());
    if (*copied) state.commits_after = 0;
  }
  return state;
}

}  // namespace millrace::storage
