// Roles that operators make: what they give, and that nobody comes to more by them.
#include "tests/support/access.hpp"

namespace millrace::access {
namespace {

using base::Code;

class AccessRoles : public AccessTesting {
 protected:
  // Somebody with these grants who asks.
  Asker asker(std::initializer_list<std::string> grants) {
    Asker out;
    out.principal.kind = Principal::Kind::key;
    out.principal.id = "someone";
    for (const std::string& grant : grants) {
      out.principal.grants.push_back(grant_from_text(grant).value());
    }
    return out;
  }
};

TEST_F(AccessRoles, GiveWhatTheyHaveAtTheMoment) {
  ASSERT_TRUE(access_->put_role(command(), "night-shift", {Right::chat_read}));
  const auto grant = grant_from_text("night-shift@One").value();
  const auto [key, secret] = access_->make_key(command(), {"k", {grant}, {}, {}}).value();
  const auto may_now = [&, &secret = secret](Right right) {
    return may(access_->of_key(secret, "").value().grants, right, {"One", "sandbox"});
  };
  EXPECT_TRUE(may_now(Right::chat_read));
  EXPECT_FALSE(may_now(Right::ops_read));
  EXPECT_FALSE(may(access_->of_key(secret, "").value().grants, Right::chat_read, {"Two", ""}));
  ASSERT_TRUE(access_->put_role(command(), "night-shift", {Right::ops_read}));
  EXPECT_FALSE(may_now(Right::chat_read));
  EXPECT_TRUE(may_now(Right::ops_read));
  EXPECT_EQ(access_->roles().value().at(0).version, 2);
  // What is kept names the role, not what it has.
  EXPECT_EQ(json::serialize(json::value(to_json(access_->keys("", 10).value().at(0).grants))),
            R"([{"role":"night-shift","solution":"One"}])");
  EXPECT_EQ(to_text(grant), "night-shift@One");
  EXPECT_EQ(access_->remove_role(command(), "night-shift").error().code, Code::failed_precondition);
  ASSERT_TRUE(access_->revoke_key(command(), key.id));
  EXPECT_TRUE(access_->remove_role(command(), "night-shift"));
  EXPECT_EQ(access_->remove_role(command(), "night-shift").error().code, Code::not_found);
}

TEST_F(AccessRoles, LetNobodyComeToMoreThanTheyHave) {
  const Asker small = asker({"users.write+chat.read"});
  EXPECT_TRUE(access_->put_role(small, "readers", {Right::chat_read}));
  EXPECT_EQ(access_->put_role(small, "readers", {Right::pii_read}).error().code,
            Code::permission_denied);
  ASSERT_TRUE(access_->put_role(command(), "mighty", {Right::pii_read}));
  EXPECT_EQ(access_->put_role(small, "mighty", {Right::chat_read}).error().code,
            Code::permission_denied);
  EXPECT_EQ(access_->remove_role(small, "mighty").error().code, Code::permission_denied);
  EXPECT_EQ(access_->add_user(small, "ben", {grant_from_text("mighty").value()}).error().code,
            Code::permission_denied);
  EXPECT_EQ(
      access_->make_key(small, {"k", {grant_from_text("mighty@One").value()}, {}, {}}).error().code,
      Code::permission_denied);
  // Within a solution is not everywhere.
  const Asker within = asker({"users.write+chat.read@One"});
  EXPECT_EQ(access_->put_role(within, "others", {Right::chat_read}).error().code,
            Code::permission_denied);
}

TEST_F(AccessRoles, RefuseNamesThatAreNoneAndRolesThatAreNotThere) {
  for (const char* name : {"owner", "viewer", "x", "Big", "a b", "-a", "chat.read", ""}) {
    EXPECT_EQ(access_->put_role(command(), name, {Right::chat_read}).error().code,
              Code::invalid_argument)
        << name;
  }
  EXPECT_EQ(access_->put_role(command(), "none", {}).error().code, Code::invalid_argument);
  EXPECT_EQ(access_->add_user(command(), "ben", {grant_from_text("nowhere").value()}).error().code,
            Code::invalid_argument);
}

TEST_F(AccessRoles, LeaveSomebodyWhoMayChangeUsers) {
  ASSERT_TRUE(access_->put_role(command(), "chief", {Right::users_write, Right::chat_read}));
  ASSERT_TRUE(access_->add_user(command(), "anna", {grant_from_text("chief").value()}));
  EXPECT_EQ(access_->put_role(command(), "chief", {Right::chat_read}).error().code,
            Code::failed_precondition);
  EXPECT_EQ(access_->roles().value().at(0).rights.size(), 2u);
  EXPECT_EQ(access_->put_role(command(), "chief", {Right::users_write}, 7).error().code,
            Code::failed_precondition);
  EXPECT_TRUE(access_->put_role(command(), "chief", {Right::users_write}, 1));
}

}  // namespace
}  // namespace millrace::access
