// How records lie in a file of the record log: checksum, size, number, bytes, one after the other;
// how those files are called, and how records are encrypted. A file that is used again still has
// old frames behind the new ones; the checksum is keyed with the segment's id, so they are no
// frames of the new segment.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/record_log.hpp"
#include "base/result.hpp"
#include "storage/at_rest/page_cipher.hpp"

namespace millrace::storage {

struct RecordFrame {
  uint64_t number = 0;
  std::string_view record;
};

// Checksum, size and number.
inline constexpr size_t kRecordHeadBytes = 8 + 4 + 8;

// `record` is not empty and under 4 GiB.
void append_frame(std::string& out, uint64_t segment, uint64_t number, std::string_view record);

// Takes the next frame off `bytes`; nullopt where no whole one of that segment begins.
std::optional<RecordFrame> take_frame(std::string_view& bytes, uint64_t segment);

// How many bytes the frame has that begins there, whole or not; 0: none does.
size_t frame_bytes(std::string_view bytes);

// The name of a segment's file.
std::string segment_name(uint64_t id, std::string_view ending = ".log");
// Which segment a file of that name is; nullopt: none.
std::optional<uint64_t> segment_of(std::string_view name);
// Those in the folder, in order. Errors: not_found, unavailable.
base::Result<std::vector<uint64_t>> segments_in(const std::filesystem::path& folder);

// Encrypts records, bound to their segment and number, and decrypts them; without a key they stay
// as they are. `open` may be called beside `seal`, by another thread.
class RecordSeal {
 public:
  explicit RecordSeal(std::optional<Key> key) : key_(key) {}
  bool is_used() const { return key_.has_value(); }
  std::string seal(uint64_t segment, uint64_t number, std::string_view record);
  // data_loss, with the file: it is damaged, or was sealed under another key.
  base::Result<std::string> open(const RecordFrame& frame, uint64_t segment,
                                 const std::filesystem::path& file) const;

 private:
  std::optional<Key> key_;
  Nonces nonces_;
};

// Hands over the records of a segment's file, in order, up to the first that is not whole. Reads it
// piece by piece, and no further than that: a file that was used before is longer than what is in
// it. Errors: not_found; unavailable; data_loss; what `each` returned.
base::Result<void> each_record(const std::filesystem::path& file, uint64_t segment,
                               const RecordSeal& seal, const base::RecordLog::Each& each);

}  // namespace millrace::storage
