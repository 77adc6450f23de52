// Files on their way, whose slices have come only in part. Held in memory, within bounds: what is
// not gone on with makes room for others. Pure: time and ids come in.
#pragma once

#include <map>
#include <string>

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace millrace::media {

struct Slice {
  base::Id consumer;
  std::string upload;  // "" of the first
  size_t bytes = 0;    // of the whole file
  size_t offset = 0;
  std::string part;
};

struct Progress {
  std::string upload;
  size_t received = 0;
  bool is_whole = false;
  std::string content;  // when it is whole; it is forgotten here then
};

class Partials {
 public:
  struct Limits {
    size_t bytes_max = 64 << 20;    // of all files together, as large as they say they will be
    size_t of_consumer_max = 3;     // files of one consumer at a time
    int64_t idle_ms_max = 120'000;  // since its last slice
  };
  Partials() = default;
  explicit Partials(Limits limits) : limits_(limits) {}

  // `id` names the upload that a first slice begins. A slice that has come already is not taken
  // again: the answer says how far the file has come. Errors: invalid_argument (more than the file
  // has, or a gap), not_found (no such upload of that consumer), resource_exhausted.
  base::Result<Progress> take(Slice slice, base::Timestamp now, const std::string& id);
  size_t bytes() const { return bytes_; }

 private:
  struct Partial {
    base::Id consumer;
    size_t bytes = 0;
    std::string content;
    base::Timestamp touched;
  };
  void drop_idle(base::Timestamp now);
  base::Result<void> begin(const Slice& slice, base::Timestamp now, const std::string& id);

  const Limits limits_{};
  std::map<std::string, Partial> partials_;
  size_t bytes_ = 0;
};

}  // namespace millrace::media
