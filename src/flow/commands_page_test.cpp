// docs/commands.md says of every built-in command what the engine does.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/json.hpp"
#include "base/text.hpp"
#include "flow/natives.hpp"

namespace millrace::flow {
namespace {

struct Entry {
  std::string example;
  std::string decision;
};

// The rows of the page's table: | `Name` | what | `example` | decision |
std::map<std::string, Entry> entries() {
  std::ifstream file(MILLRACE_SOURCE_DIR "/docs/commands.md");
  std::map<std::string, Entry> out;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    std::string plain;  // an escaped bar is no border
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
        plain.push_back('\x01');
        ++i;
      } else {
        plain.push_back(line[i]);
      }
    }
    const auto cells = base::split(plain, '|');
    if (cells.size() < 5) continue;
    std::string example(base::trim(cells[3]));
    std::ranges::replace(example, '\x01', '|');
    const std::string name(base::trim(cells[1]));
    out[name.substr(1, name.size() - 2)] = {example, std::string(base::trim(cells[4]))};
  }
  return out;
}

TEST(CommandsPage, HasEveryBuiltInCommandWithAnExampleThatIsRight) {
  const auto page = entries();
  EXPECT_EQ(page.size(), natives().size());
  for (const NativeUse& native : natives()) {
    SCOPED_TRACE(native.command);
    const auto found = page.find(std::string(native.command));
    ASSERT_NE(found, page.end()) << "is not on the page";
    const Entry& entry = found->second;
    EXPECT_TRUE(entry.decision.starts_with("`" + std::string(native.outputs.front()) + "`"));
    for (const auto& value : native.values) {
      EXPECT_NE(entry.decision.find(value), std::string::npos) << value;
    }
    if (entry.example == "none") {
      EXPECT_TRUE(native.needs.empty());
      continue;
    }
    const auto parsed = json::parse_object(entry.example.substr(1, entry.example.size() - 2));
    ASSERT_TRUE(parsed) << entry.example;
    for (const auto& member : *parsed) {
      EXPECT_NE(std::ranges::find(native.takes, std::string_view(member.key())), native.takes.end())
          << member.key();
    }
    for (const auto& name : native.needs) EXPECT_TRUE(parsed->contains(name)) << name;
  }
}

}  // namespace
}  // namespace millrace::flow
