// Before a router: gives every request an id, and has it written down when it is answered.
#pragma once

#include "app/wire/log/log.hpp"
#include "base/web/web.hpp"
#include "base/world.hpp"

namespace millrace::app {

// The id is the one that the request brings (X-Request-Id: a token of at most 64 characters), or a
// new one; handlers find it among the request's headers, and every answer carries it. What the
// server refuses before it is a request (431, 400 for a malformed one) is not seen here:
// edge_notices_total counts it.
class AccessLogged final : public web::Handler {
 public:
  struct Ports {
    RequestLog& log;
    base::Clock& clock;
    base::Random& random;
  };
  AccessLogged(web::Handler& inner, Ports ports) : inner_(inner), ports_(ports) {}

  void handle(web::Request request, web::Respond respond) override;
  web::UpgradeAnswer upgrade(const web::Request& request) override;

 private:
  web::Handler& inner_;
  Ports ports_;
};

// As it may stand in a log: parts of 20 or more characters, which may be ids or tokens, are cut to
// four and "..."; bytes that are no printable ASCII are "?", and what is beyond 200 is left out.
std::string logged_path(std::string_view path);

}  // namespace millrace::app
