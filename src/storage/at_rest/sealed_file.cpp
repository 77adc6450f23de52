#include "storage/at_rest/sealed_file.hpp"

#include <sodium.h>

#include <cstring>

namespace millrace::storage {
namespace {

// Heads have 512 bytes, as no write spoils what stands beside it (encrypted_vfs).
class SealedJournal final : public SealedFile {
 public:
  explicit SealedJournal(const Key& key) : cipher_(key) {}

  int read(Stored stored, char* out, int bytes, sqlite3_int64 at) override {
    const int code = stored.read(out, bytes, at);
    if (code == SQLITE_OK && is_page(bytes)) {
      // One that was being written when the power was cut is zeros, and its checksum does not fit.
      (void)cipher_.open(std::span(out, static_cast<size_t>(bytes)), {PageOf::journal, 0});
    }
    return code;
  }

  int write(Stored stored, const char* in, int bytes, sqlite3_int64 at) override {
    if (!is_page(bytes)) return stored.write(in, bytes, at);
    const auto page = scratch_.of(bytes);
    std::memcpy(page.data(), in, page.size());
    cipher_.seal(page, {PageOf::journal, 0});
    return stored.write(page.data(), bytes, at);
  }

 private:
  static bool is_page(int bytes) { return bytes > kPageBytesMin && is_page_size(bytes); }

  PageCipher cipher_;
  Scratch scratch_;
};

class SealedTemporary final : public SealedFile {
 public:
  SealedTemporary() { randombytes_buf(key_, sizeof key_); }
  ~SealedTemporary() override { sodium_memzero(key_, sizeof key_); }

  int read(Stored stored, char* out, int bytes, sqlite3_int64 at) override {
    const int code = stored.read(out, bytes, at);
    if (code == SQLITE_OK) flip(out, out, bytes, at);
    if (code != SQLITE_IOERR_SHORT_READ) return code;
    sqlite3_int64 size = 0;
    const int sized = stored.size(&size);
    if (sized == SQLITE_OK && size > at) flip(out, out, static_cast<int>(size - at), at);
    return sized == SQLITE_OK ? code : sized;
  }

  int write(Stored stored, const char* in, int bytes, sqlite3_int64 at) override {
    flipped_.resize(static_cast<size_t>(bytes));
    flip(in, flipped_.data(), bytes, at);
    return stored.write(flipped_.data(), bytes, at);
  }

 private:
  // Encrypts and decrypts: the bytes of a stream at that place.
  void flip(const char* in, char* out, int bytes, sqlite3_int64 at) {
    constexpr int kBlock = 64;
    static constexpr unsigned char kNonce[crypto_stream_xchacha20_NONCEBYTES] = {};
    const auto before = static_cast<int>(at % kBlock);
    const auto text = scratch_.of(before + bytes);
    std::memcpy(text.data() + before, in, static_cast<size_t>(bytes));
    auto* const start = reinterpret_cast<unsigned char*>(text.data());
    crypto_stream_xchacha20_xor_ic(start, start, text.size(), kNonce,
                                   static_cast<uint64_t>(at / kBlock), key_);
    std::memcpy(out, text.data() + before, static_cast<size_t>(bytes));
  }

  unsigned char key_[crypto_stream_xchacha20_KEYBYTES];
  Scratch scratch_;
  std::string flipped_;
};

}  // namespace

bool is_page_size(int bytes) {
  return bytes >= kPageBytesMin && bytes <= kPageBytesMax && (bytes & (bytes - 1)) == 0;
}

std::unique_ptr<SealedFile> sealed_journal(const Key& key) {
  return std::make_unique<SealedJournal>(key);
}

std::unique_ptr<SealedFile> sealed_temporary() {
  return std::make_unique<SealedTemporary>();
}

}  // namespace millrace::storage
