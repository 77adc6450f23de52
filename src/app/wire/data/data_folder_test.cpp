// Which set of files in a data folder starts, and what is said of one that does not.

#include "app/wire/data/data_folder.hpp"

#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "app/wire/data/temporary_folder.hpp"
#include "tests/fakes/folder.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

class DataFolders : public ::testing::Test {
 protected:
  void write(const char* name, std::string_view content) const {
    std::ofstream(data_ / name, std::ios::binary) << content;
    ::chmod((data_ / name).c_str(), 0600);
  }
  // As a server that ran leaves it.
  void fill() const {
    fs::remove_all(data_);
    fs::create_directories(data_);
    ASSERT_TRUE(open_data_folder(data_, {}));
    write("journal.db", "SQLite format 3");
    ASSERT_TRUE(note_data_folder(data_));
  }
  base::Result<DataFolder> open(const std::vector<std::string>& make_anew = {}) const {
    return open_data_folder(data_, make_anew);
  }

  fakes::Folder home_;
  const fs::path& data_ = home_.path;
};

TEST_F(DataFolders, WhatIsMissingOrEmptyIsRefusedByNameUntilTheLossIsAccepted) {
  for (const char* name : {"journal.db", "journal.key", "tokens.key"}) {
    for (const bool is_empty : {false, true}) {
      SCOPED_TRACE(std::string(name) + (is_empty ? " empty" : " missing"));
      fill();
      fs::remove(data_ / name);
      if (is_empty) write(name, "");
      const auto refused = open();
      ASSERT_FALSE(refused);
      const std::string said = refused.error().describe();
      EXPECT_NE(said.find((data_ / name).string()), std::string::npos) << said;
      EXPECT_NE(said.find(std::string("--make-anew ") + name), std::string::npos) << said;
      EXPECT_NE(said.find("backup"), std::string::npos) << said;
      EXPECT_TRUE(open({name})) << "once, by the operator's word";
    }
  }
}

TEST_F(DataFolders, OneThatIsWholeOpensWithTheSameKeys) {
  fill();
  std::string tokens;
  {
    const auto first = open();
    ASSERT_TRUE(first);
    tokens = first->token_key;
    EXPECT_NE(first->token_key, first->seal_key);
  }
  EXPECT_EQ(open()->token_key, tokens);
  EXPECT_EQ(open({"tokens.key"})->token_key, tokens) << "nothing is lost, so nothing is made anew";
}

TEST_F(DataFolders, AFirstStartThatBrokeOffAnywhereIsFollowedByOneThatWorks) {
  ASSERT_TRUE(open());  // keys, and then no room for the journal
  EXPECT_TRUE(open());
  write("journal.db", "");  // opened, and then no room for its first page
  EXPECT_TRUE(open());
  write("tokens.key", "");  // a key that found no room
  write("journal.key", "ab");
  EXPECT_TRUE(open());
}

TEST_F(DataFolders, OneOfBeforeThereWereListsIsJudgedByWhatLiesThere) {
  fill();
  fs::remove(Manifest::file_in(data_));
  EXPECT_TRUE(open());
  fs::remove(data_ / "journal.key");
  EXPECT_FALSE(open()) << "a journal is there, so its key was";
  fill();
  fs::remove(Manifest::file_in(data_));
  write("traces.db", "SQLite format 3");
  fs::remove(data_ / "journal.db");
  EXPECT_FALSE(open()) << "traces are made after the journal, so it was there";
}

TEST_F(DataFolders, ADamagedListIsNamedWithARemedy) {
  for (const char* content : {"", "{", "[]", R"({"format": 1})", R"({"holds": []})"}) {
    fill();
    write("millrace.json", content);
    const auto refused = open();
    ASSERT_FALSE(refused) << content;
    EXPECT_NE(refused.error().describe().find("millrace.json"), std::string::npos);
  }
  write("millrace.json", R"({"format": 2, "holds": []})");
  EXPECT_EQ(open().error().code, base::Code::failed_precondition);
}

TEST_F(DataFolders, TheSandboxesKeyIsMissedOnceItWasMade) {
  const auto first = load_sandbox_key(data_);
  ASSERT_TRUE(first);
  EXPECT_EQ(*load_sandbox_key(data_), *first);
  fs::remove(data_ / "braze.key");
  EXPECT_FALSE(load_sandbox_key(data_));
  EXPECT_TRUE(load_sandbox_key(data_, {"braze.key"}));
}

TEST_F(DataFolders, TemporaryFoldersOfKilledOwnersGoAndOthersStay) {
  const auto alive = TemporaryFolder::make();
  ASSERT_TRUE(alive);
  EXPECT_EQ(fs::status(alive->path()).permissions(), fs::perms::owner_all);
  const fs::path where = alive->path().parent_path();
  const fs::path dead = where / ("millrace-run-dead" + std::to_string(::getpid()));
  const fs::path foreign = where / ("millrace-run-none" + std::to_string(::getpid()));
  fs::create_directories(dead / "inner");
  std::ofstream(dead / ".lock") << "";
  fs::create_directories(foreign);  // without a lock it is not known whose it is
  TemporaryFolder::sweep(where);
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_TRUE(fs::exists(foreign));
  EXPECT_TRUE(fs::exists(alive->path()));
  fs::remove_all(foreign);
}

}  // namespace
}  // namespace millrace::app
