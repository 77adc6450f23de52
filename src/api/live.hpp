// The live socket, /api/v1/live: what happens, told to whoever has asked for it by topic, with a
// number by which a listener that comes back goes on where it was. For the files of this room only.
//
//   -> {"sub": "chats:hotel", "after": 120}      <- {"topic", "subscribed": 118}
//   -> {"unsub": "chats:hotel"}                  <- {"topic", "seq", "type", "data"}
//   -> {"ping": 1}                               <- {"pong": 1}
//   <- {"topic", "error": {type, message}}       <- {"topic", "gap": true}: ask for what is there
//   -> {"claim": "workspace:hotel/main", "node": "main.hello"}, {"unclaim": ..., "node": ...}
//
// Topics: chats:SOLUTION, chat:ID, audit. `seq` grows and has gaps; without `after` from now on.
// workspace:SOLUTION/WORKSPACE and deploys:SOLUTION are those of live_feeds.hpp.
// run:ID tells of a run: an `outcome` for each test, or `progress` for each step of other work,
// numbered from 1, and `done`.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "api/guard.hpp"

namespace millrace::api {

class Live {
 public:
  using Who = std::function<base::Result<std::optional<Guard::Known>>()>;

  Live(const Ports& ports, const Options& options, Feeds& feeds)
      : ports_(ports), options_(options), feeds_(feeds) {}
  ~Live();

  void start();
  void stop();
  // `who` is asked on a thread of `post`'s: at once, and every minute, so that whoever was
  // disabled, signed out or given less hears no more.
  std::shared_ptr<web::SocketHandler> listener(Who who, Post post);

  class Listener;

 private:
  using Listeners = std::vector<std::shared_ptr<Listener>>;
  void run();
  void look(const Listeners& all);
  void look_at_feeds(const Listeners& all);
  // Tells everybody what they have not heard yet. One thread does, so that each hears it in order.
  // The number it has come to.
  int64_t look_at_turns(const Listeners& all, int64_t after);
  int64_t look_at_audit(const Listeners& all, int64_t after);
  void look_at_typing(const Listeners& all);
  std::string solution_of_chat(runtime::Archive& archive, base::Id chat);

  const Ports& ports_;
  const Options& options_;
  Feeds& feeds_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<std::weak_ptr<Listener>> listeners_;
  std::thread thread_;
  // The thread's.
  std::map<base::Id, std::string> solutions_;             // of chats
  std::map<std::string, std::set<std::string>> present_;  // who listened to a feed at the last look
};

}  // namespace millrace::api
