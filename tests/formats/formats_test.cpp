// Goal: what was once written can be read for ever, as what it was. Method: tests/formats/v0, v1,
// ... hold records as builds of their time wrote them, a line each, beside what they say in words
// of the tests' own. MILLRACE_WRITE_FORMATS=v1 adds what today's stories give to a folder; a file
// that is there is never written again.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/formats/describe.hpp"
#include "tests/formats/stories.hpp"

namespace millrace::formats {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(MILLRACE_SOURCE_DIR) / "tests" / "formats";

// What a record says; `reader` has taken those before it.
base::Result<json::object> read(runtime::StateReader& reader, std::string_view body) {
  if (auto taken = reader.take(body); !taken) return std::unexpected(taken.error());
  const auto state = reader.state();
  if (!state) return std::unexpected(state.error());
  const auto input = runtime::read_input(body, kKey);
  if (!input) return std::unexpected(input.error());
  const auto turn = runtime::read_record(body);
  if (!turn) return std::unexpected(turn.error());
  json::object out{{"state", describe(*state)}, {"messages", describe(turn->messages)}};
  if (*input) out["input"] = describe(**input);
  return out;
}

void write_missing(const fs::path& folder) {
  fs::create_directories(folder);
  for (const Story& story : all_stories()) {
    const fs::path file = folder / (story.name + ".jsonl");
    if (fs::exists(file)) continue;
    std::ofstream out(file, std::ios::binary);
    runtime::StateReader reader(kKey);
    for (const std::string& body : story.records) {
      auto said = read(reader, body);
      ASSERT_TRUE(said) << said.error().describe();
      (*said)["record"] = body;
      out << json::serialize(*said) << "\n";
    }
  }
}

class Formats : public testing::TestWithParam<fs::path> {};

TEST_P(Formats, AreReadAsWhatTheyWere) {
  std::ifstream in(GetParam(), std::ios::binary);
  runtime::StateReader reader(kKey);
  size_t count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    auto expected = json::parse_object(line);
    ASSERT_TRUE(expected);
    const std::string body(*json::get_string(*expected, "record"));
    expected->erase("record");
    const auto said = read(reader, body);
    ASSERT_TRUE(said) << count << ": " << said.error().describe();
    EXPECT_EQ(*said, *expected) << count;
  }
  EXPECT_GT(count, 0u);
}

std::vector<fs::path> files() {
  if (const char* version = std::getenv("MILLRACE_WRITE_FORMATS")) write_missing(kFolder / version);
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() == ".jsonl") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

INSTANTIATE_TEST_SUITE_P(All, Formats, testing::ValuesIn(files()), [](const auto& info) {
  std::string name =
      info.param.parent_path().filename().string() + "_" + info.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace millrace::formats
