// For tests of the network as scripts see it: a version with one script behind a proxy, and the
// server that the proxy plays.
#pragma once

#include <optional>

#include "tests/support/python_proxy.hpp"

namespace millrace::python::testing {

inline void serve_http(Peer& peer, const std::string& target) {
  if (target.ends_with(":443") && !peer.begin_tls()) return;
  for (std::string request = peer.read_message(); !request.empty(); request = peer.read_message()) {
    const std::string line = request.substr(0, request.find('\r'));
    const json::object body{{"target", target}, {"line", line}};
    peer.write(http_answer(line.contains("/missing") ? 404 : 200, json::serialize(body)));
  }
}

inline std::string refuse_inside(const std::string& target) {
  if (!target.starts_with("10.") && !target.starts_with("denied.")) return {};
  const std::string reason = "not on the list of hosts; add it under egress in solution.yaml";
  return "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(reason.size()) + "\r\n\r\n" + reason;
}

// A version whose one script has this body, behind a proxy.
class Networked {
 public:
  explicit Networked(std::string_view body, Proxy::Serve serve = serve_http)
      : proxy_(folder_.path() / "proxy", refuse_inside, std::move(serve)) {
    folder_.app(kApp).body("Ask", body);
    std::ofstream(folder_.path() / "authority.pem") << kAuthority;
    VersionFolder version{"v1", folder_.path(), "sandbox", {}};
    version.proxy_socket = proxy_.file();
    version.ca_file = "authority.pem";
    bench_.emplace(std::move(version));
  }
  runtime::ActionOutcome run() { return bench_->run("Ask"); }
  std::string log() { return bench_->log.text(); }
  Proxy& proxy() { return proxy_; }
  Bench& bench() { return *bench_; }
  // Scripts may be changed until the first call.
  Folder& folder() { return folder_; }

 private:
  Folder folder_;
  Proxy proxy_;
  std::optional<Bench> bench_;
};

}  // namespace millrace::python::testing
