// What is done with a solution, as values: it is loaded from its folder, checked and tested,
// deployed as an immutable version and rolled back. Nothing here prints, and nothing knows whether
// a command or an operator's API asks. Its further headers: deployments.hpp (what was deployed),
// versions.hpp (what is installed), chats.hpp, impact.hpp, replay.hpp, test_from_chat.hpp and
// export.hpp (what has been said on it), served.hpp (what a server serves), new_action.hpp.
// All of it blocks, and none of it is for two threads at once unless it says so.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "delivery/kind.hpp"
#include "flow/compiler.hpp"
#include "flow/flow.hpp"
#include "solutions/deployments.hpp"
#include "trial/trial.hpp"

namespace millrace::solutions {

// What a look at a solution's scripts gives.
struct Inspected {
  flow::AppFacts facts;  // without `kinds`
  std::vector<flow::Problem> problems;
  std::vector<std::string> script_notes;  // how each script's calls run, and why
};

// Runs app.py to see what it says, behind whatever walls the program is told to have.
class Inspector {
 public:
  virtual ~Inspector() = default;
  // `declared` is what solution.yaml says, as far as it can be read. Mistakes in scripts are
  // problems; an error means that they could not be read at all.
  virtual base::Result<Inspected> inspect(const std::filesystem::path& folder,
                                          const flow::Program& declared) = 0;
};

struct Loaded {
  flow::Files files;
  flow::AppFacts facts;
  std::shared_ptr<const flow::Program> program;  // null when there is any error
  std::vector<flow::Problem> problems;
  std::vector<std::string> script_notes;

  size_t errors() const;
};

// What is there once the scripts were inspected. With a `compiler` only what has changed since its
// last files is compiled.
Loaded compiled(flow::Files files, Inspected inspected, delivery::Kinds kinds,
                flow::Compiler* compiler = nullptr);
// The folder's files read, its scripts inspected, the whole compiled, and what is wrong in one
// list. The error is a folder that cannot be read at all.
base::Result<Loaded> load(const std::filesystem::path& folder, Inspector& inspector,
                          delivery::Kinds kinds);

struct TestChoice {
  std::string filter;  // only tests whose name has this in it; "": all
  unsigned jobs = 0;   // at a time; 0: one per CPU
  // Reads what is said in them; null where the solution has no model.
  std::shared_ptr<const dialog::Reader> reader = {};
};

// The solution's own tests, played. Moved, not copied: outcomes point into the files.
struct TestRun {
  explicit TestRun(std::shared_ptr<const flow::Program> of);
  TestRun(TestRun&&) = default;
  TestRun& operator=(TestRun&&) = default;

  std::shared_ptr<const flow::Program> program;
  std::vector<trial::TestFile> files;
  std::vector<flow::Problem> problems;   // of the files; when there are any, nothing was played
  std::vector<trial::Outcome> outcomes;  // in the order of the files and of the tests in them
  trial::Coverage coverage;
  std::chrono::duration<double> took{};

  size_t failed() const;
  bool passed() const { return problems.empty() && failed() == 0; }
};
// Reads tests/*.test.yaml of the folder and plays them; none is no error.
base::Result<TestRun> test(const std::filesystem::path& folder,
                           std::shared_ptr<const flow::Program> program, const TestChoice& choice);

struct DeployOrder {
  std::filesystem::path folder;
  runtime::OnLive on_live = runtime::OnLive::pin;
  bool skips_tests = false;
  base::Timestamp at;
};
struct Deploying {
  enum class Outcome { deployed, was_current, has_errors, fails_tests };
  Outcome outcome = Outcome::has_errors;
  Loaded loaded;
  std::optional<TestRun> tests;  // as far as it came to them
  Deployment deployment;         // when it is deployed, or was
};
// Loads, tests and installs the folder, and makes it the current version of its solution. What is
// wrong with the solution is an outcome; an error means that nothing could be done.
base::Result<Deploying> deploy(const DeployOrder& order, Deployments& deployments,
                               Inspector& inspector, delivery::Kinds kinds);

}  // namespace millrace::solutions
