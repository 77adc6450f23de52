// Which edge answers which address of a listener.
#pragma once

#include <set>

#include "base/routes.hpp"
#include "base/web.hpp"

namespace millrace::app {

// What can be served apart from the rest.
enum class Surface { rest, engagement, page, completions, bot_manager, health };

// One listener's. What it does not serve is 404 there, as what nobody serves.
class Router final : public web::Handler {
 public:
  struct Edges {
    web::Handler& rest;
    web::Handler& engagement;
    web::Handler& page;
    web::Handler& completions;
    web::Handler& bot_manager;
    web::Handler& health;
  };
  Router(const Edges& edges, std::set<Surface> served);

  void handle(web::Request request, web::Respond respond) override;
  web::UpgradeAnswer upgrade(const web::Request& request) override;

 private:
  web::Handler* find(const web::Request& request) const;

  const web::Routes<Surface, web::Handler*> routes_;
  const std::set<Surface> served_;
};

}  // namespace millrace::app
