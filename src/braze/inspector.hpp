// The sandbox's own side: /_sandbox (profiles, requests, the fault switch) and the inspector page.
// For people on this machine; it is refused under any other host name.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "base/web.hpp"
#include "braze/diagnostics.hpp"
#include "braze/faults.hpp"
#include "braze/profile_store.hpp"

namespace millrace::braze {

// The last requests, for people to read. Holds no bodies and no keys.
class RequestLog {
 public:
  struct Entry {
    base::Timestamp at;
    std::string method;
    std::string path;
    int status = 0;
    std::string key_name;  // "" when it had none that is known
    json::array diagnostics;
  };
  void add(Entry entry);
  json::array newest_first();

 private:
  std::mutex mutex_;
  std::deque<Entry> entries_;
};

class Inspector {
 public:
  Inspector(ProfileStore& profiles, std::mutex& profiles_mutex, FaultSwitch& faults,
            RequestLog& requests, std::vector<std::string> hosts);
  static bool serves(std::string_view path);
  web::Response handle(const web::Request& request);

 private:
  bool is_allowed_host(const web::Request& request) const;
  web::Response list_profiles(const web::Request& request);
  web::Response show_profile(const std::string& braze_id);
  web::Response set_faults(const web::Request& request);

  ProfileStore& profiles_;
  std::mutex& profiles_mutex_;
  FaultSwitch& faults_;
  RequestLog& requests_;
  const std::vector<std::string> hosts_;
};

}  // namespace millrace::braze
