#include "base/web/routes.hpp"

#include <gtest/gtest.h>

#include "base/contain.hpp"

namespace millrace::web {
namespace {

enum class Who { anyone, owner };
using Table = Routes<Who, std::string>;

const Table& table() {
  static const Table kTable({{"GET", "/chats", Who::owner, "list"},
                             {"GET", "/chats/{chat}", Who::owner, "read"},
                             {"DELETE", "/chats/{chat}", Who::owner, "erase"},
                             {"GET", "/chats/parked", Who::owner, "parked"},
                             {"POST", "/chats/{chat}/turns/{turn}", Who::owner, "replay"},
                             {"*", "/assets/{file...}", Who::anyone, "asset"},
                             {"POST", "/assets/upload", Who::owner, "upload"},
                             {"GET", "/", Who::anyone, "root"}});
  return kTable;
}

std::string served(std::string_view method, std::string_view path) {
  const auto found = table().find(method, path);
  return found ? found->route.serve : "none, allowed: " + found.error().allowed;
}

TEST(BaseRoutes, FindWhatTheMethodAndThePathMean) {
  EXPECT_EQ(served("GET", "/chats"), "list");
  EXPECT_EQ(served("GET", "/chats/7"), "read");
  EXPECT_EQ(served("DELETE", "/chats/7"), "erase");
  EXPECT_EQ(served("POST", "/chats/7/turns/3"), "replay");
  EXPECT_EQ(served("GET", "/"), "root");
}

TEST(BaseRoutes, GiveWhatTheNamesStandFor) {
  const auto found = table().find("POST", "/chats/seven/turns/3");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->values["chat"], "seven");
  EXPECT_EQ(found->values["turn"], "3");
  EXPECT_EQ(found->route.who, Who::owner);
}

TEST(BaseRoutes, TakeWordsBeforeNamesAndNamesBeforeTheRest) {
  EXPECT_EQ(served("GET", "/chats/parked"), "parked");
  // The word has no such method, the name has.
  EXPECT_EQ(served("DELETE", "/chats/parked"), "erase");
  EXPECT_EQ(served("POST", "/assets/upload"), "upload");
  EXPECT_EQ(served("GET", "/assets/upload"), "asset");
}

TEST(BaseRoutes, TakeTheRestWholeAndAlsoWhenThereIsNone) {
  const auto deep = table().find("GET", "/assets/fonts/a.woff2");
  ASSERT_TRUE(deep);
  EXPECT_EQ(deep->values["file"], "fonts/a.woff2");
  const auto none = table().find("PATCH", "/assets/");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->values["file"], "");
  EXPECT_EQ(served("GET", "/assets"), "none, allowed: ");
}

TEST(BaseRoutes, SayWhichMethodsAPathHas) {
  EXPECT_EQ(served("PUT", "/chats/7"), "none, allowed: DELETE, GET, HEAD");
  EXPECT_EQ(served("DELETE", "/chats"), "none, allowed: GET, HEAD");
  EXPECT_EQ(served("GET", "/chats/7/turns/3"), "none, allowed: POST");
}

TEST(BaseRoutes, AnswerHeadWhereTheyAnswerGet) {
  EXPECT_EQ(served("HEAD", "/chats/7"), "read");
  EXPECT_EQ(served("HEAD", "/chats/7/turns/3"), "none, allowed: POST");
}

TEST(BaseRoutes, KnowNoOtherPath) {
  for (const char* path : {"", "chats", "//", "/chats/", "/chats//turns/3", "/chat", "/Chats",
                           "/chats/7/", "/chats/7/turns", "/chats/7/turns/3/4", "*"}) {
    EXPECT_EQ(served("GET", path), "none, allowed: ") << path;
  }
}

TEST(BaseRoutes, RefuseATableThatSaysAnythingTwice) {
  const base::ChecksThrow instead_of_ending;
  const auto made = [](std::vector<Table::Route> routes) { const Table table(std::move(routes)); };
  EXPECT_THROW(made({{"GET", "/a/{b}", Who::anyone, ""}, {"GET", "/a/{c}", Who::anyone, ""}}),
               base::BrokenCheck);
  EXPECT_THROW(made({{"GET", "a", Who::anyone, ""}}), base::BrokenCheck);
  EXPECT_THROW(made({{"GET", "/{a...}/b", Who::anyone, ""}}), base::BrokenCheck);
  EXPECT_THROW(made({{"GET", "/{}", Who::anyone, ""}}), base::BrokenCheck);
  EXPECT_THROW(made({{"GET", "/a{b}", Who::anyone, ""}}), base::BrokenCheck);
}

}  // namespace
}  // namespace millrace::web
