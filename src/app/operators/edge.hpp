// The operator's API of a server, wired: who may come in (access.db), what it reads and orders, and
// the provider that vouches for people, where there is one.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/operators/desk.hpp"
#include "app/operators/records.hpp"
#include "app/operators/studio.hpp"
#include "app/wire/action_edge.hpp"
#include "base/web/web.hpp"
#include "base/web/web_origin.hpp"

namespace millrace::egress {
class Resolver;
}

namespace millrace::app {

std::filesystem::path access_file_in(const std::filesystem::path& data);

// The store of people, keys and the audit log. failed_precondition: it was there and is lost, which
// would let a new first owner in.
base::Result<std::unique_ptr<access::Transactions>> open_access_file(
    const std::filesystem::path& data);

class OperatorEdge {
 public:
  struct Options {
    std::filesystem::path data;
    std::filesystem::path oidc;  // the provider's settings; "" = there is none
    std::string environment;
    web::OriginRule origins;
    std::string url;                         // where operators reach it; "" = where it listens
    bool is_secure = false;                  // they come by https
    WorldOptions world;                      // as scripts have it
    Variables given;                         // what every script may see
    solutions::Workspaces::Folders folders;  // those that solutions are worked on in
    std::string seal_key;
    int audit_days = 0;  // how long rows of the audit log are kept; 0: for ever
  };
  struct Ports {
    OperatorRecords::Ports records;
    solutions::Inspector& inspector;
    RightsOf rights_of;
    const runtime::Solutions& solutions;
    egress::Resolver& names;
    const secrets::Resolver& secrets;
    base::Clock& clock;
    base::Random& random;
    base::Log& log;
    base::Meter& meter;
    runtime::Typing& typing;
  };
  static base::Result<std::unique_ptr<OperatorEdge>> open(Options options, Ports ports);
  ~OperatorEdge();

  // What answers under /api/v1 and /operator.
  web::Handler& handler();
  // Said once, before the first request.
  void listens_at(const std::string& url);
  // Where operators reach it.
  const std::string& url() const;
  // The path of the first owner's link, with its token; "" where there are users.
  const std::string& owner_path() const;
  void stop();

 private:
  struct Parts;
  explicit OperatorEdge(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace::app
