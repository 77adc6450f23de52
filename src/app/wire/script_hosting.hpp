// The scripts of what a server serves: run by the action edge, with what the operator grants.
#pragma once

#include <filesystem>

#include "app/wire/action_edge.hpp"
#include "app/wire/data/grant_book.hpp"
#include "solutions/served.hpp"

namespace millrace::app {

class ScriptHosting final : public solutions::ScriptHost {
 public:
  // `given` are variables that every script may see. All must outlive it.
  ScriptHosting(std::filesystem::path data, Variables given, ActionEdge& actions, GrantBook& grants,
                base::Log& log)
      : data_(std::move(data)),
        given_(std::move(given)),
        actions_(actions),
        grants_(grants),
        log_(log) {}

  void set_alone(bool is_alone) override { grants_.set_alone(is_alone); }
  // With what its solution has a right to; what it names besides is said in the log.
  base::Result<void> add_version(const flow::Program& program,
                                 const std::filesystem::path& folder) override;
  void prewarm(std::string_view hash) override { actions_.prewarm(hash); }

 private:
  const std::filesystem::path data_;
  const Variables given_;
  ActionEdge& actions_;
  GrantBook& grants_;
  base::Log& log_;
};

}  // namespace millrace::app
