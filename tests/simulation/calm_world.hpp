// The simulated world with nothing failing, for tests of the runtime through its public header: a
// restart is a crash after which the disk's records are all there is.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "runtime/runtime.hpp"
#include "tests/simulation/world.hpp"

namespace millrace::simulation {

class CalmWorld : public testing::Test {
 protected:
  CalmWorld() { dice_.be_kind(); }

  // Begins a new run; what the last one left open is taken up by runtime_->recover().
  void restart(runtime::Limits limits = {}) {
    schedule_.forget();
    lanes_ = std::make_unique<Lanes>(schedule_, dice_);
    runtime_ = std::make_unique<runtime::Runtime>(
        runtime::Runtime::Ports{*lanes_, clock_, random_, disk_, *actions_, owing_, log_, kKey},
        solutions_, limits);
  }

  // Runs the world until the callback has come.
  template <typename T, typename F>
  base::Result<T> await(F start) {
    std::optional<base::Result<T>> result;
    start([&](base::Result<T> given) { result.emplace(std::move(given)); });
    while (!result && schedule_.run_one()) {
    }
    MILLRACE_CHECK(result.has_value());
    return std::move(*result);
  }
  void run_for(int64_t ms) {
    bool over = false;
    schedule_.after(ms, [&] { over = true; });
    while (!over && schedule_.run_one()) {
    }
  }

  // What someone says who has no chat before it.
  runtime::SayRequest from(const std::string& sender, const std::string& id,
                           const std::string& text) const {
    return {base::Id::derived("rest", sender), std::nullopt,
            runtime::SessionRequest{solutions_.fallback()->app_id, "en", {}}, id, text};
  }
  base::Result<runtime::Answer> converse(runtime::SayRequest request) {
    return await<runtime::Answer>(
        [&](auto done) { runtime_->converse(std::move(request), std::move(done)); });
  }

  Schedule schedule_;
  Dice dice_{7};
  Disk disk_{schedule_, dice_};
  BackEnd back_end_{schedule_, dice_};
  runtime::Actions* actions_ = &back_end_;  // before the first restart()
  Owing owing_{schedule_, dice_};
  Clock clock_{schedule_};
  Random random_{dice_};
  Log log_;
  runtime::Solutions solutions_;
  std::unique_ptr<Lanes> lanes_;
  std::unique_ptr<runtime::Runtime> runtime_;
};

}  // namespace millrace::simulation
