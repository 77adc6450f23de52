// What a listener of the live socket hears of test runs, workspaces and deploys.
#include <algorithm>

#include "api/live_listener.hpp"

namespace millrace::api {

void Live::Listener::subscribe_to_feed(const std::string& topic, std::optional<int64_t> after) {
  bool is_permitted = false;
  bool has_room = false;
  {
    const std::lock_guard lock(mutex_);
    is_permitted = may(topic);
    has_room = feds_.size() < kTopicsMax || feds_.contains(topic);
  }
  if (!is_permitted) return send(no_topic(topic));
  if (!has_room) return send(too_many_topics(topic));
  const auto feed = feeds_.open(topic);
  if (!feed) {
    // What is not there is told as what is not reached.
    const base::Error& error = feed.error();
    return send(error.code == base::Code::not_found ? no_topic(topic)
                                                    : error_of(topic, error.code, error.message));
  }
  const Feed::Begin begin = (*feed)->begin(after);
  const std::lock_guard lock(mutex_);
  if (socket_ == nullptr) return;
  auto begun = live_message(topic, "subscribed", begin.seq);
  if (has_people(topic)) begun["claims"] = begin.claims;
  socket_->send_text(json::serialize(begun));
  if (begin.is_gap) socket_->send_text(json::serialize(live_message(topic, "gap", true)));
  feds_[topic] = {*feed, begin.seq};
}

void Live::Listener::claim(const std::string& topic, const json::object& asked) {
  constexpr size_t kNodeBytesMax = 200;
  const bool ends = asked.contains("unclaim");
  const std::string node(json::get_string(asked, "node").value_or(""));
  bool is_there = false;
  bool is_permitted = false;
  std::string name;
  {
    const std::lock_guard lock(mutex_);
    is_there = has_people(topic) && feds_.contains(topic);
    is_permitted = access::may(grants_, Right::solution_write, {Feeds::solution_of(topic), ""});
    name = name_;
  }
  if (!is_there) return send(error_of(topic, base::Code::failed_precondition, "subscribe first"));
  if (!is_permitted) {
    return send(error_of(topic, base::Code::permission_denied,
                         "claiming a node takes the right solution.write"));
  }
  if (node.empty() || node.size() > kNodeBytesMax) {
    return send(error_of(topic, base::Code::invalid_argument, "name a node, in 200 bytes"));
  }
  if (ends) return feeds_.unclaim(topic, node, name);
  if (const auto claimed = feeds_.claim(topic, node, name); !claimed) {
    send(error_of(topic, claimed.error().code, claimed.error().message));
  }
}

void Live::Listener::subscribe_to_run(const std::string& topic, int64_t after) {
  const auto run = ports_.studio.run(std::string_view(topic).substr(kRun.size()));
  const std::lock_guard lock(mutex_);
  if (socket_ == nullptr) return;
  if (run && solutions_.size() < 16 * kTopicsMax) {
    solutions_[topic] = json::get_string(*run, "solution").value_or("");
  }
  if (!run || !may(topic)) return tell_socket(no_topic(topic));
  if (runs_.size() >= kTopicsMax && !runs_.contains(topic)) {
    return tell_socket(too_many_topics(topic));
  }
  const int64_t from = std::max<int64_t>(after, 0);
  socket_->send_text(json::serialize(live_message(topic, "subscribed", from)));
  runs_[topic] = from;
}

void Live::Listener::tell_runs() {
  const std::lock_guard lock(mutex_);
  for (auto each = runs_.begin(); each != runs_.end();) {
    auto& [topic, told] = *each;
    const auto run = ports_.studio.run(std::string_view(topic).substr(kRun.size()));
    const auto say = [&](std::string_view type, json::value data) {
      if (socket_ == nullptr) return;
      socket_->send_text(json::serialize(json::object{
          {"topic", topic}, {"seq", told}, {"type", type}, {"data", std::move(data)}}));
    };
    // A test run has outcomes, any other steps; either grows and is numbered from 1.
    const auto* outcomes = run ? json::get_array(*run, "outcomes") : nullptr;
    const auto* steps = run ? json::get_array(*run, "steps") : nullptr;
    for (; outcomes != nullptr && told < static_cast<int64_t>(outcomes->size());) {
      const json::value& outcome = (*outcomes)[static_cast<size_t>(told++)];
      say("outcome", outcome);
    }
    for (; steps != nullptr && told < static_cast<int64_t>(steps->size());) {
      const json::value& step = (*steps)[static_cast<size_t>(told++)];
      say("progress", json::object{{"step", step}});
    }
    if (run && json::get_bool(*run, "done") != true) {
      ++each;
      continue;
    }
    ++told;
    if (run) {
      json::object done{{"tests", run->at("tests")}, {"failed", run->at("failed")}};
      if (const json::value* result = run->if_contains("result")) done["result"] = *result;
      say("done", std::move(done));
    } else if (socket_ != nullptr) {
      socket_->send_text(json::serialize(live_message(topic, "gap", true)));
    }
    each = runs_.erase(each);
  }
}

std::string Live::Listener::name() {
  const std::lock_guard lock(mutex_);
  return name_;
}

std::vector<std::string> Live::Listener::fed_topics() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> topics;
  for (const auto& [topic, fed] : feds_) topics.push_back(topic);
  return topics;
}

void Live::Listener::tell_feeds() {
  const std::lock_guard lock(mutex_);
  for (auto& [topic, fed] : feds_) {
    for (FeedRow& row : fed.feed->since(fed.after)) {
      fed.after = row.seq;
      if (socket_ == nullptr) return;
      socket_->send_text(json::serialize(json::object{{"topic", topic},
                                                      {"seq", row.seq},
                                                      {"type", std::move(row.type)},
                                                      {"data", std::move(row.data)}}));
    }
  }
}

void Live::Listener::forget(const std::string& topic) {
  topics_.erase(topic);
  runs_.erase(topic);
  feds_.erase(topic);
}

void Live::Listener::forget_topics() {
  topics_.clear();
  runs_.clear();
  feds_.clear();
}

}  // namespace millrace::api
