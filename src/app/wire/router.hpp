// Which edge answers which address of a listener.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/meter.hpp"
#include "base/web/routes.hpp"
#include "base/web/web.hpp"

namespace millrace::app {

// What can be served apart from the rest.
enum class Surface { rest, engagement, page, completions, bot_manager, health, operators, events };

// One listener's. What it does not serve is 404 there, as what nobody serves. Every answer has the
// headers that keep browsers from guessing, framing and keeping it, unless its edge says otherwise.
class Router final : public web::Handler {
 public:
  struct Edges {
    web::Handler& rest;
    web::Handler& engagement;
    web::Handler& page;
    web::Handler& completions;
    web::Handler& bot_manager;
    web::Handler& health;
    web::Handler* media = nullptr;      // none: no files are kept
    web::Handler* events = nullptr;     // none: no events are taken in
    web::Handler* operators = nullptr;  // none: nothing of theirs is served
  };
  struct Rules {
    std::set<Surface> served;
    // "/talk": addresses are answered below it as well as without it, for a proxy that passes
    // requests on with their path or cuts it off.
    std::string prefix;
    bool is_https = false;         // browsers are told to come by https from now on
    base::Meter* meter = nullptr;  // takes how long each answer took; none: nobody asks for it
  };
  Router(const Edges& edges, Rules rules);

  void handle(web::Request request, web::Respond respond) override;
  web::UpgradeAnswer upgrade(const web::Request& request) override;

 private:
  using Table = web::Routes<Surface, web::Handler*>;
  static std::vector<Table::Route> routes_of(const Edges& edges);

  struct Served {
    Surface part;
    web::Handler* by;
  };
  std::optional<Served> find(const web::Request& request) const;
  web::Respond measured(const std::optional<Served>& served, web::Respond respond) const;
  // The path below the prefix; "" when it is the prefix itself.
  std::string_view below_prefix(std::string_view path) const;

  const Table routes_;
  const Rules rules_;
};

// Adds what is missing of the headers above.
void secure(web::Response& response, bool is_https);

}  // namespace millrace::app
