// People and keys over a store in memory: what they may give and take, what ends them, and what
// stands in the audit log afterwards.
#include "access/access.hpp"

#include <gtest/gtest.h>

#include "tests/support/access.hpp"

namespace millrace::access {
namespace {

using base::Code;
using std::chrono::hours;
using std::chrono::minutes;

class AccessUsers : public AccessTesting {};

TEST_F(AccessUsers, NoSecretIsKeptAsItIs) {
  const auto owner = first();
  const auto [key, secret] =
      access_->make_key(as("anna"), {"robot", grants("viewer"), {}, {}}).value();
  const auto link = access_->link_for(command(), "anna", false).value();
  for (const auto& [name, value] : store_.pairs) {
    for (const std::string_view hidden : {std::string_view(owner.token), std::string_view(secret),
                                          std::string_view(link), kPassword}) {
      EXPECT_FALSE(name.contains(hidden) || value.contains(hidden)) << name;
    }
  }
}

TEST_F(AccessUsers, ADisabledUserIsOutAtOnce) {
  first();
  add("ben", "operator");
  const auto ben = access_->sign_in(with("ben", kPassword)).value();
  EXPECT_TRUE(access_->change_user(as("anna"), ben.user.id, {.disabled = true}));
  EXPECT_FALSE(access_->of_session(ben.token));
  EXPECT_FALSE(access_->sign_in(with("ben", kPassword)));
  EXPECT_TRUE(access_->change_user(as("anna"), ben.user.id, {.disabled = false}));
  EXPECT_FALSE(access_->of_session(ben.token)) << "the session is not there again";
  EXPECT_TRUE(access_->sign_in(with("ben", kPassword)));
}

TEST_F(AccessUsers, GrantsCountFromTheNextRequestOn) {
  first();
  const auto user = add("ben", "viewer");
  const auto ben = access_->sign_in(with("ben", kPassword)).value();
  EXPECT_FALSE(may(access_->of_session(ben.token).value().grants, Right::ops_read, {}));
  EXPECT_TRUE(access_->change_user(as("anna"), user.id, {.grants = grants("operator")}));
  EXPECT_TRUE(may(access_->of_session(ben.token).value().grants, Right::ops_read, {}));
  EXPECT_EQ(access_->change_user(as("anna"), user.id, {.disabled = true, .version = user.version})
                .error()
                .code,
            Code::failed_precondition)
      << "decided on what it was before";
}

TEST_F(AccessUsers, SomebodyWhoMayChangeUsersIsAlwaysLeft) {
  const auto owner = first();
  EXPECT_EQ(access_->change_user(as("anna"), owner.user.id, {.disabled = true}).error().code,
            Code::failed_precondition);
  EXPECT_EQ(
      access_->change_user(as("anna"), owner.user.id, {.grants = grants("viewer")}).error().code,
      Code::failed_precondition);
  EXPECT_EQ(access_->remove_user(as("anna"), owner.user.id).error().code,
            Code::failed_precondition);
  add("ben", "owner");
  EXPECT_TRUE(access_->remove_user(as("anna"), owner.user.id));
  EXPECT_FALSE(access_->of_session(owner.token));
}

TEST_F(AccessUsers, AnOperatorDoesNotMakeOrTakeOverAnOwner) {
  const auto owner = first();
  add("ben", "operator");
  const auto ben = as("ben");
  EXPECT_EQ(access_->add_user(ben, "eve", grants("owner")).error().code, Code::permission_denied);
  EXPECT_EQ(access_->add_user(ben, "eve", grants("pii.read")).error().code,
            Code::permission_denied);
  EXPECT_EQ(access_->link_for(ben, "anna", true).error().code, Code::permission_denied);
  EXPECT_EQ(access_->change_user(ben, owner.user.id, {.disabled = true}).error().code,
            Code::permission_denied);
  EXPECT_EQ(access_->remove_user(ben, owner.user.id).error().code, Code::permission_denied);
  EXPECT_EQ(access_->make_key(ben, {"k", grants("owner"), {}, {}}).error().code,
            Code::permission_denied);
  EXPECT_TRUE(access_->add_user(ben, "eve", grants("designer@hotel")));
}

TEST_F(AccessUsers, AKeyOpensWhatItNamesUntilItEnds) {
  first();
  NewKey wanted{"robot", grants("chat.read@hotel"), {"192.0.2.0/24"}, {}};
  wanted.expires_at = {clock_.now().ms + 24 * kHourMs};
  const auto [key, secret] = access_->make_key(as("anna"), wanted).value();
  EXPECT_TRUE(secret.starts_with("mrk_"));
  const auto who = access_->of_key(secret, "192.0.2.9");
  ASSERT_TRUE(who);
  EXPECT_EQ(who->who(), "key:" + key.id);
  EXPECT_TRUE(may(who->grants, Right::chat_read, {"hotel", ""}));
  EXPECT_FALSE(may(who->grants, Right::chat_read, {"bank", ""}));
  EXPECT_FALSE(access_->of_key(secret, "198.51.100.1"));
  EXPECT_FALSE(access_->of_key(secret + "x", "192.0.2.9"));
  EXPECT_FALSE(access_->of_key("mrk_", "192.0.2.9"));
  EXPECT_FALSE(access_->of_session(secret)) << "a key is no session";
  EXPECT_NE(access_->keys("", 10).value().front().used_at.ms, 0);
  clock_.pass(hours(24));
  EXPECT_FALSE(access_->of_key(secret, "192.0.2.9")) << "over";
}

TEST_F(AccessUsers, ARevokedKeyOpensNothing) {
  first();
  const auto [key, secret] =
      access_->make_key(as("anna"), {"robot", grants("viewer"), {}, {}}).value();
  EXPECT_TRUE(access_->revoke_key(as("anna"), key.id));
  EXPECT_FALSE(access_->of_key(secret, "192.0.2.9"));
  EXPECT_EQ(access_->revoke_key(as("anna"), key.id).error().code, Code::not_found);
}

TEST_F(AccessUsers, ChangingThePasswordEndsTheOtherSessions) {
  const auto here = first();
  const auto there = access_->sign_in(with("anna", kPassword)).value();
  Asker asker = as("anna");
  asker.principal.session = hash_of_secret(here.token);
  EXPECT_EQ(
      access_->change_password(asker, "another sentence", "a third long sentence").error().code,
      Code::unauthenticated);
  EXPECT_TRUE(access_->change_password(asker, kPassword, "a third long sentence"));
  EXPECT_TRUE(access_->of_session(here.token));
  EXPECT_FALSE(access_->of_session(there.token));
  EXPECT_FALSE(access_->sign_in(with("anna", kPassword)));
}

TEST_F(AccessUsers, OneCannotEndSessionsOfAnotherAsOnesOwn) {
  first();
  add("ben", "viewer");
  const auto ben = access_->sign_in(with("ben", kPassword)).value();
  EXPECT_EQ(access_->end_session(as("anna"), as("anna").principal.id, hash_of_secret(ben.token))
                .error()
                .code,
            Code::not_found);
  EXPECT_TRUE(access_->end_session(as("anna"), "", hash_of_secret(ben.token)));
  EXPECT_FALSE(access_->of_session(ben.token));
}

TEST_F(AccessUsers, SomebodyVouchedForHasWhatTheRulesGiveEachTime) {
  const Vouched who{"https://id.example 42", "ben@example.com", grants("viewer")};
  const auto once = access_->sign_in_vouched(who, with("", ""));
  ASSERT_TRUE(once);
  EXPECT_EQ(once->user.name, "ben@example.com");
  const auto again =
      access_->sign_in_vouched({who.subject, "other", grants("designer")}, with("", ""));
  EXPECT_EQ(again->user.id, once->user.id);
  EXPECT_EQ(again->user.grants, grants("designer"));
  const auto twin = access_->sign_in_vouched(
      {"https://id.example 43", "Ben@example.com", grants("viewer")}, with("", ""));
  EXPECT_EQ(twin->user.name, "Ben@example.com-2") << "another subject is another person";
  EXPECT_FALSE(access_->sign_in(with("ben@example.com", ""))) << "and has no password";
}

TEST_F(AccessUsers, AChangeThatFailsIsNotInTheLogAndNotMade) {
  first();
  store_.changes_fail = true;
  EXPECT_FALSE(access_->add_user(as("anna"), "ben", grants("viewer")));
  store_.changes_fail = false;
  EXPECT_FALSE(access_->user("ben"));
  EXPECT_TRUE(access_->add_user(as("anna"), "ben", grants("viewer")));
  EXPECT_EQ(last_row().action, "user.add");
  EXPECT_EQ(last_row().after, R"([{"role":"viewer"}])");
}

TEST_F(AccessUsers, TidyingLeavesWhatCounts) {
  const auto owner = first();
  access_->link_for(command(), "anna", false).value();
  clock_.pass(hours(11));
  ASSERT_TRUE(access_->of_session(owner.token));
  const auto link = access_->link_for(command(), "anna", false).value();
  clock_.pass(hours(11));
  ASSERT_TRUE(access_->of_session(owner.token));
  clock_.pass(hours(3));
  EXPECT_TRUE(access_->tidy());
  EXPECT_TRUE(access_->of_session(owner.token));
  EXPECT_TRUE(access_->user_of_link(link));
  size_t links = 0;
  for (const auto& [key, value] : store_.pairs) links += key.starts_with("link/") ? 1 : 0;
  EXPECT_EQ(links, 1u);
}

}  // namespace
}  // namespace millrace::access
