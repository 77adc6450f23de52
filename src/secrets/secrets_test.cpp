// Where secrets are found and how they are kept, on a real disk.

#include "secrets/secrets.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/secrets.hpp"

namespace millrace::secrets {
namespace {

using base::Code;

TEST_F(Secrets, AreNamedInATextByTheirMark) {
  EXPECT_EQ(names_in("a = '${secret:B_KEY}', b = \"${secret:A.key-2}${secret:B_KEY}\""),
            (std::vector<std::string>{"A.key-2", "B_KEY"}));
  EXPECT_TRUE(names_in("${secret:}${secret:9a}${secret:a b}${secret:../x}${secret:open").empty());
  EXPECT_TRUE(names_in("${env:A} ${secret :A}").empty());
  EXPECT_EQ(names_in("${secret:" + std::string(kNameBytesMax, 'a') + "}").size(), 1U);
  EXPECT_TRUE(names_in("${secret:" + std::string(kNameBytesMax + 1, 'a') + "}").empty());
}

TEST_F(Secrets, AreLookedForInTheirOrder) {
  auto kept = store();
  ASSERT_TRUE(kept.set("PLACE_TEST", "store", now_));
  const Places places{write("secrets", "# what follows\n\nOTHER=1\nPLACE_TEST = file value\r\n"),
                      root_ / "mounted", data(), key()};
  write("mounted/PLACE_TEST", "folder\n", 0644);
  const Resolver resolver(places);
  ::setenv("PLACE_TEST", "environment", 1);
  EXPECT_EQ(resolver.resolve("PLACE_TEST", Rights::all()), "environment");
  ::setenv("PLACE_TEST", "", 1);
  EXPECT_EQ(resolver.resolve("PLACE_TEST", Rights::all()), " file value");
  ::unsetenv("PLACE_TEST");
  write("secrets", "PLACE_TEST=\n");
  EXPECT_EQ(resolver.resolve("PLACE_TEST", Rights::all()), "folder") << "an empty value is none";
  fs::remove(root_ / "mounted/PLACE_TEST");
  EXPECT_EQ(resolver.resolve("PLACE_TEST", Rights::all()), "store");
}

TEST_F(Secrets, OneThatIsNowhereIsSaidWhereItWasLookedForAndWhatToDo) {
  const Resolver resolver({write("secrets", "A=1\n"), root_ / "mounted", data(), key()});
  const auto missing = resolver.resolve("NOT_THERE", Rights::all());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::not_found);
  for (const std::string& part : {std::string("environment variable NOT_THERE"),
                                  (root_ / "secrets").string(), (root_ / "mounted").string(),
                                  data().string(), std::string("millrace secret set NOT_THERE")}) {
    EXPECT_TRUE(missing.error().message.contains(part)) << missing.error().message;
  }
  EXPECT_FALSE(Resolver().resolve("NOT_THERE", Rights::all()));
}

TEST_F(Secrets, SeveralAreFoundTogetherOrEachMissingOneIsNamed) {
  const Resolver resolver({write("secrets", "FIRST=1\nSECOND=2\n"), {}, {}, {}});
  EXPECT_EQ(resolver.resolve_all({"SECOND", "FIRST"}, Rights::all()),
            (std::map<std::string, std::string>{{"FIRST", "1"}, {"SECOND", "2"}}));
  EXPECT_TRUE(resolver.resolve_all({}, Rights::all())->empty());
  const auto missing = resolver.resolve_all({"FIRST", "GONE_A", "GONE_B"}, Rights::all());
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error().message.contains("GONE_A"));
  EXPECT_TRUE(missing.error().message.contains("GONE_B"));
}

TEST_F(Secrets, AFileThatOthersMayReadIsRefusedAndNotPassedOver) {
  auto kept = store();
  ASSERT_TRUE(kept.set("OPEN_FILE", "store", now_));
  const Resolver resolver({write("secrets", "OPEN_FILE=x\n", 0640), {}, data(), key()});
  const auto refused = resolver.resolve("OPEN_FILE", Rights::all());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::permission_denied);
  EXPECT_TRUE(refused.error().message.contains("chmod 600"));
}

TEST_F(Secrets, ABrokenFileIsNamedByItsLineAndNotShown) {
  const Resolver resolver(
      {write("secrets", "A=1\nplanted-value-1d8f without equals\nZ_LAST=2\n"), {}, {}, {}});
  const auto refused = resolver.resolve("Z_LAST", Rights::all());
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().where.ends_with("secrets:2"));
  EXPECT_FALSE(refused.error().describe().contains(kPlanted));
}

TEST_F(Secrets, ANameNeverLeadsOutOfTheFolder) {
  write("outside", "no");
  fs::create_directories(root_ / "mounted");
  const Resolver resolver({{}, root_ / "mounted", {}, {}});
  for (const char* const name : {"../outside", "/etc/passwd", "", ".", "..", "a/b", "a\nb"}) {
    const auto refused = resolver.resolve(name, Rights::all());
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Code::invalid_argument) << name;
  }
  fs::create_directories(root_ / "mounted/FOLDER");
  EXPECT_FALSE(resolver.resolve("FOLDER", Rights::all()));
}

