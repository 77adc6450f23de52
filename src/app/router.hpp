// Which edge answers which address.
#pragma once

#include "app/completions.hpp"
#include "app/health_pages.hpp"
#include "channels/channels.hpp"
#include "engage/engage.hpp"

namespace millrace::app {

class Router final : public web::Handler {
 public:
  Router(engage::Engagement& engagement, channels::RestChannel& rest, channels::ChatPage& page,
         Completions& completions, HealthPages& health, const runtime::Solutions& solutions)
      : engagement_(engagement),
        rest_(rest),
        page_(page),
        completions_(completions),
        health_(health),
        solutions_(solutions) {}

  void handle(web::Request request, web::Respond respond) override;
  web::UpgradeAnswer upgrade(const web::Request& request) override;

 private:
  web::Response put_graph(std::string_view path) const;

  engage::Engagement& engagement_;
  channels::RestChannel& rest_;
  channels::ChatPage& page_;
  Completions& completions_;
  HealthPages& health_;
  const runtime::Solutions& solutions_;
};

}  // namespace millrace::app
