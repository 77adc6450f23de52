// The files of schemas/ and the table of keys in docs/flows.md are what the tables of keys say.
// `make golden` writes them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/wire/receivers.hpp"
#include "flow/schema.hpp"
#include "trial/trial.hpp"

namespace millrace {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = MILLRACE_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void hold(const fs::path& path, const std::string& wanted) {
  if (std::getenv("MILLRACE_GOLDEN") != nullptr) std::ofstream(path) << wanted;
  EXPECT_EQ(text_of(path), wanted) << path << " is out of date; write it with `make golden`";
}

TEST(FlowSchemaFiles, AreWhatTheTablesOfKeysSay) {
  for (const char* kind : {"flow", "solution", "messages", "nlu"}) {
    hold(kRoot / "schemas" / (std::string(kind) + ".schema.json"),
         flow::json_schema(kind, app::receivers()).value_or(""));
  }
  hold(kRoot / "schemas/test.schema.json", trial::test_schema());
}

TEST(FlowSchemaFiles, TheDocumentationHasEveryKey) {
  const fs::path path = kRoot / "docs/flows.md";
  const std::string text = text_of(path);
  constexpr std::string_view kBegin = "<!-- keys: written by `make golden` -->\n";
  constexpr std::string_view kEnd = "<!-- end of keys -->\n";
  const auto begin = text.find(kBegin);
  const auto end = text.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  hold(path, text.substr(0, begin + kBegin.size()) + flow::key_table() + text.substr(end));
}

}  // namespace
}  // namespace millrace
