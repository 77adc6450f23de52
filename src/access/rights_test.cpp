// The matrix, cell by cell, against a second writing of it: for each role what it may do, by name.
// Whoever changes one has to change the other.
#include <gtest/gtest.h>

#include <map>

#include "access/rights.hpp"

namespace millrace::access {
namespace {

using Names = std::set<std::string_view>;

// A final "(own)" marks what reaches a person's own alone.
const std::map<std::string_view, Names> kExpected{
    {"viewer",
     {"solution.read", "chat.read", "report.read", "event.read", "audience.read", "journey.read"}},
    {"agent", {"inbox.read", "inbox.write", "chat.read(own)", "pii.read(own)", "report.read(own)"}},
    {"supervisor",
     {"solution.read", "chat.read", "pii.read", "inbox.read", "inbox.write", "inbox.supervise",
      "report.read", "report.export", "event.read", "audience.read", "journey.read"}},
    {"designer",
     {"solution.read", "solution.write", "action.run", "deploy.sandbox", "chat.read", "report.read",
      "event.read", "audience.read", "journey.read"}},
    {"developer",
     {"solution.read", "solution.write", "script.write", "git.push", "action.run", "deploy.sandbox",
      "chat.read", "report.read", "event.read", "audience.read", "journey.read", "ops.read"}},
    {"marketer",
     {"solution.read", "chat.read", "report.read", "report.export", "event.read", "event.write",
      "audience.read", "audience.write", "journey.read", "journey.write"}},
    {"operator",
     {"solution.read",   "solution.write", "script.write",   "git.push",       "action.run",
      "action.run.live", "deploy.sandbox", "deploy.live",    "chat.read",      "person.erase",
      "inbox.read",      "inbox.write",    "report.read",    "report.export",  "event.read",
      "event.write",     "audience.read",  "audience.write", "journey.read",   "journey.write",
      "ops.read",        "delivery.write", "secret.write",   "settings.write", "users.write",
      "audit.read"}},
};

TEST(AccessRights, EachCellOfTheMatrixIsWhatItShouldBe) {
  for (size_t i = 0; i < kRoles.size(); ++i) {
    const auto role = static_cast<Role>(i);
    for (size_t j = 0; j < kRights.size(); ++j) {
      const auto right = static_cast<Right>(j);
      const std::string name(kRights(right));
      Reach expected = Reach::all;
      if (role != Role::owner) {
        const Names& names = kExpected.at(kRoles(role));
        expected = names.contains(name)             ? Reach::all
                   : names.contains(name + "(own)") ? Reach::own
                                                    : Reach::none;
      }
      EXPECT_EQ(reach_of(role, right), expected) << kRoles(role) << " " << name;
    }
  }
}

Grants grants(std::initializer_list<std::string_view> texts) {
  Grants out;
  for (const auto text : texts) out.push_back(grant_from_text(text).value());
  return out;
}

TEST(AccessRights, NobodyMayAnythingWithoutAGrant) {
  for (size_t j = 0; j < kRights.size(); ++j) {
    EXPECT_FALSE(may({}, static_cast<Right>(j), {"hotel", "live"}));
    EXPECT_FALSE(may_somewhere({}, static_cast<Right>(j)));
  }
}

TEST(AccessRights, AGrantEndsAtItsSolutionAndEnvironment) {
  const Grants some = grants({"operator@hotel/live"});
  EXPECT_TRUE(may(some, Right::deploy_live, {"hotel", "live"}));
  EXPECT_TRUE(may(some, Right::solution_read, {"hotel", ""}));
  EXPECT_FALSE(may(some, Right::deploy_live, {"hotel", "sandbox"}));
  EXPECT_FALSE(may(some, Right::deploy_live, {"bank", "live"}));
  EXPECT_FALSE(may(some, Right::users_write, {})) << "the server as a whole is no solution";
  EXPECT_TRUE(may(grants({"operator"}), Right::users_write, {}));
  EXPECT_TRUE(may(grants({"operator@*/live"}), Right::users_write, {}));
}

TEST(AccessRights, WhatIsOnlyOnesOwnIsNotMay) {
  const Grants agent = grants({"agent"});
  EXPECT_EQ(reach(agent, Right::chat_read, {"hotel", ""}), Reach::own);
  EXPECT_FALSE(may(agent, Right::chat_read, {"hotel", ""}));
  EXPECT_FALSE(may_somewhere(agent, Right::chat_read));
}

TEST(AccessRights, NobodyGivesWhatTheyDoNotHave) {
  const Grants hotel = grants({"operator@hotel"});
  EXPECT_TRUE(may_give(hotel, grants({"designer@hotel", "viewer@hotel/live"})));
  EXPECT_FALSE(may_give(hotel, grants({"viewer"})));
  EXPECT_FALSE(may_give(hotel, grants({"viewer@bank"})));
  EXPECT_FALSE(may_give(hotel, grants({"pii.read@hotel"})));
  EXPECT_FALSE(may_give(grants({"operator@hotel/live"}), grants({"viewer@hotel"})));
  EXPECT_FALSE(may_give(grants({"chat.read+ops.read"}), grants({"agent"})));
  EXPECT_TRUE(may_give(grants({"owner"}), grants({"owner", "agent@x"})));
}

TEST(AccessRights, GrantsGoThroughTextAndJsonUnchanged) {
  for (const std::string text :
       {"viewer", "designer@hotel", "operator@hotel/live", "operator@*/sandbox",
        "chat.read+ops.read@hotel", "viewer+pii.read"}) {
    const auto grant = grant_from_text(text);
    ASSERT_TRUE(grant) << text;
    EXPECT_EQ(to_text(*grant), text);
    const auto back = grants_from_json(to_json({*grant}));
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(back->front(), *grant);
  }
}

TEST(AccessRights, AGrantThatIsNotUnderstoodGivesNothing) {
  for (const char* text :
       {"", "King", "viewer@hotel/prod", "viewer+owner", "viewer+mine", "@hotel", "chat.red"}) {
    EXPECT_FALSE(grant_from_text(text)) << text;
  }
  for (const char* text :
       {R"({"role":"viewer"})", R"([{}])", R"([{"role":"King"}])", R"([{"rights":["all"]}])",
        R"([{"role":"viewer","environment":"prod"}])", R"([{"role":1}])", R"(["viewer"])",
        R"([{"role":"viewer","scope":"x"}])", R"([{"rights":[1]}])"}) {
    EXPECT_FALSE(grants_from_json(json::parse(text).value())) << text;
  }
}

}  // namespace
}  // namespace millrace::access
