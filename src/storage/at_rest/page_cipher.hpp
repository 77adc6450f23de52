// How pages and records are encrypted: XChaCha20-Poly1305, each with a nonce of its own, bound to
// where it belongs, so that one that is damaged, moved or written under another key is found out.
// No I/O. An object is one thread's at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace millrace::storage {

inline constexpr size_t kKeyBytes = 32;
inline constexpr size_t kNonceBytes = 24;
inline constexpr size_t kTagBytes = 16;
// At the end of each page, which SQLite leaves alone: the nonce, then the tag.
inline constexpr size_t kReservedBytes = kNonceBytes + kTagBytes;
// What stands before a page in a write-ahead log.
inline constexpr size_t kFrameHeadBytes = 24;

// 32 bytes that are wiped when they go.
class Key {
 public:
  // `bytes` has kKeyBytes bytes.
  explicit Key(std::string_view bytes);
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key();
  // A key of its own for what has that name; names of any length.
  Key derived(std::string_view name) const;
  const unsigned char* data() const { return bytes_.data(); }

 private:
  Key() = default;
  std::array<unsigned char, kKeyBytes> bytes_{};
};

// Nonces that never come twice: 16 random bytes for each object, and a count.
class Nonces {
 public:
  Nonces();
  std::array<unsigned char, kNonceBytes> next();

 private:
  std::array<unsigned char, kNonceBytes - sizeof(uint64_t)> own_{};
  uint64_t count_ = 0;
};

// Which kind of file a page stands in; one of another kind is not taken for it.
enum class PageOf : unsigned char { database = 1, log = 2, journal = 3 };

struct PagePlace {
  PageOf file = PageOf::database;
  uint32_t number = 0;  // of the page in its database, from 1; 0 in a rollback journal
};

// Of one database with its logs. Page 1 of a database begins with kSealedMagic instead of SQLite's
// own words, and its bytes 16 to 23 (the size of a page, and what is reserved of it) are readable,
// as whoever reads a page has to know them first.
class PageCipher {
 public:
  explicit PageCipher(const Key& key);

  // Encrypts in place. The last kReservedBytes of what SQLite hands in are lost.
  void seal(std::span<char> page, PagePlace place);
  // Decrypts in place, with zeros in the last kReservedBytes. False: it is not what was sealed for
  // that place under this key; then all of it is zeros.
  bool open(std::span<char> page, PagePlace place) const;
  // Makes the checksum of a log's frame, which says something about the page, unreadable, or
  // readable again. `number`: of the frame in the log.
  void mask(std::span<char, kFrameHeadBytes> head, uint64_t number) const;

 private:
  Key key_;
  std::array<unsigned char, 16> mask_key_{};
  Nonces nonces_;
};

inline constexpr std::string_view kSealedMagic{"Millrace sealed", 16};
// SQLite's own, in the clear.
inline constexpr std::string_view kClearMagic{"SQLite format 3", 16};

// The number of the page behind a frame's head.
uint32_t page_number(std::span<const char, kFrameHeadBytes> head);

// A record or a small file: nonce, text, tag. `place` says where it belongs.
std::string seal_bytes(const Key& key, Nonces& nonces, std::string_view place,
                       std::string_view text);
// nullopt: not sealed for that place under this key, or not whole.
std::optional<std::string> open_bytes(const Key& key, std::string_view place,
                                      std::string_view sealed);

}  // namespace millrace::storage
