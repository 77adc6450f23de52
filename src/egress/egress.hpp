// The one way out. `Client` sends what the platform itself sends, `Proxy` lets sandboxed workers
// connect; both check every address that a name stands for, and connect to what was checked and
// nothing else. Nothing of what is sent, no credential and no query string reaches a log or a
// message. Asio and libcurl stay behind this header.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/meter.hpp"
#include "base/resilience/breaker.hpp"
#include "base/result.hpp"
#include "base/web/outbound.hpp"
#include "base/world.hpp"
#include "egress/rules.hpp"

namespace millrace::egress {

using std::chrono::milliseconds;

// Finds the addresses that a name stands for.
class Resolver {
 public:
  using Done = std::move_only_function<void(base::Result<std::vector<Address>>)>;
  virtual ~Resolver() = default;
  // `done` is called exactly once, perhaps at once, on any thread; `unavailable` when the name is
  // not known. Thread-safe, never blocks.
  virtual void resolve(std::string name, Done done) = 0;
};

struct SystemResolverOptions {
  int threads = 4;
  size_t waiting_max = 1'024;         // names in the queue; more are answered `unavailable`
  milliseconds believed_for{10'000};  // failures: a tenth of it
  size_t believed_max = 4'096;        // names
};

// The system's: /etc/hosts and DNS. Questions for the same name share one look-up; an answer is
// believed for a while (the check is made on every use, so a stale answer is never a hole).
class SystemResolver final : public Resolver {
 public:
  explicit SystemResolver(SystemResolverOptions options = {});
  // Does not wait for the system: what is still being looked up is answered `unavailable`.
  ~SystemResolver() override;
  void resolve(std::string name, Done done) override;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with threads that the system holds up
};

struct ClientOptions {
  Rules rules{.allowed = {"*"}, .internal_allowed = {}};
  std::string ca_file;         // PEM, instead of the system's authorities
  std::string upstream_proxy;  // "http://host:port"; see Client
  int running_max = 256;       // requests under way, over all hosts
  int running_per_host_max = 32;
  size_t waiting_per_host_max = 2'000;   // more are answered not_sent
  size_t waiting_bytes_max = 256 << 20;  // bodies of all requests that are here
  base::BreakerRules breaker;            // per host and port
  milliseconds connect_time{10'000};
  milliseconds kept_for{30'000};  // an unused connection; shorter than servers usually keep it
  std::string user_agent = "Millrace";
};

// Sends requests, each host's in order of arrival, over kept connections, on one thread.
//
// Certificates are verified, redirects are followed here (each target judged anew; to another
// origin only Accept*, Content-* and User-Agent go along; never from https to http), answers are
// not decompressed. A request whose kept connection ends before an answer is sent again only when
// nothing of it had been written or its method is safe (GET, HEAD, OPTIONS); otherwise its outcome
// is unknown. 5xx, not_sent and unknown count as failures for the host's breaker. A full queue is
// not_sent.
//
// With an upstream proxy it is the proxy that looks names up: the guard then judges names and
// addresses written as such, and cannot judge what a name stands for. What the operator allowed as
// internal is reached directly.
class Client final : public web::Outbound {
 public:
  static base::Result<std::unique_ptr<Client>> make(ClientOptions options, Resolver& resolver,
                                                    base::Clock& clock, base::Meter& meter);
  ~Client() override;  // stops
  // `done` is called on the client's thread (on the caller's after a stop); it must be quick.
  void send(web::OutboundRequest request, Done done) override;
  // Ends what is under way (unknown, or not_sent) and what waits (not_sent). Not from a `done`.
  void stop();

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// How much a sandboxed solution version may take.
struct ProxyLimits {
  int connections_max = 256;               // at once, with those that workers keep
  int connects_per_second = 2'000;         // with as many in one go
  int64_t sent_bytes_max = 64 << 20;       // by the worker, on one connection
  int64_t received_bytes_max = 256 << 20;  // from outside, on one connection
  milliseconds request_time{5'000};        // for the CONNECT request to arrive
  milliseconds connect_time{5'000};        // for looking the name up and connecting
  milliseconds idle_time{60'000};          // without a byte either way
  milliseconds connection_time{600'000};
};

// For sandboxed workers: HTTP CONNECT over Unix sockets, one socket per solution version.
//   CONNECT host:port HTTP/1.1 | Host: ... | Millrace-Call: <tag of at most 64 letters, digits,
//   -_.:>
// answers 200 and tunnels bytes, or 400 (malformed), 403 (not allowed), 429 (a limit), 502 (no
// connection), 504 (not in time), with a reason as text that names the remedy.
class Proxy {
 public:
  // A connect has been decided: 200, or what it was refused with and why (in `refused`). Called on
  // the proxy's thread; must be quick.
  using Observer = std::function<void(std::string_view tag, web::Exchange exchange)>;

  Proxy(Resolver& resolver, base::Log& log, base::Meter& meter);
  ~Proxy();  // stops
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  // Listens on the path with mode 0600, replacing a socket that nobody serves any more.
  // already_exists when the name is open; invalid_argument for bad rules. Thread-safe.
  base::Result<void> open(const std::string& name, const std::string& socket_path,
                          const Rules& rules, const ProxyLimits& limits, Observer observer);
  // Ends its connections and removes the socket; the observer is not called afterwards.
  // Thread-safe.
  void close(const std::string& name);
  void stop();
  // Open at this moment, of all names; for tests and figures.
  size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::egress
