// A resolver for tests that says what it is told and asks nobody.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "egress/egress.hpp"

namespace millrace::fakes {

// Answers at once; a name with several answers gives the next one each time, then the last for
// ever.
class Resolver final : public egress::Resolver {
 public:
  using Answers = std::vector<std::vector<egress::Address>>;
  void set(const std::string& name, Answers answers) {
    const std::lock_guard lock(mutex_);
    answers_[name] = std::move(answers);
  }
  // Keeps the questions for that name unanswered.
  void hold(const std::string& name) {
    const std::lock_guard lock(mutex_);
    held_name_ = name;
  }
  int asked() const { return asked_; }

  void resolve(std::string name, Done done) override {
    ++asked_;
    std::vector<egress::Address> answer;
    {
      const std::lock_guard lock(mutex_);
      if (name == held_name_) return held_.push_back(std::move(done));
      auto found = answers_.find(name);
      if (found != answers_.end()) {
        answer = found->second.front();
        if (found->second.size() > 1) found->second.erase(found->second.begin());
      }
    }
    if (answer.empty()) {
      return done(base::fail(base::Code::unavailable, name + " has no address that is known"));
    }
    done(std::move(answer));
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Answers> answers_;
  std::string held_name_;
  std::vector<Done> held_;
  std::atomic<int> asked_{0};
};

}  // namespace millrace::fakes
