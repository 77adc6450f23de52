// Saving files together on a disk that fails, and in a process that is killed: all or none.
#include <cerrno>

#include "posix/files.hpp"
#include "solutions/workspace/workspace.hpp"
#include "tests/faults/disk.hpp"
#include "tests/support/solutions.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;
using faults::Disk;
using faults::Seen;
using faults::Verdict;

constexpr int64_t kCallsMax = 500;

// One is written over, one is new, one moves, one goes.
class SolutionsSave : public testing::Test {
 protected:
  void SetUp() override {
    write_file(root() / "app.py", "old app");
    write_file(root() / "flows/a.flow.yaml", "old flow");
    write_file(root() / "README.md", "old notes");
  }
  void TearDown() override { Disk::get().leave(); }
  fs::path root() const { return folder.path / "One"; }

  static base::Result<Saved> save(const fs::path& at) {
    return Workspace(at).save({
        {.path = "app.py", .base = hash_of_text("old app"), .text = "new app"},
        {.path = "messages/de.yaml", .text = "new text"},
        {.path = "flows/a.flow.yaml",
         .base = hash_of_text("old flow"),
         .moves_to = "flows/b.flow.yaml"},
        {.path = "README.md", .base = hash_of_text("old notes"), .removes = true},
    });
  }
  static std::string state_of(const fs::path& at) {
    std::string all;
    for (const char* path :
         {"app.py", "messages/de.yaml", "flows/a.flow.yaml", "flows/b.flow.yaml", "README.md"}) {
      all += posix::read_file(at / path).value_or("-") + "|";
    }
    return all;
  }
  static constexpr std::string_view kOld = "old app|-|old flow|-|old notes|";
  static constexpr std::string_view kNew = "new app|new text|-|old flow|-|";

  fakes::Folder folder;
};

TEST_F(SolutionsSave, LeavesAllOrNoneWhicheverCallFails) {
  for (int64_t failing = 1; failing < kCallsMax; ++failing) {
    fs::remove_all(root());
    SetUp();
    Disk::get().follow(root());
    Disk::get().judge(
        [&](const Seen& seen) { return seen.number == failing ? Verdict{EIO, 0} : Verdict{}; });
    const auto saved = save(root());
    const bool was_reached = Disk::get().calls() >= failing;
    Disk::get().leave();
    ASSERT_TRUE(Workspace(root()).finish());
    const std::string state = state_of(root());
    if (saved) {
      EXPECT_EQ(state, kNew) << failing;
    } else {
      EXPECT_TRUE(state == kOld || state == kNew) << failing << ": " << state;
    }
    EXPECT_FALSE(fs::exists(root() / ".millrace"));
    if (!was_reached) {
      EXPECT_GT(failing, 10);
      return;
    }
  }
  FAIL() << "it never came to an end";
}

TEST_F(SolutionsSave, LeavesAllOrNoneWhereverItIsKilled) {
  size_t finished = 0;
  for (int64_t killed = 1; killed < kCallsMax; ++killed) {
    fs::remove_all(root());
    SetUp();
    const fs::path left = folder.path / "left";
    fs::remove_all(left);
    Disk::get().follow(root());
    Disk::get().judge([&](const Seen& seen) {
      if (seen.number == killed) fs::copy(root(), left, fs::copy_options::recursive);
      return Verdict{};
    });
    ASSERT_TRUE(save(root()));
    Disk::get().leave();
    if (!fs::exists(left)) {
      EXPECT_GT(killed, 10);
      EXPECT_GT(finished, 0u);
      return;
    }
    ASSERT_TRUE(Workspace(left).finish());
    const std::string state = state_of(left);
    EXPECT_TRUE(state == kOld || state == kNew) << killed << ": " << state;
    finished += state == kNew ? 1 : 0;
  }
  FAIL() << "it never came to an end";
}

}  // namespace
}  // namespace millrace::solutions