TEST_F(Secrets, AMountedFileMayBeALinkAsPlatformsMakeThem) {
  write("mounted/..data/LINKED", std::string(kPlanted), 0644);
  fs::create_symlink("..data/LINKED", root_ / "mounted/LINKED");
  EXPECT_EQ(Resolver({{}, root_ / "mounted", {}, {}}).resolve("LINKED", Rights::all()), kPlanted);
}

TEST_F(Secrets, AValueOverTheLimitIsRefused) {
  write("mounted/LARGE", std::string(kValueBytesMax, 'x'));
  write("mounted/LARGER", std::string(kValueBytesMax + 1, 'x'));
  const Resolver resolver({{}, root_ / "mounted", {}, {}});
  EXPECT_TRUE(resolver.resolve("LARGE", Rights::all()));
  EXPECT_FALSE(resolver.resolve("LARGER", Rights::all()));
}

TEST_F(Secrets, ATextIsExpandedOnceAndOtherMarksStay) {
  write("mounted/KEY", "v${secret:OTHER}");
  ::setenv("EXPAND_TEST", "here", 1);
  const Resolver resolver({{}, root_ / "mounted", {}, {}});
  EXPECT_EQ(resolver.expand("Bearer ${secret:KEY} ${env:EXPAND_TEST} ${other} $${ {KEY} ${",
                            Rights::all()),
            "Bearer v${secret:OTHER} here ${other} $${ {KEY} ${");
  EXPECT_EQ(resolver.expand("", Rights::all()), "");
  for (const char* const text : {"${secret:", "${secret:}", "${env:a b}", "${secret:KEY"}) {
    EXPECT_FALSE(resolver.expand(text, Rights::all())) << text;
  }
  EXPECT_FALSE(resolver.expand("${env:NOT_SET_ANYWHERE}", Rights::all()));
  EXPECT_FALSE(resolver.expand("${secret:NOT_THERE}", Rights::all()));
  ::unsetenv("EXPAND_TEST");
}

TEST_F(Secrets, APlaceWithoutARightIsPassedOverAndTheRefusalSaysNoValue) {
  ASSERT_TRUE(store().set("RIGHTS_TEST", "from the store", now_));
  ::setenv("RIGHTS_TEST", std::string(kPlanted).c_str(), 1);
  ::setenv("RIGHTS_TEST_TOO", std::string(kPlanted).c_str(), 1);
  const Resolver resolver({{}, {}, data(), key()});
  const auto alone = Rights::of("Own", {}, {.is_alone = true});
  const auto among_others = Rights::of("Own", {}, {});
  const auto granted = Rights::of("Own", {.secrets = {"RIGHTS_TEST"}}, {});
  EXPECT_EQ(resolver.resolve("RIGHTS_TEST", granted), kPlanted);
  EXPECT_EQ(resolver.resolve("RIGHTS_TEST", alone), "from the store");
  for (const auto& refused :
       {resolver.resolve("RIGHTS_TEST", among_others), resolver.resolve("RIGHTS_TEST_TOO", alone),
        resolver.resolve("RIGHTS_TEST_TOO", granted),
        resolver.expand("x ${env:RIGHTS_TEST}", alone),
        resolver.expand("x ${secret:RIGHTS_TEST_TOO}", alone)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::permission_denied);
    EXPECT_TRUE(refused.error().message.contains("millrace grant Own"));
    EXPECT_FALSE(refused.error().message.contains(kPlanted));
  }
  EXPECT_EQ(resolver.resolve("NOWHERE_AT_ALL", among_others).error().code, Code::not_found);
  ::unsetenv("RIGHTS_TEST");
  ::unsetenv("RIGHTS_TEST_TOO");
}

TEST_F(Secrets, AMasterKeyFileThatAFullDiskLeftEmptyIsReplacedWhileNothingIsKept) {
  write("config/secrets.key", "");
  ASSERT_TRUE(store().set("A", kPlanted, now_));
  EXPECT_EQ(*store().get("A"), kPlanted);
  write("config/secrets.key", "");
  EXPECT_EQ(store().set("B", kPlanted, now_).error().code, Code::data_loss);
  EXPECT_EQ(store().get("A").error().code, Code::data_loss);
}

