// What happens in a chat, brought from the lanes to the thread that has the terminal.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <iostream>
#include <mutex>

#include "app/commands/writing/chat_view.hpp"
#include "runtime/runtime.hpp"

namespace millrace::app {

// What is to be shown, in order, from whatever thread it came.
class Screen {
 public:
  void add(std::function<void()> show) {
    {
      const std::lock_guard guard(mutex_);
      waiting_.push_back(std::move(show));
    }
    changed_.notify_all();
    if (nudge_) nudge_();
  }
  void set_nudge(std::function<void()> nudge) { nudge_ = std::move(nudge); }

  // Shows what has come; on the main thread.
  void flush() {
    for (;;) {
      std::function<void()> show;
      {
        const std::lock_guard guard(mutex_);
        if (waiting_.empty()) return;
        show = std::move(waiting_.front());
        waiting_.pop_front();
      }
      show();
      std::cout << std::flush;
    }
  }
  // Shows what comes until it is done, or the time is over.
  template <typename IsDone>
  void show_until(IsDone is_done, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
      flush();
      std::unique_lock lock(mutex_);
      if (is_done()) break;
      const auto due = [&] { return !waiting_.empty() || is_done(); };
      if (!changed_.wait_until(lock, end, due)) break;
    }
    flush();
  }
  // What show_until() waits for may have come. Under the lock, so that nobody who has just looked
  // in vain misses it.
  void wake() {
    const std::lock_guard guard(mutex_);
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::function<void()> nudge_;
};

// One chat, from its beginning to its end. Its calls come from lanes.
class Listener final : public runtime::Subscriber {
 public:
  Listener(Screen& screen, ChatView& view, const Paint& paint, const bool& debug)
      : screen_(screen), view_(view), paint_(paint), debug_(debug), trace_(paint) {}

  void said(const std::vector<runtime::ChatMessage>& messages) override {
    for (const runtime::ChatMessage& message : messages) {
      const std::string speaker = message.side == runtime::Side::agent ? message.agent_name : "bot";
      screen_.add([this, content = message.content, speaker] {
        std::cout << view_.shown(content, speaker);
      });
    }
  }
  void started() override {}
  void typing(bool is_typing) override {
    if (is_typing && paint_.is_on()) {
      screen_.add([this] { std::cout << paint_.dim("     …") << "\r"; });
    }
  }
  void ended(std::string_view reason) override {
    has_ended = true;
    screen_.add([this, reason = std::string(reason)] {
      std::cout << paint_.dim("     (the conversation has ended: " + reason +
                              "; what you say now begins another)")
                << "\n";
    });
  }
  void handed_over(const dialog::HandOver& step) override {
    if (step.step != dialog::HandOver::Step::asked) return;
    screen_.add([this, skill = step.skill] {
      std::cout << paint_.dim("     (waits for an agent" + (skill.empty() ? "" : " of " + skill) +
                              "; /skip lets the time for it pass)")
                << "\n";
    });
  }
  void turned(const dialog::Turn& turn, const dialog::State& state,
              const flow::Program& program) override {
    screen_.add([this, words = trace_.traced(turn, state, program)] {
      if (debug_) std::cout << words;
    });
  }
  void lost() override {}

  std::atomic<bool> has_ended = false;

 private:
  Screen& screen_;
  ChatView& view_;
  const Paint& paint_;
  const bool& debug_;
  TurnTrace trace_;  // the lane's alone
};

}  // namespace millrace::app
