#include "storage/record_log/record_frames.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
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
static_assert(kRecordAt == kRecordHeadBytes);

constexpr std::string_view kEnding = ".log";

std::string place_of(uint64_t segment, uint64_t number) {
  return std::to_string(segment) + ":" + std::to_string(number);
}

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

size_t frame_bytes(std::string_view bytes) {
  if (bytes.size() < kRecordAt) return 0;
  const size_t size = number_at<uint32_t>(bytes, kSizeAt);
  return size == 0 ? 0 : kRecordAt + size;
}

std::string segment_name(uint64_t id, std::string_view ending) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(id));
  return std::string(digits).append(ending);
}

std::optional<uint64_t> segment_of(std::string_view name) {
  if (!name.ends_with(kEnding)) return std::nullopt;
  uint64_t id = 0;
  const char* end = name.data() + name.size() - kEnding.size();
  const auto read = std::from_chars(name.data(), end, id, 16);
  return read.ec == std::errc() && read.ptr == end ? std::optional(id) : std::nullopt;
}

base::Result<std::vector<uint64_t>> segments_in(const std::filesystem::path& folder) {
  std::vector<uint64_t> ids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (const auto id = segment_of(entry.path().filename().string())) ids.push_back(*id);
  }
  if (error) {
    const bool is_missing = error == std::errc::no_such_file_or_directory;
    return base::fail(is_missing ? base::Code::not_found : base::Code::unavailable, error.message(),
                      folder.string());
  }
  std::ranges::sort(ids);
  return ids;
}

std::string RecordSeal::seal(uint64_t segment, uint64_t number, std::string_view record) {
  return key_ ? seal_bytes(*key_, nonces_, place_of(segment, number), record) : std::string(record);
}

base::Result<std::string> RecordSeal::open(const RecordFrame& frame, uint64_t segment,
                                           const std::filesystem::path& file) const {
  if (!key_) return std::string(frame.record);
  auto record = open_bytes(*key_, place_of(segment, frame.number), frame.record);
  if (record) return std::move(*record);
  return base::fail(base::Code::data_loss,
                    "record " + std::to_string(frame.number) +
                        " cannot be decrypted: it is damaged, or was written under another key; "
                        "put the folder back from a backup",
                    file.string());
}

}  // namespace millrace::storage
