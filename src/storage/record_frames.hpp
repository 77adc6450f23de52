// How records lie in a file of the record log: checksum, size, number, bytes, one after the other.
// Pure. A file that is used again still has old frames behind the new ones; the checksum is keyed
// with the segment's id, so they are no frames of the new segment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::storage {

struct RecordFrame {
  uint64_t number = 0;
  std::string_view record;
};

// `record` is not empty and under 4 GiB.
void append_frame(std::string& out, uint64_t segment, uint64_t number, std::string_view record);

// Takes the next frame off `bytes`; nullopt where no whole one of that segment begins.
std::optional<RecordFrame> take_frame(std::string_view& bytes, uint64_t segment);

}  // namespace millrace::storage
