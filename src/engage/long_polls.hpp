// The long-poll transport of Phoenix sockets, for those whom no web socket reaches (reference:
// phoenix-channels.md). A session is what a socket is: GET opens it and then asks
// for what is new, which is held until there is something; POST brings frames, a line each.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/web/web.hpp"
#include "base/world.hpp"

namespace millrace::engage {

// Thread-safe. Must outlive the lanes' threads. Every answer is HTTP 200 with the status in its
// body, as the published client wants it: 200, 204 (nothing came), 410 (a session that was just
// opened, or is over), 403, 500 (there are too many sessions).
class LongPolls {
 public:
  struct Limits {
    size_t sessions_max = 10'000;         // of one network: half of what the others leave
    size_t unsent_bytes_max = 256 << 10;  // then the session is over
    size_t frames_max = 100;              // of one POST
    std::chrono::milliseconds held_for{10'000};
    std::chrono::milliseconds idle_for{30'000};  // without a GET; then the session is over
  };
  LongPolls(base::Lanes& lanes, base::Clock& clock, base::Random& random, Limits limits);
  LongPolls(base::Lanes& lanes, base::Clock& clock, base::Random& random)
      : LongPolls(lanes, clock, random, Limits{}) {}
  ~LongPolls();

  // The session that a request names in the last of its `token` parameters; "" for none: that of
  // an access token stands before it.
  static std::string session_of(const web::Request& request);

  // Begins a session; the answer names it.
  void open(std::string network, std::shared_ptr<web::SocketHandler> handler, web::Respond respond);
  void poll(const std::string& token, web::Respond respond);
  void push(const std::string& token, std::string_view frames, web::Respond respond);
  static void forbid(web::Respond respond);

 private:
  class Session;
  bool add(const std::shared_ptr<Session>& session);  // false: there is no room for it
  std::shared_ptr<Session> find(const std::string& token);
  void look_after(const std::shared_ptr<Session>& session);
  void end(const std::shared_ptr<Session>& session);

  base::Lanes& lanes_;
  base::Clock& clock_;
  base::Random& random_;
  const Limits limits_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Session>> sessions_;
};

}  // namespace millrace::engage
