// The last requests, for people to read and search. Holds no bodies, no keys and no personal data.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"
#include "braze/front/diagnostics.hpp"

namespace millrace::braze {

class RequestLog {
 public:
  struct Entry {
    base::Timestamp at;
    std::string id;  // X-Request-Id
    std::string method;
    std::string path;
    int status = 0;
    std::string key_name;  // "" when it had none that is known
    std::vector<Diagnostic> diagnostics;
    uint64_t number = 0;
  };
  void add(Entry entry);
  // Newest first; `search` is looked for in what is shown, `after` is the number of the last one
  // seen.
  json::array newest_first(const std::string& search, uint64_t after);

 private:
  std::mutex mutex_;
  std::deque<Entry> entries_;
  uint64_t count_ = 0;
};

}  // namespace millrace::braze
