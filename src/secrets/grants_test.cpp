// What a solution may name: every kind of name, granted or not, alone or among others.

#include "secrets/grants.hpp"

#include <gtest/gtest.h>

namespace millrace::secrets {
namespace {

using From = Rights::From;

Grant some_grant() {
  return {.secrets = {"OWN_KEY"}, .variables = {"OWN_URL"}, .hosts = {"api.example.com"}};
}

Circumstances alone() {
  return {.is_alone = true, .opened = {"127.0.0.1:9000"}};
}
Circumstances among_others() {
  return {.is_alone = false, .opened = {"127.0.0.1:9000"}};
}
Circumstances told_all() {
  return {.is_alone = true, .nothing_is_implied = true, .opened = {"127.0.0.1:9000"}};
}

TEST(Grants, SecretsByNamePlaceAndCircumstances) {
  struct Case {
    const char* name;
    From from;
    bool alone;
    bool among_others;
    bool told_all;
  };
  const Case cases[] = {
      {"OWN_KEY", From::environment, true, true, true},
      {"OWN_KEY", From::places_for_solutions, true, true, true},
      {"OTHERS_KEY", From::environment, false, false, false},
      {"OTHERS_KEY", From::places_for_solutions, true, false, false},
      {"HOME", From::environment, false, false, false},
      {"PATH", From::environment, false, false, false},
      {"MILLRACE_SECRETS_KEY_FILE", From::environment, false, false, false},
      {"AWS_SECRET_ACCESS_KEY", From::environment, false, false, false},
      {"BRAZE_API_KEY", From::environment, true, false, false},
      {"BRAZE_LIVE_API_KEY", From::environment, true, false, false},
      {"BRAZE_API_KEY_OF_OTHERS", From::environment, false, false, false},
      {"braze_api_key", From::environment, false, false, false},
      {"own_key", From::environment, false, false, false},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    const auto may = [&](Circumstances circumstances) {
      return Rights::of("Own", some_grant(), std::move(circumstances))
          .may_have_secret(each.name, each.from);
    };
    EXPECT_EQ(may(alone()), each.alone);
    EXPECT_EQ(may(among_others()), each.among_others);
    EXPECT_EQ(may(told_all()), each.told_all);
    EXPECT_TRUE(Rights::all().may_have_secret(each.name, each.from));
  }
}

TEST(Grants, VariablesByNameValueAndCircumstances) {
  struct Case {
    const char* name;
    const char* value;
    bool alone;
    bool among_others;
    bool told_all;
  };
  const Case cases[] = {
      {"OWN_URL", "anything", true, true, true},
      {"BRAZE_URL", "https://rest.example.com", true, false, false},
      {"HOME", "/home/somebody", false, false, false},
      {"SOME_SERVER_VARIABLE", "v", false, false, false},
      {"OWN_KEY", "a secret that is granted is no variable", false, false, false},
      // The address of a host that the operator opened, and nothing else.
      {"STUB_URL", "http://127.0.0.1:9000", true, false, false},
      {"STUB_URL", "https://127.0.0.1:9000/v1/x", true, false, false},
      {"STUB_URL", "http://127.0.0.1:9001", false, false, false},
      {"STUB_URL", "http://127.0.0.1", false, false, false},
      {"STUB_URL", "http://user:password@127.0.0.1:9000", false, false, false},
      {"STUB_URL", "http://127.0.0.1:9000/?key=x", false, false, false},
      {"STUB_URL", "http://127.0.0.1:9000#x", false, false, false},
      {"STUB_URL", "postgres://127.0.0.1:9000/", false, false, false},
      {"STUB_URL", "127.0.0.1:9000", false, false, false},
      {"STUB_URL", "", false, false, false},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(std::string(each.name) + "=" + each.value);
    const auto may = [&](Circumstances circumstances) {
      return Rights::of("Own", some_grant(), std::move(circumstances))
          .may_have_variable(each.name, each.value);
    };
    EXPECT_EQ(may(alone()), each.alone);
    EXPECT_EQ(may(among_others()), each.among_others);
    EXPECT_EQ(may(told_all()), each.told_all);
    EXPECT_TRUE(Rights::all().may_have_variable(each.name, each.value));
  }
}

TEST(Grants, AHostIsCoveredByTheSameOrAWiderOne) {
  struct Case {
    const char* granted;
    const char* rule;
    bool covered;
  };
  const Case cases[] = {
      {"api.example.com", "api.example.com", true},
      {"api.example.com", "API.example.com", true},
      {"api.example.com", "api.example.com:443", true},
      {"api.example.com", "api.example.com:80", true},
      {"api.example.com", "api.example.com:8443", false},
      {"api.example.com", "api.example.com:*", false},
      {"api.example.com", "*.example.com", false},
      {"api.example.com", "xapi.example.com", false},
      {"api.example.com", "*", false},
      {"api.example.com:443", "api.example.com", false},
      {"api.example.com:*", "api.example.com:8443", true},
      {"*.example.com", "api.example.com", true},
      {"*.example.com", "*.example.com", true},
      {"*.example.com", "*.api.example.com", true},
      {"*.example.com", "example.com", false},
      {"*.example.com", "badexample.com", false},
      {"*.example.com", "*", false},
      {"*", "api.example.com", true},
      {"*", "api.example.com:8443", false},
      {"*:*", "api.example.com:8443", true},
      {"*:*", "*:*", true},
      {"*", "*:*", false},
      {"[::1]:9000", "[::1]:9000", true},
      {"[::1]:9000", "[::1]:9001", false},
      {"127.0.0.1:9000", "127.0.0.1:9000", true},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(covers(each.granted, each.rule), each.covered)
        << each.granted << " over " << each.rule;
  }
}

TEST(Grants, AmongOthersOnlyGrantedHostsAreReached) {
  const Rights rights = Rights::of("Own", some_grant(), among_others());
  EXPECT_TRUE(rights.may_reach("api.example.com"));
  EXPECT_FALSE(rights.may_reach("attacker.example"));
  EXPECT_FALSE(rights.may_reach("*:*"));
  EXPECT_FALSE(rights.may_reach("127.0.0.1:9000")) << "opened for whoever it is granted to";
  EXPECT_TRUE(Rights::of("Own", {}, alone()).may_reach("*:*"));
  EXPECT_FALSE(Rights::of("Own", {}, told_all()).may_reach("api.example.com"));
}

TEST(Grants, ARefusalSaysTheCommandThatGrants) {
  const Rights rights = Rights::of("It's own", {}, among_others());
  EXPECT_TRUE(rights.refused_secret("KEY").error().message.contains(
      "millrace grant 'It'\\''s own' --secret KEY --data DIR"));
  EXPECT_TRUE(rights.refused_variable("VAR").error().message.contains("--env VAR"));
  EXPECT_EQ(grant_command("A", {{"S"}, {"V"}, {"*.x.example"}}, "/data"),
            "millrace grant A --secret S --env V --host '*.x.example' --data /data");
}

TEST(Grants, AreKeptAsJsonAndReadBack) {
  Grants grants;
  ASSERT_TRUE(grants.give("Own", some_grant()));
  ASSERT_TRUE(grants.give("Own", {.secrets = {"SECOND"}}));
  const auto back = Grants::from_json(grants.to_json());
  ASSERT_TRUE(back) << back.error().describe();
  EXPECT_EQ(back->of("Own").secrets, (decltype(Grant::secrets){"OWN_KEY", "SECOND"}));
  EXPECT_EQ(back->of("Own").hosts, some_grant().hosts);
  EXPECT_TRUE(back->of("Others").empty());
}

TEST(Grants, AreTakenBackByName) {
  Grants grants;
  ASSERT_TRUE(grants.give("Own", some_grant()));
  const Grant unknown = grants.take("Own", {.secrets = {"OWN_KEY", "NEVER"}});
  EXPECT_EQ(unknown.secrets, (decltype(Grant::secrets){"NEVER"}));
  EXPECT_FALSE(Rights::of("Own", grants.of("Own"), among_others())
                   .may_have_secret("OWN_KEY", From::environment));
  EXPECT_TRUE(grants.take("Own", some_grant()).secrets.contains("OWN_KEY"));
  EXPECT_TRUE(grants.all().empty()) << "with its last grant a solution is not listed";
}

TEST(Grants, WhatIsNoGrantIsRefusedWithItsPlace) {
  for (const char* text :
       {R"({"Own": []})", R"({"Own": null})", R"({"Own": {"secrets": "KEY"}})",
        R"({"Own": {"secrets": [1]}})", R"({"Own": {"secrets": ["a b"]}})",
        R"({"Own": {"variables": ["${secret:X}"]}})", R"({"Own": {"hosts": ["http://x/"]}})",
        R"({"Own": {"hosts": [""]}})", R"({"Own": {"keys": ["X"]}})", R"({"": {}})"}) {
    const auto wrong = Grants::from_json(*json::parse_object(text));
    ASSERT_FALSE(wrong) << text;
    EXPECT_EQ(wrong.error().code, base::Code::invalid_argument) << text;
  }
  Grant many;
  for (size_t n = 0; n <= kGrantedNamesMax; ++n) many.secrets.insert("S" + std::to_string(n));
  EXPECT_EQ(Grants().give("Own", many).error().code, base::Code::resource_exhausted);
}

}  // namespace
}  // namespace millrace::secrets
