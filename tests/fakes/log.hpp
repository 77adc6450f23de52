// Logs for tests: one that keeps nothing, and one that keeps every line.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/world.hpp"

namespace millrace::fakes {

class NoLog final : public base::Log {
 public:
  void line(base::Level, std::string_view, std::string_view) override {}
};

// Thread-safe.
class KeptLog final : public base::Log {
 public:
  struct Entry {
    base::Level level;
    std::string subject;
    std::string text;
  };

  void line(base::Level level, std::string_view subject, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    entries_.push_back({level, std::string(subject), std::string(text)});
    changed_.notify_all();
  }

  std::vector<Entry> entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }
  // What was said, whoever it was about.
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> all;
    for (const Entry& entry : entries_) all.push_back(entry.text);
    return all;
  }
  // All lines, each with its subject and an end.
  std::string text() const {
    const std::lock_guard lock(mutex_);
    std::string all;
    for (const Entry& entry : entries_) all += entry.subject + ": " + entry.text + "\n";
    return all;
  }
  // The lines about a subject, joined with "|".
  std::string of(std::string_view subject) const {
    const std::lock_guard lock(mutex_);
    return joined(subject);
  }
  // How many lines are about a subject.
  size_t count(std::string_view subject) const {
    const std::lock_guard lock(mutex_);
    size_t count = 0;
    for (const Entry& entry : entries_) count += entry.subject == subject ? 1 : 0;
    return count;
  }
  // How many lines have those words in them.
  size_t count_saying(std::string_view words) const {
    const std::lock_guard lock(mutex_);
    size_t count = 0;
    for (const Entry& entry : entries_) count += entry.text.contains(words) ? 1 : 0;
    return count;
  }
  // Waits until the lines about that subject contain the words; a minute at most.
  bool comes(std::string_view subject, std::string_view words) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(1),
                             [&] { return joined(subject).contains(words); });
  }

 private:
  std::string joined(std::string_view subject) const {
    std::string all;
    for (const Entry& entry : entries_) {
      if (entry.subject == subject) all += (all.empty() ? "" : "|") + entry.text;
    }
    return all;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> entries_;
};

}  // namespace millrace::fakes
