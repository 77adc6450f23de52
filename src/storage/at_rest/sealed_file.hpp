// What an encrypted file is to SQLite, by what kind of file it is. For encrypted_vfs alone. By the
// published formats (sqlite.org/fileformat2.html) and by what SQLite 3.40 reads and writes: what
// else is asked for is refused rather than guessed at.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <span>
#include <string>

#include "storage/at_rest/page_cipher.hpp"

namespace millrace::storage {

// The file below, as the disk has it. Gives SQLite's codes.
class Stored {
 public:
  explicit Stored(sqlite3_file* file) : file_(file) {}
  int read(void* out, int bytes, sqlite3_int64 at) const {
    return file_->pMethods->xRead(file_, out, bytes, at);
  }
  int write(const void* in, int bytes, sqlite3_int64 at) const {
    return file_->pMethods->xWrite(file_, in, bytes, at);
  }
  int size(sqlite3_int64* size) const { return file_->pMethods->xFileSize(file_, size); }

 private:
  sqlite3_file* file_;
};

// One open file; one thread's at a time, as a connection is.
class SealedFile {
 public:
  virtual ~SealedFile() = default;
  virtual int read(Stored stored, char* out, int bytes, sqlite3_int64 at) = 0;
  virtual int write(Stored stored, const char* in, int bytes, sqlite3_int64 at) = 0;
  // It is being cut.
  virtual void cut() {}
};

// Whole pages; of page 1 also the first 100 bytes, and any part of a page.
std::unique_ptr<SealedFile> sealed_database(const Key& key);
// A write-ahead log: its head, heads of frames, pages, and frames whole.
std::unique_ptr<SealedFile> sealed_log(const Key& key);
// A rollback journal, which is there only while a database is made or becomes one with a
// write-ahead log: its heads, numbers of 4 bytes, and pages.
std::unique_ptr<SealedFile> sealed_journal(const Key& key);
// Anything, anywhere, under a key that is gone with the handle.
std::unique_ptr<SealedFile> sealed_temporary();

// For the four of them.
inline constexpr int kPageBytesMin = 512;
inline constexpr int kPageBytesMax = 65'536;
bool is_page_size(int bytes);
inline int give_zeros(char* out, int bytes, int code) {
  std::fill_n(out, bytes, '\0');
  return code;
}

// Room that grows and is used again.
class Scratch {
 public:
  std::span<char> of(int bytes) {
    const auto size = static_cast<size_t>(bytes);
    if (room_.size() < size) room_.resize(size);
    return std::span(room_).first(size);
  }

 private:
  std::string room_;
};

}  // namespace millrace::storage
