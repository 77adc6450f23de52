#include "media/partial.hpp"

#include <algorithm>

namespace millrace::media {
namespace {

using base::Code;
using base::fail;

}  // namespace

void Partials::drop_idle(base::Timestamp now) {
  std::erase_if(partials_, [&](const auto& entry) {
    if (now.ms - entry.second.touched.ms <= limits_.idle_ms_max) return false;
    bytes_ -= entry.second.bytes;
    return true;
  });
}

base::Result<void> Partials::begin(const Slice& slice, base::Timestamp now, const std::string& id) {
  if (slice.offset != 0) {
    return fail(Code::invalid_argument, "the first slice begins at 0", "offset");
  }
  const auto of_consumer = std::ranges::count_if(
      partials_, [&](const auto& entry) { return entry.second.consumer == slice.consumer; });
  if (static_cast<size_t>(of_consumer) >= limits_.of_consumer_max ||
      bytes_ + slice.bytes > limits_.bytes_max) {
    return fail(Code::resource_exhausted, "too many files are on their way; try again in a minute");
  }
  partials_[id] = {slice.consumer, slice.bytes, {}, now};
  bytes_ += slice.bytes;
  return {};
}

base::Result<Progress> Partials::take(Slice slice, base::Timestamp now, const std::string& id) {
  drop_idle(now);
  if (slice.upload.empty()) {
    if (slice.offset == 0 && slice.part.size() == slice.bytes) {
      return Progress{id, slice.bytes, true, std::move(slice.part)};
    }
    if (auto begun = begin(slice, now, id); !begun) return std::unexpected(begun.error());
    slice.upload = id;
  }
  const auto found = partials_.find(slice.upload);
  if (found == partials_.end() || found->second.consumer != slice.consumer) {
    return fail(Code::not_found, "there is no such upload; begin again", "upload");
  }
  Partial& partial = found->second;
  partial.touched = now;
  if (slice.offset < partial.content.size()) {
    return Progress{slice.upload, partial.content.size(), false, {}};
  }
  if (slice.offset > partial.content.size() ||
      slice.part.size() > partial.bytes - partial.content.size()) {
    return fail(Code::invalid_argument,
                "the next slice begins at " + std::to_string(partial.content.size()) +
                    " and ends before " + std::to_string(partial.bytes + 1),
                "offset");
  }
  partial.content += slice.part;
  if (partial.content.size() < partial.bytes) {
    return Progress{slice.upload, partial.content.size(), false, {}};
  }
  Progress whole{slice.upload, partial.bytes, true, std::move(partial.content)};
  bytes_ -= partial.bytes;
  partials_.erase(found);
  return whole;
}

}  // namespace millrace::media
