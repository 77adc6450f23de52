#include "app/wire/data/retention.hpp"

#include <algorithm>
#include <future>

#include "app/wire/data/data_reading.hpp"
#include "posix/threads.hpp"
#include "solutions/chats.hpp"

namespace millrace::app {
namespace {

using runtime::Retired;
using runtime::Retirement;

constexpr std::chrono::hours kEvery{6};

// The list does not always say it: then the version that the chat is on does.
std::string solution_of(const runtime::Solutions& solutions, const runtime::ChatEntry& chat) {
  if (!chat.solution.empty()) return chat.solution;
  const auto program = solutions.version(chat.version);
  return program ? program->solution : "";
}

// Of a solution that is served no more what is usual counts.
flow::Retention retention_of(const runtime::Solutions& solutions, const std::string& solution) {
  const auto served = solutions.named(solution);
  return served ? served->program->retention : flow::Retention();
}

int shortest_transcripts(const runtime::Solutions& solutions) {
  int days = flow::Retention().transcripts_days;
  for (const auto& solution : solutions.all()) {
    days = std::min(days, solution->program->retention.transcripts_days);
  }
  return days;
}

}  // namespace

RetentionSweep::~RetentionSweep() {
  stop();
}

base::Result<RetentionSweep::Swept> RetentionSweep::sweep() {
  const auto archive = archive_of(ports_.data);
  if (!archive) return std::unexpected(archive.error());
  const int64_t before =
      ports_.clock.now().ms - shortest_transcripts(ports_.solutions) * flow::Retention::kDayMs;
  std::set<base::Id> cleared;
  Swept swept;
  auto done = solutions::each_chat(**archive, {.before = base::Timestamp{before}},
                                   [&](const runtime::ChatEntry& chat) -> base::Result<void> {
                                     if (is_stopping()) return {};
                                     return look_at(**archive, chat, cleared, swept);
                                   });
  if (!done) return std::unexpected(done.error());
  return swept;
}

base::Result<void> RetentionSweep::look_at(runtime::Archive& archive,
                                           const runtime::ChatEntry& chat,
                                           std::set<base::Id>& cleared, Swept& swept) {
  const std::string solution = solution_of(ports_.solutions, chat);
  const flow::Retention kept = retention_of(ports_.solutions, solution);
  const int64_t quiet_ms = ports_.clock.now().ms - chat.last_at.ms;
  if (quiet_ms < kept.transcripts_days * flow::Retention::kDayMs) return {};
  Retirement what{.consumer = chat.consumer, .last = chat.last};
  size_t* counted = &swept.people;
  if (cleared.contains(chat.consumer)) {
    ++swept.chats;
    return {};
  }
  if (!chat.is_latest) {
    what.how = Retirement::How::through;
    counted = &swept.chats;
  } else if (quiet_ms < kept.variables_days * flow::Retention::kDayMs) {
    const auto tail = archive.tail(chat.consumer, chat.last);
    // Gone on, or gone, since the list was read.
    if (!tail || tail->empty()) return {};
    if (chat.first == chat.last && runtime::is_state_alone(tail->back().body)) return {};
    auto body = runtime::state_alone(*tail, ports_.seal_key);
    if (!body) {
      ports_.log.line(base::Level::warning, "retention",
                      chat.chat.to_string() + " is kept longer: " + body.error().describe());
      return {};
    }
    what.how = Retirement::How::alone;
    what.body = std::move(*body);
    what.facts = {chat.chat,  solution,      chat.version, chat.phase,
                  chat.turns, chat.begun_at, chat.last_at};
    counted = &swept.transcripts;
  }
  for (;;) {
    const auto retired = retire(what);
    if (!retired) return std::unexpected(retired.error());
    if (*retired == Retired::done) ++*counted;
    if (*retired == Retired::done && !chat.is_latest) cleared.insert(chat.consumer);
    if (*retired != Retired::partly || is_stopping()) return {};
  }
}

base::Result<Retired> RetentionSweep::retire(const Retirement& what) {
  // Shared: who sets it may still be at it when it has been read here.
  auto promise = std::make_shared<std::promise<base::Result<Retired>>>();
  auto future = promise->get_future();
  ports_.runtime.when_at_rest(what.consumer, [this, &what, promise](bool is_at_rest) {
    if (!is_at_rest) return promise->set_value(Retired::changed);
    ports_.journal.retire(what,
                          [promise](auto retired) { promise->set_value(std::move(retired)); });
  });
  return future.get();
}

void RetentionSweep::start() {
  thread_ = posix::named_thread("retention", [this] { work(); });
}

void RetentionSweep::work() {
  while (!is_stopping()) {
    const auto swept = sweep();
    if (!swept) {
      ports_.log.line(
          base::Level::warning, "retention",
          "what is past its retention could not be removed: " + swept.error().describe());
    } else if (swept->people + swept->chats + swept->transcripts > 0) {
      ports_.log.line(base::Level::info, "retention",
                      "removed: " + std::to_string(swept->people) + " people, " +
                          std::to_string(swept->chats) + " chats of others, " +
                          std::to_string(swept->transcripts) + " transcripts");
      ports_.meter.count("retired_people_total", {}, static_cast<double>(swept->people));
      ports_.meter.count("retired_chats_total", {},
                         static_cast<double>(swept->chats + swept->transcripts));
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kEvery, [this] { return stopping_; });
  }
}

bool RetentionSweep::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void RetentionSweep::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace millrace::app
