// The example solution, compiled for tests without running any Python.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "delivery/braze/kind.hpp"
#include "delivery/webhook/kind.hpp"
#include "flow/flow.hpp"
#include "solutions/folder.hpp"

namespace millrace::testing_support {

// Every action_nodes/*.py counts as a usable script. Problems fail the running test.
// `settings`, where there are any, stand in place of its solution.yaml.
inline flow::Program load_solution(const std::filesystem::path& folder,
                                   const std::string& settings = "") {
  auto files = solutions::read_folder(folder);
  EXPECT_TRUE(files) << files.error().describe();
  MILLRACE_CHECK(files.has_value());
  if (!settings.empty()) (*files)["solution.yaml"] = settings;
  flow::AppFacts facts{{"Test"}, {{"sandbox", {"braze_url", "braze_api_key"}}}, {}};
  for (const auto& [name, content] : *files) {
    if (name.starts_with("action_nodes/")) {
      facts.scripts.insert(std::filesystem::path(name).stem().string());
    }
  }
  static const delivery::Kind* const kinds[] = {&delivery::braze::kind(),
                                                &delivery::webhook::kind()};
  facts.kinds = kinds;
  auto compiled = flow::compile(*files, facts);
  for (const flow::Problem& problem : compiled.problems) ADD_FAILURE() << problem.describe();
  MILLRACE_CHECK(compiled.program.has_value());
  return std::move(*compiled.program);
}

// What the simulated people talk to: it owes to Braze and to a webhook.
inline flow::Program load_simulated() {
  return load_solution(std::filesystem::path(MILLRACE_SOURCE_DIR) / "tests" / "simulation" /
                       "solution");
}

// A flow that hands over; `settings` as above.
inline flow::Program load_desk(const std::string& settings = "") {
  return load_solution(
      std::filesystem::path(MILLRACE_SOURCE_DIR) / "tests" / "conversations" / "desk", settings);
}

inline flow::Program load_example() {
  return load_solution(std::filesystem::path(MILLRACE_SOURCE_DIR) / "examples" / "braze-profile");
}

}  // namespace millrace::testing_support
