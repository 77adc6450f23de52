// The sandbox's own side: /_sandbox (profiles, requests, the workspace, exports, the fault switch)
// and the inspector page. For people on this machine; it is refused under any other host name.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/web/web.hpp"
#include "braze/front/endpoint.hpp"
#include "braze/front/faults.hpp"
#include "braze/front/request_log.hpp"

namespace millrace::braze {

class Inspector {
 public:
  Inspector(World& world, std::mutex& mutex, FaultSwitch& faults, RequestLog& requests,
            const SandboxOptions& options);
  static bool serves(std::string_view path);
  void handle(const web::Request& request, web::Respond respond);

 private:
  bool is_allowed_host(const web::Request& request) const;
  bool is_own_page(const web::Request& request) const;
  web::Response read(const web::Request& request);
  web::Response read_locked(const web::Request& request);
  web::Response list_profiles(const web::Request& request);
  web::Response show_profile(const std::string& braze_id);
  web::Response set_faults(const web::Request& request);
  json::object workspace() const;
  // PUT and DELETE /_sandbox/workspace/<kind>/<id>; answered once it is durable.
  void change_workspace(const web::Request& request, web::Respond respond);

  World& world_;
  std::mutex& mutex_;
  FaultSwitch& faults_;
  RequestLog& requests_;
  const SandboxOptions& options_;
};

}  // namespace millrace::braze
