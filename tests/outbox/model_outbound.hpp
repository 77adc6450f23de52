// For tests: the sender on a real journal, with a model of Braze in the place of the network.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <mutex>
#include <random>
#include <thread>

#include "delivery/braze/codec.hpp"
#include "outbox/outbox.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"
#include "tests/support/model_braze.hpp"

namespace millrace::outbox {

inline Destination braze_at(std::string url, std::string key) {
  return {{{"url", {std::move(url)}}, {"api_key", {std::move(key)}}}, std::nullopt};
}
inline std::unique_ptr<delivery::Codec> speak_braze(std::string_view receiver) {
  if (receiver != "braze") return nullptr;
  return std::make_unique<delivery::braze::BrazeCodec>();
}

// Answers on a thread of its own, as `decide` says; keeps what it was sent.
class ModelOutbound final : public web::Outbound {
 public:
  using Fault = delivery::braze::ModelBraze::Fault;

  ModelOutbound() : thread_([this] { run(); }) {}
  ~ModelOutbound() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    queued_.notify_all();
    thread_.join();
  }

  void send(web::OutboundRequest request, Done done) override {
    {
      const std::lock_guard lock(mutex_);
      queue_.emplace_back(std::move(request), std::move(done));
    }
    queued_.notify_one();
  }
  void set_fault(Fault fault) {
    const std::lock_guard lock(mutex_);
    fault_ = fault;
  }
  // Looks at the model while nothing is applied to it.
  template <typename F>
  auto look(F what) {
    const std::lock_guard lock(mutex_);
    return what(braze_);
  }
  std::vector<web::OutboundRequest> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  void run() {
    for (;;) {
      std::unique_lock lock(mutex_);
      queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      auto [request, done] = std::move(queue_.front());
      queue_.erase(queue_.begin());
      const std::string path = request.url.substr(request.url.find('/', 8));
      auto answer = braze_.answer(path, request.body, fault_, "SECRET-KEY");
      seen_.push_back(std::move(request));
      lock.unlock();
      done(std::move(answer));
    }
  }

  std::mutex mutex_;
  std::condition_variable queued_;
  std::vector<std::pair<web::OutboundRequest, Done>> queue_;
  std::vector<web::OutboundRequest> seen_;
  delivery::braze::ModelBraze braze_;
  Fault fault_ = Fault::none;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::outbox
