// Records of what is put aside, as files in a data folder.

#include "app/wire/data/death_files.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "app/wire/data/temporary_folder.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

TEST(AppDeathFiles, KeepWhatIsPutAsideUntilItIsReleased) {
  const auto folder = TemporaryFolder::make();
  ASSERT_TRUE(folder);
  DeathFiles files(folder->path());
  EXPECT_TRUE(files.all().empty());
  const calls::DeathRecord call{"chat/../1:2:3", "Hotel", "v1", "Reserve", 3, true, {5}, "SEGV"};
  const calls::DeathRecord command{"", "Hotel", "v1", "Reserve", 10, true, {6}, "SEGV"};
  ASSERT_TRUE(files.keep(call));
  ASSERT_TRUE(files.keep(command));
  DeathFiles again(folder->path());
  EXPECT_EQ(again.all().size(), 2u);
  ASSERT_TRUE(again.find(call.id()));
  EXPECT_EQ(again.find(call.id())->deaths, 3);
  const auto mode = fs::status(folder->path() / "quarantine").permissions();
  EXPECT_EQ(mode & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);
  again.forget(call.id());
  EXPECT_FALSE(files.find(call.id()));
  EXPECT_TRUE(files.find(command.id()));
}

TEST(AppDeathFiles, PassOverWhatCannotBeRead) {
  const auto folder = TemporaryFolder::make();
  ASSERT_TRUE(folder);
  DeathFiles files(folder->path());
  ASSERT_TRUE(files.keep({"k", "Hotel", "v1", "Reserve", 3, true, {5}, ""}));
  std::ofstream(folder->path() / "quarantine/broken.json") << "{";
  EXPECT_EQ(files.all().size(), 1u);
}

}  // namespace
}  // namespace millrace::app
