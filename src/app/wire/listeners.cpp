#include "app/wire/listeners.hpp"

#include <algorithm>

#include "base/web/web_origin.hpp"

namespace millrace::app {
namespace {

using base::Code;
using base::fail;

constexpr size_t kSolutionBytesMax = 16 << 20;

bool is_same(const Endpoint& one, const Endpoint& other) {
  // Any free port is another one each time.
  return one.port != 0 && one.port == other.port && one.address == other.address;
}

// Nothing else is served there, so whatever stands before the rest does not stand before this part.
bool has_own_listener(const ServeOptions& options, const Exposure& part) {
  if (!part.own || is_same(*part.own, options.listen)) return false;
  std::vector<const Exposure*> parts{&options.rest, &options.engagement, &options.page,
                                     &options.events};
  if (options.operators) parts.push_back(&*options.operators);
  return std::ranges::none_of(parts, [&](const Exposure* other) {
    return other != &part && other->own && !other->is_off && is_same(*other->own, *part.own);
  });
}

// The page talks to the API of its own origin.
base::Result<void> check_page(const ServeOptions& options) {
  if (options.page.is_off) return {};
  if (options.engagement.is_off) {
    return fail(Code::invalid_argument,
                "the chat page needs the Engagement API: say --page off as well", "--engagement");
  }
  const Endpoint& page = options.page.own.value_or(options.listen);
  const Endpoint& api = options.engagement.own.value_or(options.listen);
  const bool is_one_listener = is_same(page, api) || (!options.page.own && !options.engagement.own);
  if (is_one_listener || options.public_url.is_given()) return {};
  return fail(Code::invalid_argument,
              "the chat page and the Engagement API are on two listeners: give both the same "
              "HOST:PORT, or --public-url where a proxy puts them under one address",
              "--page");
}

base::Result<void> check_tls(const ServeOptions& options) {
  if (options.tls_certificate.empty() == options.tls_key.empty()) return {};
  return fail(Code::invalid_argument, "--tls-cert and --tls-key go together");
}

void warn_of_plain_http(const ServeOptions& options, const Endpoint& at, base::Log& log) {
  const bool is_behind_tls = options.public_url.is_https() && !options.trusted_proxies.empty();
  if (!options.tls_certificate.empty() || web::is_loopback_host(at.address) || is_behind_tls) {
    return;
  }
  log.line(base::Level::warning, "server",
           "others can ask on " + at.address +
               " in plain HTTP, which whoever is in between can read and change: give --tls-cert "
               "and --tls-key, or put a proxy with TLS before it (--trusted-proxy, --public-url)");
}

}  // namespace

std::string url_of(const Endpoint& endpoint, uint16_t port, bool is_tls) {
  const bool any =
      endpoint.address == "0.0.0.0" || endpoint.address == "[::]" || endpoint.address == "::";
  return (is_tls ? "https://" : "http://") + (any ? "127.0.0.1" : endpoint.address) + ":" +
         std::to_string(port);
}

Reach reach_of(const ServeOptions& options, const Exposure& part) {
  const Endpoint& at = part.own.value_or(options.listen);
  const bool is_behind_nothing = !options.public_url.is_given() && options.trusted_proxies.empty();
  const bool is_loopback = web::is_loopback_host(at.address);
  return {part.is_off, is_loopback && (is_behind_nothing || has_own_listener(options, part))};
}

Exposure operators_exposure(const ServeOptions& options) {
  if (options.operators) return *options.operators;
  return {.is_off = !reach_of(options, {}).is_loopback};
}

base::Result<std::unique_ptr<Listeners>> Listeners::open(const ServeOptions& options,
                                                         const Router::Edges& edges, Ports ports) {
  if (auto right = check_page(options); !right) return std::unexpected(right.error());
  if (auto right = check_tls(options); !right) return std::unexpected(right.error());
  auto made = std::make_unique<Listeners>();
  auto& all = made->listeners_;
  all.push_back(std::make_unique<Listener>(
      Listener{.at = options.listen,
               .served = {Surface::completions, Surface::bot_manager, Surface::health}}));
  const Exposure operators = operators_exposure(options);
  for (const auto& [surface, part] :
       {std::pair(Surface::operators, &operators), std::pair(Surface::rest, &options.rest),
        std::pair(Surface::engagement, &options.engagement),
        std::pair(Surface::page, &options.page), std::pair(Surface::events, &options.events)}) {
    if (part->is_off) continue;
    auto at = all.begin();
    if (part->own) {
      at = std::ranges::find_if(all, [&](const auto& one) { return is_same(one->at, *part->own); });
    }
    if (at == all.end()) {
      at = all.insert(at, std::make_unique<Listener>(Listener{.at = *part->own}));
    }
    (*at)->served.insert(surface);
  }
  const bool is_tls = !options.tls_certificate.empty();
  for (const auto& listener : all) {
    warn_of_plain_http(options, listener->at, ports.log);
    listener->router = std::make_unique<Router>(
        edges, Router::Rules{listener->served, options.public_url.prefix,
                             is_tls || options.public_url.is_https(), ports.meter});
    if (ports.requests) {
      listener->logged = std::make_unique<AccessLogged>(*listener->router, *ports.requests);
    }
    http::ServerOptions http;
    http.address = listener->at.address;
    http.port = listener->at.port;
    http.max_connections = ports.connections_max;
    http.trusted_proxies = options.trusted_proxies;
    if (listener->served == std::set{Surface::operators}) {
      http.max_body_bytes = kSolutionBytesMax;  // whose files may be sent there
    }
    http.shares = &ports.shares;
    http.rests_the_refused = true;
    http.notices = ports.notices;
    if (is_tls) http.tls = http::TlsFiles{options.tls_certificate, options.tls_key};
    auto listening = http::Server::listen(ports.lanes, listener->first(), std::move(http));
    if (!listening) return std::unexpected(listening.error());
    listener->server = std::move(*listening);
    listener->url = app::url_of(listener->at, listener->server->port(), is_tls);
  }
  return made;
}

std::string Listeners::url_of(Surface part) const {
  const auto found = std::ranges::find_if(
      listeners_, [&](const auto& listener) { return listener->served.contains(part); });
  return found == listeners_.end() ? std::string() : (*found)->url;
}

size_t Listeners::connections() const {
  size_t all = 0;
  for (const auto& listener : listeners_) all += listener->server->connections();
  return all;
}

size_t Listeners::sockets() const {
  size_t all = 0;
  for (const auto& listener : listeners_) all += listener->server->sockets();
  return all;
}

void Listeners::stop_accepting() {
  for (const auto& listener : listeners_) listener->server->stop_accepting();
}

bool Listeners::drain(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  bool is_empty = true;
  for (const auto& listener : listeners_) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    is_empty = listener->server->drain(std::max(left, std::chrono::milliseconds(0))) && is_empty;
  }
  return is_empty;
}

std::string reached_at(const ServeOptions& options, const Listeners& listeners, Surface part) {
  std::string url = listeners.url_of(part);
  if (url.empty() || !options.public_url.is_given()) return url;
  return options.public_url.origin + options.public_url.prefix;
}

}  // namespace millrace::app
