// Sessions and links over a store in memory: who comes in, who does not, what ends a session.
#include "access/access.hpp"

#include <gtest/gtest.h>

#include "access/totp.hpp"
#include "tests/support/access.hpp"

namespace millrace::access {
namespace {

using base::Code;
using std::chrono::hours;
using std::chrono::minutes;

class AccessSignIn : public AccessTesting {};

TEST_F(AccessSignIn, TheFirstOwnerComesByALinkThatWorksOnce) {
  EXPECT_FALSE(access_->has_users().value());
  const std::string link = access_->link_for_first_owner().value();
  const auto owner = access_->use_link(link, with("anna", kPassword));
  ASSERT_TRUE(owner);
  EXPECT_TRUE(may(owner->user.grants, Right::users_write, {}));
  EXPECT_EQ(access_->of_session(owner->token).value().name, "anna");
  EXPECT_EQ(access_->use_link(link, with("eve", kPassword)).error().code, Code::not_found);
  EXPECT_EQ(access_->link_for_first_owner().error().code, Code::failed_precondition);
}

TEST_F(AccessSignIn, ALinkEndsByTimeAndByTheNextOne) {
  const std::string old = access_->link_for_first_owner().value();
  const std::string link = access_->link_for_first_owner().value();
  EXPECT_EQ(access_->use_link(old, with("eve", kPassword)).error().code, Code::not_found);
  clock_.pass(minutes(31));
  EXPECT_EQ(access_->use_link(link, with("eve", kPassword)).error().code, Code::not_found);
  EXPECT_FALSE(access_->has_users().value());
}

TEST_F(AccessSignIn, SignsInWithNameAndPasswordAlone) {
  first();
  EXPECT_TRUE(access_->sign_in(with("Anna", kPassword))) << "names differ by more than case";
  for (const auto& [name, password] :
       {std::pair("anna", "another sentence"), {"eve", kPassword.data()}, {"", ""}, {"anna", ""}}) {
    const auto refused = access_->sign_in(with(name, password));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unauthenticated);
    EXPECT_EQ(refused.error().message, "the name or the password is not right");
    EXPECT_EQ(last_row().outcome, "unauthenticated");
    EXPECT_EQ(last_row().from, "192.0.2.7");
  }
}

TEST_F(AccessSignIn, ASessionEndsByIdlingByItsLifeAndByHand) {
  const auto owner = first();
  clock_.pass(hours(11));
  EXPECT_TRUE(access_->of_session(owner.token));
  clock_.pass(hours(11));
  EXPECT_TRUE(access_->of_session(owner.token)) << "it was used";
  clock_.pass(hours(12) + minutes(1));
  EXPECT_EQ(access_->of_session(owner.token).error().code, Code::unauthenticated);

  const auto busy = access_->sign_in(with("anna", kPassword)).value();
  for (int i = 0; i < 16; ++i) {
    EXPECT_TRUE(access_->of_session(busy.token)) << i;
    clock_.pass(hours(10));
  }
  clock_.pass(hours(10));
  EXPECT_FALSE(access_->of_session(busy.token)) << "seven days";

  const auto third = access_->sign_in(with("anna", kPassword)).value();
  Asker asker = as("anna");
  asker.principal.session = hash_of_secret(third.token);
  EXPECT_TRUE(access_->sign_out(asker));
  EXPECT_FALSE(access_->of_session(third.token));
}

TEST_F(AccessSignIn, TheSessionUsedLongestAgoMakesRoom) {
  const auto one = first();
  std::vector<std::string> tokens;
  for (int i = 0; i < 3; ++i) {
    clock_.pass(minutes(10));
    tokens.push_back(access_->sign_in(with("anna", kPassword)).value().token);
  }
  EXPECT_FALSE(access_->of_session(one.token));
  for (const auto& token : tokens) EXPECT_TRUE(access_->of_session(token));
  EXPECT_EQ(access_->sessions_of(one.user.id).value().size(), 3u);
}

TEST_F(AccessSignIn, AnAuthenticatorIsAskedForOnceItWasConfirmed) {
  first();
  const auto anna = as("anna");
  const std::string secret = access_->offer_totp(anna).value();
  EXPECT_TRUE(access_->sign_in(with("anna", kPassword))) << "offered only";
  EXPECT_FALSE(access_->confirm_totp(anna, "000000"));
  const auto code = [&] { return totp_code(secret, clock_.now().ms / 30'000); };
  EXPECT_TRUE(access_->confirm_totp(anna, code()));
  EXPECT_EQ(access_->sign_in(with("anna", kPassword)).error().message, kSecondFactorWanted);
  EXPECT_FALSE(access_->sign_in(with("anna", kPassword, code()))) << "the code was used";
  clock_.pass(minutes(1));
  EXPECT_FALSE(access_->sign_in(with("anna", "another sentence", code())));
  EXPECT_TRUE(access_->sign_in(with("anna", kPassword, code())));
  EXPECT_FALSE(access_->sign_in(with("anna", kPassword, code()))) << "once";
  for (const auto& [key, value] : store_.pairs) {
    EXPECT_FALSE(value.contains(secret)) << key;
    EXPECT_FALSE(value.contains(to_base32(secret))) << key;
  }
  EXPECT_FALSE(access_->remove_totp(anna, "another sentence"));
  EXPECT_TRUE(access_->remove_totp(anna, kPassword));
  EXPECT_TRUE(access_->sign_in(with("anna", kPassword)));
}

TEST_F(AccessSignIn, ALinkDoesNotGoAroundAnAuthenticatorUnlessItResetsIt) {
  first();
  const auto anna = as("anna");
  const std::string secret = access_->offer_totp(anna).value();
  ASSERT_TRUE(access_->confirm_totp(anna, totp_code(secret, clock_.now().ms / 30'000)));
  const auto plain = access_->link_for(command(), "anna", false).value();
  EXPECT_EQ(access_->use_link(plain, with("", "another sentence here")).value().token, "");
  const auto reset = access_->link_for(command(), "anna", true).value();
  EXPECT_NE(access_->use_link(reset, with("", "another sentence here")).value().token, "");
}

class AccessPruning : public AccessTesting {};

TEST_F(AccessPruning, RemovesOldRowsAndSaysSo) {
  first();
  add("ben", "viewer");
  const auto many = access_->audit({.limit = 100}).value().size();
  EXPECT_EQ(access_->prune_audit({clock_.now().ms - 1}).value(), 0);
  EXPECT_EQ(access_->audit({.limit = 100}).value().size(), many);
  clock_.pass(hours(240));
  ASSERT_TRUE(access_->add_user(command(), "cleo", grants("viewer")));
  const int64_t pruned = access_->prune_audit({clock_.now().ms - kHourMs}).value();
  EXPECT_EQ(pruned, static_cast<int64_t>(many));
  const auto rows = access_->audit({.limit = 100}).value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].action, "audit.prune");
  EXPECT_EQ(rows[0].before, std::to_string(many) + " rows");
  EXPECT_EQ(rows[1].action, "user.add");
  ASSERT_TRUE(store_.read([&](PairsRead& pairs) -> base::Result<void> {
    const auto check = verify_rows(pairs, std::nullopt, std::string(base::kSealKeyBytes, 'k'));
    if (!check) return std::unexpected(check.error());
    EXPECT_EQ(check->problem, "");
    EXPECT_EQ(check->rows, rows[0].number);
    return {};
  }));
}

}  // namespace
}  // namespace millrace::access
