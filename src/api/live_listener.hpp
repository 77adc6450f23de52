// One socket of the live channel: what it has subscribed to is its own; who it is, is asked again
// and again. For the files of this room only.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/live.hpp"
#include "api/live_feeds.hpp"

namespace millrace::api {

// Something that happened, for whoever has subscribed to where it did.
struct LiveRow {
  int64_t seq = 0;
  std::string solution;
  std::string chat;
  std::string type;  // "turn", "audit"
  json::object data;
};

inline constexpr std::string_view kRun = "run:";
inline constexpr size_t kTopicsMax = 64;  // of a kind, for one listener

// {"topic": ..., key: value}
json::object live_message(std::string_view topic, std::string_view key, json::value value);
json::object error_of(std::string_view topic, base::Code code, std::string_view said);
json::object too_many_topics(std::string_view topic);
// To whoever asks for what is not there, or not for them.
json::object no_topic(std::string_view topic);

class Live::Listener final : public web::SocketHandler,
                             public std::enable_shared_from_this<Live::Listener> {
 public:
  Listener(const Ports& ports, const Options& options, Feeds& feeds, Who who, Post post)
      : ports_(ports),
        options_(options),
        feeds_(feeds),
        who_(std::move(who)),
        post_(std::move(post)) {}

  void opened(std::shared_ptr<web::Socket> socket) override;
  void received_text(std::string_view text) override;
  void closed() override;

  bool is_open();
  void go_away();
  // Asks who it is when that was a minute ago.
  void ask_again();
  // A look begins, at the audit log or at turns: the least number behind which something is to be
  // told; nullopt: nothing is. A topic that comes while it lasts is told by the next one.
  std::optional<int64_t> begin_look(bool audit);
  // Once, in order; what was told is not told again.
  void tell(const LiveRow& row);
  // Whether the consumer of a chat writes. It has the number of what was told before it, since no
  // listener can ask for it again.
  void tell_typing(const std::string& chat, bool is_typing);
  // What has come of the test runs that it has subscribed to.
  void tell_runs();
  // Who listens, and which feeds they have subscribed to.
  std::string name();
  std::vector<std::string> fed_topics();
  void tell_feeds();
  // The look has come to this number.
  void end_look(bool audit, int64_t seq);

 private:
  void close(int code, std::string reason);
  void send(const json::object& what);
  void ask_who();
  void know(access::Principal principal);
  // Under the lock. A chat's solution is found when it is subscribed to, and stays.
  bool may(std::string_view topic) const;
  void subscribe_to_feed(const std::string& topic, std::optional<int64_t> after);
  void subscribe_to_run(const std::string& topic, int64_t after);
  void claim(const std::string& topic, const json::object& asked);
  void take(const json::object& asked);
  void subscribe(const std::string& topic, std::optional<int64_t> after);
  // Under the lock, all three.
  void tell_socket(const json::object& what);
  void forget(const std::string& topic);
  void forget_topics();
  void note_solution(runtime::Archive& archive, const std::string& topic);
  base::Result<int64_t> head_of_topic(runtime::Archive& archive, std::string_view topic);

  const Ports& ports_;
  const Options& options_;
  Feeds& feeds_;
  const Who who_;
  const Post post_;
  std::atomic<int64_t> asked_at_ms_ = 0;
  std::mutex mutex_;  // of what follows
  std::shared_ptr<web::Socket> socket_;
  bool is_known_ = false;              // who it is
  std::vector<json::object> waiting_;  // asked before that
  std::string name_;
  access::Grants grants_;
  struct Topic {
    int64_t after = 0;          // what was told, or passed over, last
    bool is_looked_at = false;  // by the look that lasts
  };
  std::map<std::string, Topic> topics_;
  struct Fed {
    std::shared_ptr<Feed> feed;
    int64_t after = 0;
  };
  std::map<std::string, Fed> feds_;
  std::map<std::string, int64_t> runs_;  // by topic: how many outcomes were told
  std::map<std::string, std::string, std::less<>> solutions_;  // of chats and runs
};

}  // namespace millrace::api
