// Keys beside their data, on a real disk: which state of the file, with and without data, ends how.

#include "secrets/key_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>

#include "tests/fakes/folder.hpp"

namespace millrace::secrets {
namespace {

namespace fs = std::filesystem;
using base::Code;

class KeyFiles : public ::testing::Test {
 protected:
  fs::path file() const { return folder_ / "journal.key"; }
  void write(std::string_view content, mode_t mode = 0600) const {
    std::ofstream(file(), std::ios::binary) << content;
    ::chmod(file().c_str(), mode);
  }
  base::Result<std::string> load(bool has_data, bool may_be_remade = false) const {
    return load_or_make_key({file(), "sealed answers cannot be read", has_data, may_be_remade});
  }
  size_t files() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fakes::Folder home_;
  const fs::path& folder_ = home_.path;
};

TEST_F(KeyFiles, EveryStateOfTheFileEndsAsItShould) {
  constexpr int kMade = -1;
  constexpr int kKept = -2;
  const std::string whole(32, 'k');
  struct Case {
    const char* name;
    std::optional<std::string> content;  // none: there is no file
    mode_t mode;
    bool has_data;
    bool may_be_remade;
    int end;  // or a Code
  };
  const auto refused = [](Code code) { return static_cast<int>(code); };
  const Case cases[] = {
      {"first start", std::nullopt, 0, false, false, kMade},
      {"whole", whole, 0600, true, false, kKept},
      {"whole, nothing beside it", whole, 0600, false, false, kKept},
      {"empty, nothing beside it", "", 0600, false, false, kMade},
      {"short, nothing beside it", "abc", 0600, false, false, kMade},
      {"long, nothing beside it", whole + "x", 0600, false, false, refused(Code::data_loss)},
      {"missing beside data", std::nullopt, 0, true, false, refused(Code::failed_precondition)},
      {"empty beside data", "", 0600, true, false, refused(Code::data_loss)},
      {"short beside data", "abc", 0600, true, false, refused(Code::data_loss)},
      {"long beside data", whole + "x", 0600, true, false, refused(Code::data_loss)},
      {"the group may read it", whole, 0640, true, false, refused(Code::permission_denied)},
      {"all may read it", whole, 0604, false, false, refused(Code::permission_denied)},
      {"missing, the loss is accepted", std::nullopt, 0, true, true, kMade},
      {"damaged, the loss is accepted", "abc", 0600, true, true, kMade},
      {"long, the loss is accepted", whole + "x", 0600, true, true, kMade},
      {"whole, a loss is accepted that is none", whole, 0600, true, true, kKept},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    if (each.content) write(*each.content, each.mode);
    const auto key = load(each.has_data, each.may_be_remade);
    if (each.end == kMade || each.end == kKept) {
      ASSERT_TRUE(key) << key.error().describe();
      EXPECT_EQ(key->size(), 32u);
      EXPECT_EQ(*key == whole, each.end == kKept);
      EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
      EXPECT_EQ(*load(true), *key) << "it is the same from now on";
    } else {
      ASSERT_FALSE(key);
      EXPECT_EQ(static_cast<int>(key.error().code), each.end);
      EXPECT_NE(key.error().describe().find("journal.key"), std::string::npos);
      EXPECT_EQ(fs::exists(file()), each.content.has_value()) << "nothing was touched";
    }
  }
}

TEST_F(KeyFiles, ARefusalSaysWhatIsLostAndWhatToDo) {
  const std::string said = load(true).error().describe();
  for (const char* part : {"sealed answers cannot be read", "backup", "--make-anew journal.key"}) {
    EXPECT_NE(said.find(part), std::string::npos) << said;
  }
}

TEST_F(KeyFiles, ADamagedKeyIsKeptAsideWhenItIsMadeAnew) {
  write("abc");
  ASSERT_TRUE(load(true, true));
  std::ifstream kept(file().string() + ".damaged");
  std::string text;
  kept >> text;
  EXPECT_EQ(text, "abc");
}

TEST_F(KeyFiles, ADiskWithoutRoomLeavesNothingBehindAndTheNextAttemptHeals) {
  // No file may grow over 0 bytes: writing fails as on a full disk.
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit none{0, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &none);
  const auto failed = load(false);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(failed);
  EXPECT_EQ(files(), 0u) << "neither a key nor half of one";
  EXPECT_TRUE(load(false));
  EXPECT_EQ(files(), 1u);
}

}  // namespace
}  // namespace millrace::secrets
