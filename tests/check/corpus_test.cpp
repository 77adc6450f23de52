// Broken solutions, each a few lines, and what the checker must say of each: place, length of what
// is meant, code, message and remedy, exactly that and in that order. `make golden` writes what is
// said now; a case must still say what its name begins with.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/wire/receivers.hpp"
#include "base/text.hpp"
#include "flow/flow.hpp"

namespace millrace {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string name;
  flow::Files files;  // "facts" and "expect" among them
  std::vector<std::string> order;
};

std::vector<Case> read_cases(const std::string& text, std::string& preface) {
  std::vector<Case> cases;
  std::string* into = &preface;
  for (const std::string_view line : base::split(text, '\n')) {
    if (line.starts_with("=== ")) {
      cases.push_back({std::string(line.substr(4)), {}, {}});
      into = nullptr;
    } else if (line.starts_with("--- ") && !cases.empty()) {
      into = &cases.back().files[std::string(line.substr(4))];
      cases.back().order.emplace_back(line.substr(4));
    } else if (into != nullptr) {
      *into += std::string(line) + "\n";
    }
  }
  return cases;
}

flow::AppFacts facts_of(const Case& given) {
  flow::AppFacts facts{{"Test"}, {{"sandbox", {"url", "key"}}, {"live", {"url"}}}, {}};
  facts.kinds = app::receivers();
  if (given.files.contains("facts")) facts.csv_bots.clear();
  for (const auto& [path, text] : given.files) {
    if (path.starts_with("action_nodes/")) facts.scripts.insert(fs::path(path).stem());
  }
  return facts;
}

std::string diagnose(const Case& given) {
  flow::Files files = given.files;
  files.erase("expect");
  files.erase("facts");
  std::string out;
  for (const flow::Problem& problem : flow::compile(files, facts_of(given)).problems) {
    EXPECT_FALSE(problem.message.empty());
    out += problem.file + ":" + std::to_string(problem.line) + ":" +
           std::to_string(problem.position) + "+" + std::to_string(problem.length) + " " +
           problem.code + "\n";
    flow::Problem said = problem;  // what a person reads behind the place
    said.file.clear();
    said.line = 0;
    out += "  " + said.describe().substr(2) + "\n";
  }
  return out;
}

TEST(FlowCorpus, SaysExactlyWhatIsWrong) {
  const bool write = std::getenv("MILLRACE_GOLDEN") != nullptr;
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(MILLRACE_SOURCE_DIR) / "tests/check")) {
    if (entry.path().extension() != ".txt") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    std::string preface;
    std::string all = text.str();
    if (all.ends_with('\n')) all.pop_back();
    const auto cases = read_cases(all, preface);
    count += cases.size();
    std::string out = preface;
    for (const Case& item : cases) {
      const std::string said = diagnose(item);
      const std::string wanted = item.name.substr(0, item.name.find(':'));
      EXPECT_NE(said.find(" " + wanted + "\n"), std::string::npos)
          << entry.path().filename() << ": " << item.name << "\n"
          << said;
      const auto expected = item.files.find("expect");
      if (!write) {
        ASSERT_NE(expected, item.files.end()) << item.name;
        EXPECT_EQ(said, expected->second) << entry.path().filename() << ": " << item.name;
      }
      out += "=== " + item.name + "\n";
      for (const std::string& file : item.order) {
        if (file != "expect") out += "--- " + file + "\n" + item.files.at(file);
      }
      out += "--- expect\n" + said;
    }
    if (write) std::ofstream(entry.path()) << out;
  }
  EXPECT_GE(count, 250u);
}

}  // namespace
}  // namespace millrace
