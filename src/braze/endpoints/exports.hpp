// Segment exports: made a page of profiles at a time, so that nobody waits for the whole, and kept
// in memory for as long as there is room.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/web/web.hpp"
#include "braze/braze.hpp"
#include "braze/kept.hpp"

namespace millrace::braze {

struct ExportJob {
  std::string prefix;  // names the file
  std::string segment_id;
  json::object segment;
  std::optional<std::vector<std::string>> fields;
  bool is_gzip = false;
};

class Exports {
 public:
  // `mutex` is the one over the profiles.
  Exports(ProfileStore& profiles, std::mutex& mutex, base::Lanes& lanes)
      : profiles_(profiles), mutex_(mutex), lanes_(lanes) {}

  // False when one of the same segment is running. Called under the lock.
  bool begin(ExportJob job);
  // The file, or 404 when there is none of that name, or not yet. Called under the lock.
  web::Response fetch(std::string_view name) const;
  // Drops all, finished or not: somebody who is in one was erased. Called under the lock.
  void forget();

 private:
  struct Running {
    ExportJob job;
    std::string after;               // the id the last page ended with
    std::vector<std::string> files;  // NDJSON of about 5,000 users each
    size_t users_in_last = 0;
    size_t bytes = 0;
  };
  struct Ready {
    std::string name;
    std::string bytes;
  };
  void step(const std::shared_ptr<Running>& running);
  void finish(Running& running);

  ProfileStore& profiles_;
  std::mutex& mutex_;
  base::Lanes& lanes_;
  std::vector<std::shared_ptr<Running>> running_;
  std::deque<Ready> ready_;
  size_t ready_bytes_ = 0;
};

}  // namespace millrace::braze
