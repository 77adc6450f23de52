#include "api/live.hpp"

#include <algorithm>

#include "api/chats.hpp"
#include "api/live_feeds.hpp"
#include "api/live_listener.hpp"
#include "base/contain.hpp"
#include "posix/threads.hpp"
#include "runtime/records/record.hpp"

namespace millrace::api {
namespace {

constexpr std::chrono::milliseconds kEvery{250};
constexpr size_t kPage = 500;

// What happened, in one line for lists: never what was said.
json::object told(const runtime::TurnRecord& turn, const runtime::JournalRecord& record) {
  return {{"chat", turn.chat.to_string()},
          {"turn", record.number},
          {"kind", turn.kind},
          {"at", base::to_iso8601(turn.at)},
          {"messages", turn.messages.size()}};
}

}  // namespace

Live::~Live() {
  stop();
}

std::shared_ptr<web::SocketHandler> Live::listener(Who who, Post post) {
  auto made = std::make_shared<Listener>(ports_, options_, feeds_, std::move(who), std::move(post));
  const std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [](const auto& each) { return each.expired(); });
  listeners_.push_back(made);
  return made;
}

void Live::start() {
  thread_ = posix::named_thread("operator-live", [this] { run(); });
}

void Live::stop() {
  std::vector<std::weak_ptr<Listener>> all;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    all.swap(listeners_);
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (const auto& each : all) {
    if (const auto listener = each.lock()) listener->go_away();
  }
}

void Live::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_for(lock, kEvery, [this] { return stopping_; });
    if (stopping_) return;
    std::vector<std::shared_ptr<Listener>> all;
    for (const auto& each : listeners_) {
      if (auto listener = each.lock()) all.push_back(std::move(listener));
    }
    lock.unlock();
    try {
      look(all);
    } catch (const std::exception& thrown) {
      ports_.log.line(base::Level::error, "api", base::name_of(thrown));
    }
    all.clear();
    lock.lock();
  }
}

void Live::look(const Listeners& all) {
  for (const auto& listener : all) {
    if (!listener->is_open()) continue;
    listener->ask_again();
    listener->tell_runs();
  }
  look_at_feeds(all);
  const auto begun = [&](bool audit) {
    std::optional<int64_t> least;
    for (const auto& listener : all) {
      const auto after = listener->begin_look(audit);
      if (after) least = std::min(least.value_or(*after), *after);
    }
    return least;
  };
  const auto ended = [&](bool audit, int64_t seq) {
    for (const auto& listener : all) listener->end_look(audit, seq);
  };
  if (const auto after = begun(false)) ended(false, look_at_turns(all, *after));
  if (const auto after = begun(true)) ended(true, look_at_audit(all, *after));
  // After the turns: who writes now has said what came before.
  look_at_typing(all);
}

void Live::look_at_typing(const Listeners& all) {
  if (ports_.typing == nullptr) return;
  for (const auto& [chat, is_typing] : ports_.typing->take()) {
    for (const auto& listener : all) listener->tell_typing(chat.to_string(), is_typing);
  }
}

void Live::look_at_feeds(const Listeners& all) {
  std::map<std::string, std::set<std::string>> present = std::exchange(present_, {});
  for (auto& [topic, people] : present) people.clear();  // of whom the last one has left as well
  for (const auto& listener : all) {
    if (!listener->is_open()) continue;
    const std::string name = listener->name();
    for (const std::string& topic : listener->fed_topics()) present[topic].insert(name);
  }
  for (auto& [topic, people] : present) {
    feeds_.note_present(topic, people);
    if (!people.empty()) present_.emplace(topic, std::move(people));
  }
  feeds_.look();
  for (const auto& listener : all) listener->tell_feeds();
}

int64_t Live::look_at_turns(const Listeners& all, int64_t after) {
  const auto archive = ports_.records.archive();
  if (!archive) return after;
  for (;;) {
    const auto page = (*archive)->since(after, kPage);
    if (!page || page->empty()) return after;
    for (const runtime::JournalRecord& record : *page) {
      after = record.place;
      const auto turn = runtime::read_record(record);
      if (!turn) continue;
      const LiveRow row{record.place, solution_of_chat(**archive, turn->chat),
                        turn->chat.to_string(), "turn", told(*turn, record)};
      for (const auto& listener : all) listener->tell(row);
    }
  }
}

std::string Live::solution_of_chat(runtime::Archive& archive, base::Id chat) {
  constexpr size_t kKnownMax = 10'000;
  const auto known = solutions_.find(chat);
  if (known != solutions_.end()) return known->second;
  const auto found = archive.find(chat);
  if (!found || !*found) return {};
  if (solutions_.size() >= kKnownMax) solutions_.clear();
  return solutions_[chat] = solution_of(ports_.solutions, **found);
}

int64_t Live::look_at_audit(const Listeners& all, int64_t after) {
  const auto rows = ports_.access.audit({.limit = kPage});
  if (!rows) return after;
  for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
    if (row->number <= after) continue;
    after = row->number;
    for (const auto& listener : all) listener->tell({after, "", "", "audit", row->to_json()});
  }
  return after;
}

}  // namespace millrace::api
