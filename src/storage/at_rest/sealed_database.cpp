#include <cstring>

#include "storage/at_rest/sealed_file.hpp"

namespace millrace::storage {
namespace {

constexpr size_t kReadableAt = 16;  // the size of a page, 65,536 as 1
constexpr size_t kReadableBytes = 8;
constexpr int kHeaderBytes = 100;

class SealedDatabase final : public SealedFile {
 public:
  explicit SealedDatabase(const Key& key) : cipher_(key) {}

  int read(Stored stored, char* out, int bytes, sqlite3_int64 at) override {
    if (const int code = learn_page_size(stored); code != SQLITE_OK) return code;
    // Without a page 1 there are pages only while the file is made, by whoever knows their size.
    if (page_bytes_ == 0 && is_page_size(bytes) && at % bytes == 0) page_bytes_ = bytes;
    if (page_bytes_ == 0) return stored.read(out, bytes, at);
    if (bytes != page_bytes_ || at % bytes != 0) return read_part(stored, out, bytes, at);
    const int code = stored.read(out, bytes, at);
    if (code == SQLITE_IOERR_SHORT_READ) return give_zeros(out, bytes, code);
    if (code != SQLITE_OK) return code;
    const bool is_ours =
        cipher_.open(std::span(out, static_cast<size_t>(bytes)), place_of(at / bytes));
    return is_ours ? SQLITE_OK : SQLITE_IOERR_DATA;
  }

  int write(Stored stored, const char* in, int bytes, sqlite3_int64 at) override {
    if (const int code = learn_page_size(stored); code != SQLITE_OK) return code;
    if (page_bytes_ == 0) page_bytes_ = bytes;
    if (!is_page_size(bytes) || bytes != page_bytes_ || at % bytes != 0) return SQLITE_IOERR_WRITE;
    const auto page = scratch_.of(bytes);
    std::memcpy(page.data(), in, page.size());
    cipher_.seal(page, place_of(at / bytes));
    return stored.write(page.data(), bytes, at);
  }

 private:
  static PagePlace place_of(sqlite3_int64 index) {
    return {PageOf::database, static_cast<uint32_t>(index + 1)};
  }

  // SQLITE_OK with `page_bytes_` known, or 0 for a file that has no page 1 yet.
  int learn_page_size(Stored stored) {
    if (page_bytes_ != 0) return SQLITE_OK;
    char head[kReadableAt + 2] = {};
    const int code = stored.read(head, sizeof head, 0);
    if (code == SQLITE_IOERR_SHORT_READ) return SQLITE_OK;
    if (code != SQLITE_OK) return code;
    const std::string_view magic(head, kSealedMagic.size());
    if (magic == std::string(kSealedMagic.size(), '\0')) return SQLITE_OK;
    if (magic != kSealedMagic) return SQLITE_NOTADB;
    const auto high = static_cast<unsigned char>(head[kReadableAt]);
    const auto low = static_cast<unsigned char>(head[kReadableAt + 1]);
    const int bytes = (high << 8 | low) == 1 ? kPageBytesMax : high << 8 | low;
    if (!is_page_size(bytes)) return SQLITE_NOTADB;
    page_bytes_ = bytes;
    return SQLITE_OK;
  }

  int read_part(Stored stored, char* out, int bytes, sqlite3_int64 at) {
    const auto index = at / page_bytes_;
    const auto offset = static_cast<int>(at % page_bytes_);
    if (offset + bytes > page_bytes_) return SQLITE_IOERR_READ;
    const auto page = scratch_.of(page_bytes_);
    const int code = stored.read(page.data(), page_bytes_, index * page_bytes_);
    if (code != SQLITE_OK) return give_zeros(out, bytes, code);
    char readable[kReadableBytes];
    std::memcpy(readable, page.data() + kReadableAt, sizeof readable);
    if (cipher_.open(page, place_of(index))) {
      std::memcpy(out, page.data() + offset, static_cast<size_t>(bytes));
      return SQLITE_OK;
    }
    if (at + bytes > kHeaderBytes) return SQLITE_IOERR_DATA;
    return give_readable(readable, out, bytes, offset);
  }

  // A page 1 that was being copied when the power was cut is whole in the log. Before SQLite looks
  // there it has to know the size of a page, which can be read all the same.
  static int give_readable(std::span<const char> readable, char* out, int bytes, int offset) {
    give_zeros(out, bytes, SQLITE_OK);
    if (offset == 0 && static_cast<size_t>(bytes) >= kReadableAt + kReadableBytes) {
      std::memcpy(out, kClearMagic.data(), kClearMagic.size());
      std::memcpy(out + kReadableAt, readable.data(), readable.size());
    }
    return SQLITE_OK;
  }

  PageCipher cipher_;
  int page_bytes_ = 0;  // 0: not known yet
  Scratch scratch_;
};

}  // namespace

std::unique_ptr<SealedFile> sealed_database(const Key& key) {
  return std::make_unique<SealedDatabase>(key);
}

}  // namespace millrace::storage
