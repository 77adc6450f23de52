// What this room's tests share: a solution on disk, scripts that nobody runs, people who talk.
#pragma once

#include <gtest/gtest.h>

#include <fstream>

#include "dialog/dialog.hpp"
#include "dialog/state/names.hpp"
#include "runtime/records/record.hpp"
#include "solutions/impact.hpp"
#include "solutions/solutions.hpp"
#include "tests/fakes/archive.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/folder.hpp"

namespace millrace::solutions {

inline const std::string kTestKey(32, 'k');

// Every action_nodes/*.py of the folder counts as a usable script.
class FakeInspector final : public Inspector {
 public:
  base::Result<Inspected> inspect(const std::filesystem::path& folder,
                                  const flow::Program& declared) override {
    asked_for.push_back(declared.solution);
    Inspected found{{{"Test"}, {}, {}, {}, {}}, problems, {"X keeps its worker"}};
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "action_nodes", none)) {
      found.facts.scripts.insert(entry.path().stem().string());
    }
    return found;
  }
  std::vector<std::string> asked_for;
  std::vector<flow::Problem> problems;
};

class FakeHoldings final : public Holdings {
 public:
  base::Result<bool> holds(std::string_view file) override {
    return files.contains(std::string(file));
  }
  base::Result<void> note(std::string_view file) override {
    files.insert(std::string(file));
    return {};
  }
  std::set<std::string> files;
};

inline void write_file(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

// A chat that is taken with the engine and kept in an archive, every record whole.
class Talk {
 public:
  Talk(fakes::Archive& archive, std::shared_ptr<const flow::Program> program, std::string_view who,
       int64_t at = fakes::kSomeTimeMs)
      : archive_(archive),
        program_(std::move(program)),
        at_(at),
        consumer(base::Id::derived("consumer", who)),
        chat(base::Id::derived("chat", who)) {
    state = dialog::open_chat(*program_,
                              {.chat = chat, .consumer = consumer, .locale = "en", .at = {at_}});
    keep({state, 0, {}}, nullptr);
  }
  void take(decltype(dialog::Input::what) what) {
    at_ += 1'000;
    const dialog::Input input{{at_}, std::move(what)};
    auto turn = dialog::advance(*program_, state, input);
    ASSERT_TRUE(turn) << turn.error().describe();
    keep(std::move(*turn), &input);
  }
  void say(const std::string& text) {
    take(dialog::Said{"m" + std::to_string(++said_), text, true});
  }

 private:
  void keep(dialog::Turn turn, const dialog::Input* input) {
    std::string body = runtime::write_record(turn, input, {at_}, kTestKey);
    state = std::move(turn.state);
    archive_.add({.chat = chat,
                  .consumer = consumer,
                  .solution = program_->solution,
                  .version = state.program,
                  .phase = std::string(dialog::kPhases(state.phase)),
                  .turns = state.turn,
                  .begun_at = state.created_at,
                  .last_at = {at_}},
                 std::move(body));
  }

  fakes::Archive& archive_;
  std::shared_ptr<const flow::Program> program_;
  int64_t at_;
  int said_ = 0;

 public:
  const base::Id consumer;
  const base::Id chat;
  dialog::State state;
};

// A solution that asks for a city, in versions that differ in what they say at the end.
class SolutionTest : public testing::Test {
 protected:
  SolutionTest() { write("nodes:\n" + kCity + bye("Bye")); }

  void write(const std::string& flow) {
    write_file(solution / "app.py", "NAME = 'Test'\n");
    write_file(solution / "solution.yaml", "name: Hotel\n");
    write_file(solution / "flows" / "main.flow.yaml", flow);
  }
  static std::string bye(const std::string& words) {
    return "  bye:\n    say: " + words + " {CITY}\n    end: true\n";
  }
  // A version whose last words are these.
  Deployment deployed(const std::string& words) {
    write("nodes:\n" + kCity + bye(words));
    return deployed();
  }
  Deployment deployed() {
    auto done = deploy(order(), deployments(), inspector, {});
    EXPECT_TRUE(done) << done.error().describe();
    for (const flow::Problem& problem : done->loaded.problems) ADD_FAILURE() << problem.describe();
    EXPECT_EQ(done->outcome, Deploying::Outcome::deployed);
    return done->deployment;
  }
  DeployOrder order() const {
    return {.folder = solution, .skips_tests = true, .at = {fakes::kSomeTimeMs}};
  }
  // As another process would read it.
  Deployments& deployments() {
    auto opened = Deployments::open(data, holdings);
    EXPECT_TRUE(opened) << opened.error().describe();
    on_record_.emplace(std::move(*opened));
    return *on_record_;
  }
  std::string current() { return deployments().current("Hotel")->hash; }
  std::shared_ptr<const flow::Program> program(const std::string& hash) {
    auto read = versions.program(hash);
    MILLRACE_CHECK(read.has_value());
    return *read;
  }

  const std::string kCity = "  city:\n    ask: Which city?\n    variable: CITY\n";
  fakes::Folder folder;
  const std::filesystem::path data = folder.path / "data";
  const std::filesystem::path solution = folder.path / "solution";
  std::shared_ptr<FakeHoldings> holdings = std::make_shared<FakeHoldings>();
  FakeInspector inspector;
  fakes::Archive archive;
  Versions versions{data / "versions", {}};
  const Conversations conversations{&archive, kTestKey};

 private:
  std::optional<Deployments> on_record_;
};

}  // namespace millrace::solutions
