// docs/commands.md says of every built-in command what the engine does.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "app/wire/receivers.hpp"
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

// Checks the page's entry of a command; `values` is what it may answer.
template <typename Use>
void check_entry(const std::map<std::string, Entry>& page, std::string_view name, const Use& use,
                 const std::vector<std::string_view>& values) {
  SCOPED_TRACE(name);
  const auto found = page.find(std::string(name));
  ASSERT_NE(found, page.end()) << "is not on the page";
  const Entry& entry = found->second;
  EXPECT_TRUE(entry.decision.starts_with("`" + std::string(use.outputs.front()) + "`"));
  for (const auto& value : values) {
    EXPECT_NE(entry.decision.find(value), std::string::npos) << value;
  }
  if (entry.example == "none") {
    EXPECT_TRUE(use.needs.empty());
    return;
  }
  const auto parsed = json::parse_object(entry.example.substr(1, entry.example.size() - 2));
  ASSERT_TRUE(parsed) << entry.example;
  for (const auto& member : *parsed) {
    EXPECT_NE(std::ranges::find(use.takes, std::string_view(member.key())), use.takes.end())
        << member.key();
  }
  for (const auto& needed : use.needs) EXPECT_TRUE(parsed->contains(needed)) << needed;
}

TEST(CommandsPage, HasEveryBuiltInCommandWithAnExampleThatIsRight) {
  const auto page = entries();
  size_t commands = natives().size();
  for (const NativeUse& native : natives()) {
    check_entry(page, native.command, native, native.values);
  }
  for (const delivery::Kind* kind : app::receivers()) {
    commands += kind->commands.size();
    for (const delivery::Command& command : kind->commands) {
      check_entry(page, command.name, command, {});
    }
  }
  EXPECT_EQ(page.size(), commands);
}

}  // namespace
}  // namespace millrace::flow
