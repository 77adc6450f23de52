#include "storage/record_frames.hpp"

#include <cstring>

#include "base/hash.hpp"

namespace millrace::storage {
namespace {

// In the machine's own order: a log is read where it was written.
template <typename Number>
void append_number(std::string& out, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof bytes);
}

template <typename Number>
Number number_at(std::string_view bytes, size_t place) {
  Number number{};
  std::memcpy(&number, bytes.data() + place, sizeof number);
  return number;
}

constexpr size_t kSizeAt = sizeof(uint64_t);  // behind the checksum, which is of all that follows
constexpr size_t kNumberAt = kSizeAt + sizeof(uint32_t);
constexpr size_t kRecordAt = kNumberAt + sizeof(uint64_t);

}  // namespace

void append_frame(std::string& out, uint64_t segment, uint64_t number, std::string_view record) {
  const size_t begin = out.size();
  append_number(out, uint64_t{0});
  append_number(out, static_cast<uint32_t>(record.size()));
  append_number(out, number);
  out += record;
  const uint64_t sum = base::checksum(segment, std::string_view(out).substr(begin + kSizeAt));
  std::memcpy(out.data() + begin, &sum, sizeof sum);
}

std::optional<RecordFrame> take_frame(std::string_view& bytes, uint64_t segment) {
  if (bytes.size() < kRecordAt) return std::nullopt;
  const size_t size = number_at<uint32_t>(bytes, kSizeAt);
  if (size == 0 || size > bytes.size() - kRecordAt) return std::nullopt;
  const std::string_view summed = bytes.substr(kSizeAt, kRecordAt - kSizeAt + size);
  if (number_at<uint64_t>(bytes, 0) != base::checksum(segment, summed)) return std::nullopt;
  const RecordFrame frame{number_at<uint64_t>(bytes, kNumberAt), bytes.substr(kRecordAt, size)};
  bytes.remove_prefix(kRecordAt + size);
  return frame;
}

}  // namespace millrace::storage
