// How much each asker may have of the server: what is asked (a port that the edges hold, which
// `app` implements), and the table that keeps account, a bucket that refills at a steady rate for
// each asker. The table is pure and bounded: time is an argument, and the asker not heard of for
// longest is forgotten when it is full.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/web/web.hpp"

namespace millrace::base {

enum class Share {
  address_sessions,
  address_messages,
  address_bytes,
  consumer_messages,
  consumer_bytes,
  consumer_events,
  solution_sessions,
  solution_messages,
  solution_bytes,
};
inline constexpr size_t kShareCount = 9;
// "address-sessions", as the command line and the log name it.
std::string_view to_string(Share share);

// Thread-safe.
class Shares {
 public:
  virtual ~Shares() = default;
  // Takes `amount` out of the share of `who`. nullopt when it was there; otherwise nothing is
  // taken, and asking again is worth while after so many seconds (at least 1).
  virtual std::optional<int> take(Share share, std::string_view who, double amount) = 0;
};

// Everybody may have everything.
class NoShares final : public Shares {
 public:
  std::optional<int> take(Share, std::string_view, double) override { return std::nullopt; }
};

struct ShareLimit {
  double per_second = 0;
  double burst = 0;  // how much may be had at once after a rest; 0 = there is no limit

  bool operator==(const ShareLimit&) const = default;
};

class ShareTable {
 public:
  using Time = std::chrono::nanoseconds;  // since any moment, of a clock that does not go back

  ShareTable(ShareLimit limit, size_t askers_max) : limit_(limit), askers_max_(askers_max) {}

  // As Shares::take. What is more than the whole burst is given to whoever has the whole burst.
  std::optional<int> take(std::string_view who, double amount, Time now);
  size_t askers() const { return by_name_.size(); }

 private:
  struct Asker {
    uint64_t name;  // a hash
    double left;
    Time as_of;
  };
  Asker& find(uint64_t name, Time now);

  const ShareLimit limit_;
  const size_t askers_max_;
  std::list<Asker> askers_;  // heard of last at the front
  std::unordered_map<uint64_t, std::list<Asker>::iterator> by_name_;
};

// Who asks on behalf of a consumer, and what a message of theirs takes.
struct MessageShares {
  std::string_view address;  // web::Request::network
  bool is_local = false;     // of this machine: has no share of messages by address
  std::string_view consumer;
  std::string_view solution;  // "" when it is not known
  size_t bytes = 0;
};
// All of a message's shares, in turn; the first one that is full refuses it.
std::optional<int> take_message(Shares& shares, const MessageShares& message);

}  // namespace millrace::base

namespace millrace::web {

// Says in an answer 429 or 503 after how many seconds (at least 1) to ask again; any other stays as
// it is.
Response with_retry_after(Response response, int seconds);

// What an answer 429 or 503 says of it; nullopt where it says nothing.
std::optional<std::chrono::seconds> retry_after(const Response& response);

// A socket that need not be read at once.
class RestingSocket : public Socket {
 public:
  // The peer was told to wait for so long: after the frame that is being read no other is for a
  // moment, so that refusing what comes costs little. Thread-safe.
  virtual void rest(std::chrono::seconds told) = 0;
};
// Where the socket can.
void let_rest(Socket& socket, int told_seconds);

}  // namespace millrace::web
