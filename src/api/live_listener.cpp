#include "api/live_listener.hpp"

#include <algorithm>

#include "api/chats.hpp"

namespace millrace::api {
namespace {

using base::Code;

constexpr int64_t kAskEveryMs = 60'000;
constexpr size_t kWaitingMax = 16;
constexpr int64_t kCatchUpMax = 10'000;  // positions; further back is a gap
constexpr int kPolicy = 1008;
constexpr int kAway = 1001;

}  // namespace

json::object live_message(std::string_view topic, std::string_view key, json::value value) {
  return {{"topic", topic}, {key, std::move(value)}};
}

json::object error_of(std::string_view topic, Code code, std::string_view said) {
  return live_message(topic, "error",
                      json::object{{"type", base::to_string(code)}, {"message", said}});
}

json::object too_many_topics(std::string_view topic) {
  return error_of(topic, Code::resource_exhausted,
                  "one socket listens to " + std::to_string(kTopicsMax) +
                      " topics of a kind; open another, or unsubscribe from one");
}

json::object no_topic(std::string_view topic) {
  return error_of(topic, Code::permission_denied, "there is no such topic for you");
}

void Live::Listener::opened(std::shared_ptr<web::Socket> socket) {
  {
    const std::lock_guard lock(mutex_);
    socket_ = std::move(socket);
  }
  ask_who();
}

void Live::Listener::received_text(std::string_view text) {
  auto parsed = json::parse_object(text);
  const bool is_taken = parsed && post_([self = shared_from_this(), asked = std::move(*parsed)] {
                          self->take(asked);
                        });
  if (!is_taken) {
    send(error_of("", Code::invalid_argument, "not understood, or too much at once"));
  }
}

void Live::Listener::closed() {
  const std::lock_guard lock(mutex_);
  socket_ = nullptr;
  forget_topics();
}

bool Live::Listener::is_open() {
  const std::lock_guard lock(mutex_);
  return socket_ != nullptr;
}

void Live::Listener::go_away() {
  close(kAway, "the server stops");
}

void Live::Listener::ask_again() {
  if (ports_.clock.now().ms - asked_at_ms_ >= kAskEveryMs) ask_who();
}

std::optional<int64_t> Live::Listener::begin_look(bool audit) {
  const std::lock_guard lock(mutex_);
  std::optional<int64_t> least;
  for (auto& [name, topic] : topics_) {
    topic.is_looked_at = (name == "audit") == audit;
    if (topic.is_looked_at) least = std::min(least.value_or(topic.after), topic.after);
  }
  return least;
}

void Live::Listener::tell(const LiveRow& row) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, topic] : topics_) {
    const bool is_meant = row.type == "audit"
                              ? name == "audit"
                              : name == "chats:" + row.solution || name == "chat:" + row.chat;
    if (!is_meant || !topic.is_looked_at || row.seq <= topic.after || socket_ == nullptr) continue;
    topic.after = row.seq;
    socket_->send_text(json::serialize(
        json::object{{"topic", name}, {"seq", row.seq}, {"type", row.type}, {"data", row.data}}));
  }
}

void Live::Listener::tell_typing(const std::string& chat, bool is_typing) {
  const std::lock_guard lock(mutex_);
  const auto found = topics_.find("chat:" + chat);
  if (found == topics_.end()) return;
  tell_socket({{"topic", found->first},
               {"seq", found->second.after},
               {"type", "typing"},
               {"data", json::object{{"chat", chat}, {"is_typing", is_typing}}}});
}

void Live::Listener::end_look(bool audit, int64_t seq) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, topic] : topics_) {
    if ((name == "audit") != audit || !topic.is_looked_at) continue;
    topic.after = std::max(topic.after, seq);
    topic.is_looked_at = false;
  }
}

void Live::Listener::close(int code, std::string reason) {
  const std::lock_guard lock(mutex_);
  if (socket_) socket_->close(code, std::move(reason));
  forget_topics();
}

void Live::Listener::send(const json::object& what) {
  const std::lock_guard lock(mutex_);
  tell_socket(what);
}

void Live::Listener::tell_socket(const json::object& what) {
  if (socket_) socket_->send_text(json::serialize(what));
}

void Live::Listener::ask_who() {
  asked_at_ms_ = ports_.clock.now().ms;
  const bool is_asked = post_([self = shared_from_this()] {
    auto known = self->who_();
    if (!known || !*known) return self->close(kPolicy, "sign in, or give a key");
    self->know(std::move((*known)->principal));
  });
  if (!is_asked) close(kAway, "too much is asked at once");
}

