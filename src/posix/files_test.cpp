#include "posix/files.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "posix/locks.hpp"
#include "tests/fakes/folder.hpp"

namespace millrace::posix {
namespace {

namespace fs = std::filesystem;
using base::Code;
using fakes::Folder;

mode_t mode_of(const fs::path& file) {
  struct stat about{};
  return ::stat(file.c_str(), &about) == 0 ? about.st_mode & 07777 : 0;
}

TEST(PosixFiles, AreReadWholeUpToTheLimitAndNoFurther) {
  const Folder folder;
  const fs::path file = folder.path / "file";
  ASSERT_TRUE(write_new_file(file, "12345"));
  EXPECT_EQ(*read_file(file, {.bytes_max = 5}), "12345");
  EXPECT_EQ(read_file(file, {.bytes_max = 4}).error().code, Code::resource_exhausted);
  ASSERT_TRUE(replace_file(file, ""));
  EXPECT_EQ(*read_file(file, {.growth = Growth::refused}), "");
}

TEST(PosixFiles, SayWhyTheyCannotBeRead) {
  const Folder folder;
  EXPECT_EQ(read_file(folder.path / "none").error().code, Code::not_found);
  EXPECT_EQ(read_file(folder.path / "none" / "below").error().code, Code::not_found);
  EXPECT_EQ(read_file(folder.path).error().code, Code::failed_precondition);
  const fs::path pipe = folder.path / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(read_file(pipe).error().code, Code::failed_precondition) << "and does not wait for it";
  EXPECT_EQ(read_file(folder.path / "none").error().where, folder.path / "none");
}

TEST(PosixFiles, ThatOthersMayReadAreRefusedToWhoeverAsksForTheOwnersAlone) {
  const Folder folder;
  const fs::path file = folder.path / "secret";
  ASSERT_TRUE(write_new_file(file, "s"));
  EXPECT_TRUE(read_file(file, {.readers = Readers::owner}));
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  EXPECT_EQ(read_file(file, {.readers = Readers::owner}).error().code, Code::permission_denied);
  ASSERT_TRUE(make_private(file));
  EXPECT_EQ(mode_of(file), 0600u);
  EXPECT_TRUE(read_file(file, {.readers = Readers::owner}));
  EXPECT_EQ(make_private(folder.path / "none").error().code, Code::not_found);
}

TEST(PosixFiles, AreNewOnlyOnce) {
  const Folder folder;
  const fs::path file = folder.path / "file";
  ASSERT_TRUE(write_new_file(file, "first"));
  EXPECT_EQ(mode_of(file), 0600u);
  EXPECT_EQ(write_new_file(file, "second").error().code, Code::already_exists);
  EXPECT_EQ(*read_file(file), "first");
}

TEST(PosixFiles, AreReplacedWholeAndLeaveNothingBeside) {
  const Folder folder;
  const fs::path file = folder.path / "file";
  ASSERT_TRUE(write_new_file(folder.path / "file.new", "of an attempt that was cut short"));
  ASSERT_TRUE(replace_file(file, "one"));
  ASSERT_TRUE(replace_file(file, std::string(100'000, 'x')));
  EXPECT_EQ(read_file(file)->size(), 100'000u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path), {}), 1);
  fs::create_directory(folder.path / "taken");
  EXPECT_FALSE(replace_file(folder.path / "taken", "cannot take a folder's name"));
  EXPECT_FALSE(fs::exists(folder.path / "taken.new"));
  EXPECT_EQ(replace_file(folder.path / "none" / "file", "x").error().code, Code::not_found);
}

TEST(PosixFiles, AreWrittenAtAnOffset) {
  const Folder folder;
  const fs::path file = folder.path / "file";
  ASSERT_TRUE(write_new_file(file, "0123456789"));
  const Fd open(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(write_all_at(open.get(), "abc", 4));
  ASSERT_TRUE(write_all(open.get(), "xy"));
  EXPECT_EQ(*read_file(file), "xy23abc789");
  EXPECT_FALSE(write_all(-1, "x"));
}

TEST(PosixFolders, AreTheirOwnersWhereTheyAreMadeHere) {
  const Folder folder;
  ASSERT_TRUE(make_private_folder(folder.path / "a" / "b"));
  EXPECT_EQ(mode_of(folder.path / "a" / "b"), 0700u);
  ASSERT_EQ(::chmod((folder.path / "a").c_str(), 0755), 0);
  ASSERT_TRUE(make_private_folder(folder.path / "a"));
  EXPECT_EQ(mode_of(folder.path / "a"), 0755u);
  ASSERT_TRUE(make_private_folder(folder.path / "a", Existing::becomes_private));
  EXPECT_EQ(mode_of(folder.path / "a"), 0700u);
  ASSERT_TRUE(write_new_file(folder.path / "file", ""));
  EXPECT_FALSE(make_private_folder(folder.path / "file"));
}

TEST(PosixLocks, AreHeldByOneAndGoWithTheirHolder) {
  const Folder folder;
  const fs::path file = folder.path / "lock";
  EXPECT_EQ(FileLock::take(file, FileLock::Missing::is_refused).error().code, Code::not_found);
  {
    auto first = FileLock::take(file);
    ASSERT_TRUE(first);
    EXPECT_EQ(FileLock::take(file).error().code, Code::already_exists);
    const FileLock moved = std::move(*first);
    EXPECT_EQ(FileLock::take(file).error().code, Code::already_exists);
  }
  EXPECT_TRUE(FileLock::take(file, FileLock::Missing::is_refused));
  EXPECT_TRUE(FileLock::wait_for(file));
  EXPECT_EQ(mode_of(file), 0600u);
  fs::create_symlink(file, folder.path / "link");
  EXPECT_FALSE(FileLock::take(folder.path / "link")) << "a name that leads elsewhere is no lock";
}

TEST(PosixLocks, AreTakenWhenTheirHolderLetsGoInTime) {
  const Folder folder;
  const fs::path file = folder.path / "lock";
  auto held = FileLock::take(file);
  ASSERT_TRUE(held);
  base::Result<FileLock> taken = base::fail(Code::internal, "");
  std::thread other(
      [&] { taken = FileLock::take(file, FileLock::Missing::is_made, std::chrono::minutes(1)); });
  held = base::fail(Code::internal, "");
  other.join();
  EXPECT_TRUE(taken);
}

TEST(PosixLocks, AreWaitedFor) {
  const Folder folder;
  const fs::path file = folder.path / "lock";
  int count = 0;
  const auto add = [&] {
    for (int i = 0; i < 100; ++i) {
      const auto lock = FileLock::wait_for(file);
      ASSERT_TRUE(lock);
      const int seen = count;
      std::this_thread::yield();
      count = seen + 1;
    }
  };
  std::thread other(add);
  add();
  other.join();
  EXPECT_EQ(count, 200);
}

}  // namespace
}  // namespace millrace::posix
