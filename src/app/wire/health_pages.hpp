// GET /healthz and GET /readyz: 200 or 503, and what each check says where it may be shown.
#pragma once

#include <string_view>

#include "app/wire/health.hpp"
#include "base/web/web.hpp"

namespace millrace::app {

// Figures and details of the machine are shown on the operator's own listener, or to this machine.
enum class Details { always, to_this_machine };

class HealthPages final : public web::Handler {
 public:
  HealthPages(Health& health, Details details) : health_(health), details_(details) {}

  static bool serves(std::string_view path);
  void handle(web::Request request, web::Respond respond) override;

 private:
  Health& health_;
  const Details details_;
};

}  // namespace millrace::app