TEST_F(Secrets, TheStoreGivesBackWhatItWasToldAndListsNoValues) {
  auto kept = store();
  EXPECT_TRUE(kept.list()->empty());
  EXPECT_EQ(kept.get("A").error().code, Code::not_found);
  EXPECT_EQ(kept.set("B", kPlanted, now_), 1);
  EXPECT_EQ(kept.set("A", std::string("\0\x80\n", 3), now_), 1);
  EXPECT_EQ(kept.set("B", std::string(kPlanted) + "2", {now_.ms + 5}), 2);
  EXPECT_EQ(store().get("B"), std::string(kPlanted) + "2");
  EXPECT_EQ(store().get("A"), std::string("\0\x80\n", 3));
  const auto entries = *kept.list();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].name, "A");
  EXPECT_EQ(entries[1].version, 2);
  EXPECT_EQ(entries[1].created_at, now_);
  EXPECT_EQ(entries[1].changed_at.ms, now_.ms + 5);
  EXPECT_TRUE(kept.remove("B"));
  EXPECT_EQ(kept.remove("B").error().code, Code::not_found);
  EXPECT_EQ(kept.get("B").error().code, Code::not_found);
}

TEST_F(Secrets, NothingInClearIsKeptAndNobodyElseMayReadIt) {
  auto kept = store();
  ASSERT_TRUE(kept.set("A", kPlanted, now_));
  ASSERT_TRUE(kept.rotate());
  EXPECT_FALSE(everything_kept().contains(kPlanted));
  for (const fs::path& file : {data() / "secrets.json", key()}) {
    struct stat about{};
    ASSERT_EQ(::stat(file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U) << file;
  }
}

TEST_F(Secrets, TheMasterKeyMustNotLieInTheDataFolder) {
  const auto refused = Store::at(data(), data() / "keys" / "secrets.key");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid_argument);
  EXPECT_FALSE(Store::at(data().string() + "/", data() / "k"));
  EXPECT_FALSE(Store::at(data(), root_ / "config" / ".." / "data" / "k"));
  EXPECT_TRUE(Store::at(data(), root_ / "data-keys" / "k"));
}

TEST_F(Secrets, TheEnvironmentNamesTheMasterKeyForWhoeverNamesNone) {
  ::setenv("MILLRACE_SECRETS_KEY_FILE", key().c_str(), 1);
  ASSERT_TRUE(store().set("A", kPlanted, now_));
  EXPECT_EQ(Resolver({{}, {}, data(), {}}).resolve("A", Rights::all()), kPlanted);
  ::unsetenv("MILLRACE_SECRETS_KEY_FILE");
}

TEST_F(Secrets, AStoreWhoseKeyIsGoneSaysSoAndMakesNoNewOne) {
  auto kept = store();
  ASSERT_TRUE(kept.set("A", kPlanted, now_));
  fs::remove(key());
  for (const auto& error :
       {kept.get("A").error(), kept.set("B", "x", now_).error(), kept.rotate().error(),
        Resolver({{}, {}, data(), key()}).resolve("A", Rights::all()).error()}) {
    EXPECT_EQ(error.code, Code::failed_precondition);
    EXPECT_TRUE(error.message.contains("MILLRACE_SECRETS_KEY_FILE"));
  }
  EXPECT_FALSE(fs::exists(key()));
}

TEST_F(Secrets, ARecordIsBoundToItsNameAndVersion) {
  auto kept = store();
  ASSERT_TRUE(kept.set("AA", "first", now_));
  ASSERT_TRUE(kept.set("BB", kPlanted, now_));
  std::string text = read(data() / "secrets.json");
  const auto swap = [&text](std::string_view from, std::string_view to) {
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
  };
  swap("\"AA\"", "\"CC\"");
  swap("\"BB\"", "\"AA\"");
  write("data/secrets.json", text);
  EXPECT_EQ(kept.get("AA").error().code, Code::data_loss);
  swap("\"AA\"", "\"BB\"");
  swap("\"version\":1", "\"version\":2");
  write("data/secrets.json", text);
  EXPECT_EQ(kept.get("BB").error().code, Code::data_loss);
}

TEST_F(Secrets, ABrokenStoreOrKeyIsAnErrorAndNoMore) {
  auto kept = store();
  ASSERT_TRUE(kept.set("A", kPlanted, now_));
  const std::string whole = read(data() / "secrets.json");
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[1]"), whole.substr(0, whole.size() / 2),
        std::string(R"({"format":1,"records":{"A":{}}})"),
        std::string(R"({"format":1,"records":{"A":1}})"),
        std::string(R"({"format":1,"records":{"a b":{}}})"),
        std::string(R"({"format":2,"records":{}})")}) {
    write("data/secrets.json", text);
    EXPECT_FALSE(kept.get("A")) << text;
  }
  write("data/secrets.json", whole);
  const std::string good_key = read(key());
  for (const std::string text : {"", "short", "????"}) {
    write("config/secrets.key", text);
    EXPECT_FALSE(kept.get("A")) << text;
  }
  write("config/secrets.key", good_key, 0644);
  EXPECT_EQ(kept.get("A").error().code, Code::permission_denied);
  write("config/secrets.key", good_key);
  EXPECT_EQ(kept.get("A"), kPlanted);
}

}  // namespace
}  // namespace millrace::secrets
