// New solutions from templates are sound from the first moment.
#include "solutions/new_solution.hpp"

#include <gtest/gtest.h>

#include "delivery/braze/kind.hpp"
#include "delivery/webhook/kind.hpp"
#include "solutions/folder.hpp"
#include "solutions/solutions.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;

delivery::Kinds kinds() {
  static const delivery::Kind* const kKinds[] = {&delivery::braze::kind(),
                                                 &delivery::webhook::kind()};
  return kKinds;
}

fs::path fresh_folder(std::string_view name) {
  const fs::path folder = fs::path(testing::TempDir()) / ("new-solution-" + std::string(name));
  fs::remove_all(folder);
  return folder;
}

TEST(NewSolution, IsSoundWithAnyTemplate) {
  for (const Template& each : templates()) {
    const auto files = files_of_template(each.name, "my-first bot");
    ASSERT_TRUE(files) << files.error().describe();
    EXPECT_TRUE(files->at("app.py").contains("NAME = 'My first bot'\n")) << each.name;
    EXPECT_TRUE(files->at("app.py").contains("CSV_BOTS = ['MyFirstBot']\n")) << each.name;
    EXPECT_TRUE(files->at("solution.yaml").contains("name: MyFirstBot\n")) << each.name;
    const fs::path folder = fresh_folder(each.name);
    const auto written = write_solution(folder, *files, kinds());
    ASSERT_TRUE(written) << written.error().describe();
    const auto read = read_folder(folder);
    ASSERT_TRUE(read);
    flow::AppFacts facts{{"MyFirstBot"}, {{"sandbox", {"braze_url", "braze_api_key"}}}, {}};
    for (const auto& [path, text] : *read) {
      if (path.starts_with("action_nodes/")) facts.scripts.insert(fs::path(path).stem().string());
    }
    facts.kinds = kinds();
    auto compiled = flow::compile(*read, facts);
    for (const flow::Problem& problem : compiled.problems) ADD_FAILURE() << problem.describe();
    ASSERT_TRUE(compiled.program) << each.name;
    const auto run =
        test(folder, std::make_shared<const flow::Program>(std::move(*compiled.program)), {});
    ASSERT_TRUE(run);
    EXPECT_FALSE(run->outcomes.empty()) << each.name << " has no tests";
    for (const trial::Outcome& outcome : run->outcomes) {
      EXPECT_TRUE(outcome.passed) << each.name << ": " << outcome.failure << "\n"
                                  << outcome.transcript;
    }
    EXPECT_TRUE(fs::exists(folder / ".millrace/schemas/flow.schema.json"));
    fs::remove_all(folder);
  }
}

TEST(NewSolution, NeedsANameThatCanBeOne) {
  for (const char* name : {"", "-", "42", "..", "é"}) {
    EXPECT_EQ(files_of_template("blank", name).error().code, base::Code::invalid_argument) << name;
  }
  EXPECT_EQ(files_of_template("none", "bot").error().code, base::Code::invalid_argument);
}

TEST(NewSolution, IsNeverWrittenOverSomething) {
  const fs::path folder = fresh_folder("taken");
  const auto files = files_of_template("blank", "bot");
  ASSERT_TRUE(write_solution(folder, *files, kinds()));
  fs::remove(folder / "app.py");
  EXPECT_EQ(write_solution(folder, *files, kinds()).error().code, base::Code::already_exists);
  EXPECT_FALSE(fs::exists(folder / "app.py"));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace millrace::solutions
