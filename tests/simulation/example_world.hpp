// The calm world in which the example is served, for tests that open a chat and listen to it.
#pragma once

#include <memory>

#include "tests/example.hpp"
#include "tests/simulation/calm_world.hpp"

namespace millrace::simulation {

class ExampleWorld : public CalmWorld {
 protected:
  ExampleWorld() {
    static const auto program =
        std::make_shared<const flow::Program>(testing_support::load_example());
    solutions_.deploy(runtime::make_solution(program));
    restart();
  }

  runtime::Session open() {
    return *await<runtime::Session>([&](auto done) {
      runtime_->open_session({solutions_.fallback()->app_id, "pt-BR", {}}, std::move(done));
    });
  }
  template <typename Listening>
  std::shared_ptr<Listening> subscribe(const runtime::Session& session) {
    auto listening = std::make_shared<Listening>();
    EXPECT_TRUE(await<dialog::Phase>([&](auto done) {
      runtime_->subscribe(session.consumer, session.chat, listening, std::move(done));
    }));
    return listening;
  }
};

}  // namespace millrace::simulation
