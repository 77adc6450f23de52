#include <sodium.h>

#include <cstring>

#include "storage/at_rest/sealed_file.hpp"

namespace millrace::storage {
namespace {

constexpr int kLogHeadBytes = 32;
constexpr size_t kPageSizeAt = 8;
constexpr int kHeadBytes = static_cast<int>(kFrameHeadBytes);

// Where something stands.
struct FramePlace {
  uint64_t number = 0;      // of the frame, from 0
  sqlite3_int64 begin = 0;  // where it begins
  int offset = 0;           // in it
};

std::span<char, kFrameHeadBytes> head_in(std::span<char> frame) {
  return frame.first<kFrameHeadBytes>();
}

class SealedLog final : public SealedFile {
 public:
  explicit SealedLog(const Key& key) : cipher_(key) {}

  // A frame that cannot be decrypted is one that a power cut left half written: its checksum does
  // not fit either, and SQLite, which reads frames whole when it looks for the log's end, ends
  // there.
  int read(Stored stored, char* out, int bytes, sqlite3_int64 at) override {
    if (at + bytes <= kLogHeadBytes) return stored.read(out, bytes, at);
    if (const int code = learn_page_size(stored); code != SQLITE_OK) {
      return give_zeros(out, bytes, code);
    }
    const FramePlace place = place_of(at);
    const int whole = kHeadBytes + page_bytes_;
    if (at < kLogHeadBytes || place.offset + bytes > whole) return SQLITE_IOERR_READ;
    const bool wants_page = place.offset + bytes > kHeadBytes;
    const auto frame = scratch_.of(wants_page ? whole : kHeadBytes);
    const int code = stored.read(frame.data(), static_cast<int>(frame.size()), place.begin);
    if (code != SQLITE_OK) return give_zeros(out, bytes, code);
    cipher_.mask(head_in(frame), place.number);
    const bool is_ours = !wants_page || cipher_.open(frame.subspan(kFrameHeadBytes),
                                                     {PageOf::log, page_number(head_in(frame))});
    if (!is_ours && place.offset != 0) return SQLITE_IOERR_DATA;
    std::memcpy(out, frame.data() + place.offset, static_cast<size_t>(bytes));
    return SQLITE_OK;
  }

  int write(Stored stored, const char* in, int bytes, sqlite3_int64 at) override {
    if (at == 0 && bytes == kLogHeadBytes) {
      note_page_size(in);
      cut();
      return stored.write(in, bytes, at);
    }
    if (at < kLogHeadBytes || learn_page_size(stored) != SQLITE_OK) return SQLITE_IOERR_WRITE;
    const FramePlace place = place_of(at);
    if (place.offset == 0 && bytes == kHeadBytes) return write_head(stored, in, place);
    const bool is_page = place.offset == kHeadBytes && bytes == page_bytes_;
    return is_page ? write_page(stored, in, place) : SQLITE_IOERR_WRITE;
  }

  void cut() override { head_at_ = -1; }

 private:
  void note_page_size(const char* log_head) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(log_head + kPageSizeAt);
    const int size = bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
    if (is_page_size(size)) page_bytes_ = size;
  }

  int learn_page_size(Stored stored) {
    if (page_bytes_ != 0) return SQLITE_OK;
    char head[kLogHeadBytes];
    const int code = stored.read(head, sizeof head, 0);
    if (code == SQLITE_OK) note_page_size(head);
    if (page_bytes_ != 0) return SQLITE_OK;
    return code == SQLITE_OK ? SQLITE_CORRUPT : code;
  }

  FramePlace place_of(sqlite3_int64 at) const {
    const sqlite3_int64 frame = kHeadBytes + page_bytes_;
    const sqlite3_int64 number = (at - kLogHeadBytes) / frame;
    return {static_cast<uint64_t>(number), kLogHeadBytes + number * frame,
            static_cast<int>((at - kLogHeadBytes) % frame)};
  }

  int write_head(Stored stored, const char* in, const FramePlace& place) {
    const auto head = scratch_.of(kHeadBytes);
    std::memcpy(head.data(), in, head.size());
    head_at_ = place.begin;
    head_page_ = page_number(head_in(head));
    cipher_.mask(head_in(head), place.number);
    return stored.write(head.data(), kHeadBytes, place.begin);
  }

  // The page that the frame there is of; 0 when it cannot be read.
  uint32_t page_of_frame(Stored stored, const FramePlace& place) const {
    if (head_at_ == place.begin) return head_page_;
    char head[kFrameHeadBytes];
    return stored.read(head, sizeof head, place.begin) == SQLITE_OK ? page_number(head) : 0;
  }

  int write_page(Stored stored, const char* in, const FramePlace& place) {
    const uint32_t number = page_of_frame(stored, place);
    const auto page = scratch_.of(page_bytes_);
    std::memcpy(page.data(), in, page.size());
    // The frame's checksum covers them, and they would not come back.
    const auto* reserved =
        reinterpret_cast<const unsigned char*>(page.data() + page.size() - kReservedBytes);
    if (number == 0 || sodium_is_zero(reserved, kReservedBytes) != 1) return SQLITE_IOERR_WRITE;
    cipher_.seal(page, {PageOf::log, number});
    return stored.write(page.data(), page_bytes_, place.begin + kHeadBytes);
  }

  PageCipher cipher_;
  int page_bytes_ = 0;  // 0: not known yet
  Scratch scratch_;
  // The last head of a frame that was written here, and the page it is of.
  sqlite3_int64 head_at_ = -1;
  uint32_t head_page_ = 0;
};

}  // namespace

std::unique_ptr<SealedFile> sealed_log(const Key& key) {
  return std::make_unique<SealedLog>(key);
}

}  // namespace millrace::storage
