// What the command line says, as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/wire/log/log.hpp"
#include "app/wire/shares.hpp"
#include "app/wire/world_options.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "base/world.hpp"

namespace millrace::app {

struct Endpoint {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0 = any free one
};

// "HOST:PORT", "[::1]:8080"; the error says what is expected.
base::Result<Endpoint> parse_endpoint(std::string_view text);

// Where one part of what the server answers is served: with the rest, nowhere, or on a listener of
// its own.
struct Exposure {
  bool is_off = false;
  std::optional<Endpoint> own;
};
// "off", or HOST:PORT.
base::Result<Exposure> parse_exposure(std::string_view text);

// Where people reach the server. "https://example.com/talk": the origin and, behind it, the path
// under which a proxy passes requests on; "" where there is none.
struct PublicUrl {
  std::string origin;
  std::string prefix;  // "/talk"

  bool is_given() const { return !origin.empty(); }
  bool is_https() const { return origin.starts_with("https:"); }
};
base::Result<PublicUrl> parse_public_url(std::string_view text);

// "90s", "15m", "24h", "7d"; from one second to a year.
base::Result<std::chrono::seconds> parse_life(std::string_view text);

// A moment, "2026-01-31T08:00:00Z", or how long ago it was, "90s", "15m", "24h", "7d"; "yesterday"
// is 24 hours ago.
base::Result<base::Timestamp> parse_since(std::string_view text, base::Timestamp now);

struct ServeOptions {
  std::vector<std::filesystem::path> solutions;
  std::filesystem::path data;
  Endpoint listen{"127.0.0.1", 8080};
  std::string environment = "sandbox";  // or "live"
  // Where the Braze sandbox listens. Not given: on any free loopback port when the environment is
  // sandbox and BRAZE_URL is not set; otherwise there is none.
  std::optional<Endpoint> braze_sandbox;
  size_t threads = 0;         // 0 = one per CPU this process may use
  size_t action_workers = 0;  // 0 = what the memory allows
  WorldOptions world;
  std::filesystem::path grants;  // the operator's own file of grants; "" = those of the data folder
  bool grants_all = false;       // whatever solutions name: for a developer's own, on their machine
  std::vector<std::string> make_anew;  // files that may begin anew although something is lost by it
  uint64_t disk_min = 64ULL << 20;     // bytes left on the data folder's disk; below it: not ready
  ShareLimits limits = default_share_limits();
  std::vector<std::string> trusted_proxies;  // networks: "10.0.0.0/8"
  PublicUrl public_url;
  Exposure rest;        // the REST channel
  Exposure engagement;  // the Engagement API
  Exposure page;        // the chat page
  Exposure events;      // the Event Listener
  // The operator's API. Said nothing, it is with the rest while only this machine can ask, and
  // otherwise nowhere.
  std::optional<Exposure> operators;
  PublicUrl operators_url;      // where operators reach it; not given: as `public_url`
  int audit_days = 0;           // rows of the audit log are kept so long; 0 = for ever
  std::filesystem::path oidc;   // settings of the provider that vouches for operators; "" = none
  std::string tls_certificate;  // PEM files, both or neither; "" = plain HTTP
  std::string tls_key;
  std::chrono::seconds token_life{24 * 3'600};
  int media_days = 30;                           // files of people are kept so long
  uint64_t media_bytes_max = uint64_t{4} << 30;  // of all of them
  int event_days = 90;  // events of pages, apps and servers are kept so long
  uint64_t events_bytes_max = uint64_t{16} << 30;
  std::string clamd;                // a socket's path or ADDRESS:PORT; "" = nobody looks at files
  std::optional<Endpoint> metrics;  // where figures are shown; not given: nowhere
  base::Level log_level = base::Level::info;
  LogFormat log_format = LogFormat::text;
  bool logs_requests = false;     // each one that is answered, with its id
  bool waits_for_deploy = false;  // starts also where nothing is deployed yet
};

}  // namespace millrace::app