void Live::Listener::know(access::Principal principal) {
  std::vector<std::string> lost;
  std::vector<json::object> asked;
  {
    const std::lock_guard lock(mutex_);
    grants_ = std::move(principal.grants);
    name_ = std::move(principal.name);
    is_known_ = true;
    asked.swap(waiting_);
    for (const auto& [topic, state] : topics_) {
      if (!may(topic)) lost.push_back(topic);
    }
    for (const auto& [topic, told] : runs_) {
      if (!may(topic)) lost.push_back(topic);
    }
    for (const auto& [topic, fed] : feds_) {
      if (!may(topic)) lost.push_back(topic);
    }
    for (const std::string& topic : lost) forget(topic);
  }
  for (const std::string& topic : lost) send(no_topic(topic));
  for (const json::object& each : asked) take(each);
}

bool Live::Listener::may(std::string_view topic) const {
  constexpr std::string_view kOfSolution = "chats:";
  if (topic == "audit") return access::may(grants_, Right::audit_read, {});
  std::string_view solution;
  if (topic.starts_with(kOfSolution)) {
    solution = topic.substr(kOfSolution.size());
  } else if (const auto found = solutions_.find(topic); found != solutions_.end()) {
    solution = found->second;
  }
  if (Feeds::has(topic)) solution = Feeds::solution_of(topic);
  if (solution.empty()) return false;
  if (topic.starts_with(kRun) || Feeds::has(topic))
    return access::may(grants_, Right::solution_read, {solution, ""});
  return access::may(grants_, Right::chat_read, {solution, options_.environment});
}

void Live::Listener::take(const json::object& asked) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_known_) {
      if (waiting_.size() < kWaitingMax) waiting_.push_back(asked);
      return;
    }
  }
  if (asked.contains("ping")) return send({{"pong", asked.at("ping")}});
  if (const auto topic = json::get_string(asked, "unsub")) {
    const std::lock_guard lock(mutex_);
    return forget(std::string(*topic));
  }
  for (const char* word : {"claim", "unclaim"}) {
    if (const auto topic = json::get_string(asked, word)) return claim(std::string(*topic), asked);
  }
  const auto topic = json::get_string(asked, "sub");
  if (!topic) {
    return send(error_of("", Code::invalid_argument, "say sub, unsub, claim, unclaim or ping"));
  }
  subscribe(std::string(*topic), json::get_integer(asked, "after"));
}

void Live::Listener::subscribe(const std::string& topic, std::optional<int64_t> after) {
  if (topic.starts_with(kRun)) return subscribe_to_run(topic, after.value_or(0));
  if (Feeds::has(topic)) return subscribe_to_feed(topic, after);
  const auto archive = ports_.records.archive();
  if (!archive) return send(error_of(topic, archive.error().code, archive.error().message));
  if (topic.starts_with("chat:")) note_solution(**archive, topic);
  const auto head = head_of_topic(**archive, topic);
  if (!head) return send(error_of(topic, head.error().code, head.error().message));
  const bool is_gap = after && (*after > *head || *head - *after > kCatchUpMax);
  const int64_t from = after && !is_gap ? *after : *head;
  const std::lock_guard lock(mutex_);
  if (socket_ == nullptr) return;
  if (!may(topic)) return tell_socket(no_topic(topic));
  if (topics_.size() >= kTopicsMax && !topics_.contains(topic)) {
    return tell_socket(too_many_topics(topic));
  }
  // Before the topic is there for others to tell of.
  socket_->send_text(json::serialize(live_message(topic, "subscribed", from)));
  if (is_gap) socket_->send_text(json::serialize(live_message(topic, "gap", true)));
  topics_[topic] = {from, false};
}

void Live::Listener::note_solution(runtime::Archive& archive, const std::string& topic) {
  const auto id = base::Id::parse(std::string_view(topic).substr(5));
  if (!id) return;
  const auto chat = archive.find(*id);
  if (!chat || !*chat) return;
  const std::lock_guard lock(mutex_);
  if (solutions_.size() < kTopicsMax) solutions_[topic] = solution_of(ports_.solutions, **chat);
}

base::Result<int64_t> Live::Listener::head_of_topic(runtime::Archive& archive,
                                                    std::string_view topic) {
  if (topic != "audit") return head_of(archive);
  const auto rows = ports_.access.audit({.limit = 1});
  if (!rows) return std::unexpected(rows.error());
  return rows->empty() ? 0 : rows->front().number;
}

}  // namespace millrace::api
