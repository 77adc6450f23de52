// Whom a site says that its visitor is counts for proved only with an HMAC under the shared key.
#include "engage/visitor.hpp"

#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace millrace::engage {
namespace {

class Keys final : public IdentityKeys {
 public:
  explicit Keys(base::Result<std::string> key) : key_(std::move(key)) {}
  base::Result<std::string> identity_key_of(const runtime::Solution&) override { return key_; }

 private:
  const base::Result<std::string> key_;
};

std::string proof_of(std::string_view id) {
  return base::to_hex(base::hmac_sha256("key", id));
}

base::Result<json::object> data_of(base::Result<std::string> key, json::object request) {
  Keys keys(std::move(key));
  json::object data;
  auto done = identify(request, runtime::Solution{}, keys, data);
  if (!done) return std::unexpected(done.error());
  return data;
}

TEST(EngageVisitor, IsVerifiedByAProofAlone) {
  const auto proved = data_of("key", {{"user_id", "u1"}, {"user_proof", proof_of("u1")}});
  EXPECT_EQ(*proved, (json::object{{"user_id", "u1"}, {"user_verified", "true"}}));
  for (const json::object& request : {json::object{{"user_id", "u1"}},
                                      json::object{{"user_id", "u1"}, {"user_verified", "true"}}}) {
    EXPECT_EQ(data_of("key", request)->at("user_verified"), "false");
  }
  EXPECT_EQ(data_of("", {{"user_id", "u1"}, {"user_proof", proof_of("u1")}})->at("user_verified"),
            "false")
      << "without a key nothing is proved";
  EXPECT_TRUE(data_of("key", {{"user_proof", proof_of("")}})->empty());
}

TEST(EngageVisitor, IsRefusedWithAWrongProofAndWhenTheKeyIsAway) {
  for (const std::string& wrong : {proof_of("u2"), std::string("x"), proof_of("u1").substr(1)}) {
    EXPECT_EQ(data_of("key", {{"user_id", "u1"}, {"user_proof", wrong}}).error().code,
              base::Code::permission_denied);
  }
  const auto away = base::fail(base::Code::not_found, "no such secret");
  EXPECT_EQ(data_of(away, {{"user_id", "u1"}, {"user_proof", proof_of("u1")}}).error().code,
            base::Code::unavailable);
}

TEST(EngageVisitor, TellsItLaterAndLeavesTheProofBehind) {
  Keys keys("key");
  const runtime::Solution solution{};
  dialog::PageEvent event{"identify",
                          {{"id", "u1"}, {"proof", proof_of("u1")}, {"verified", false}}};
  ASSERT_TRUE(identify(event, &solution, keys));
  EXPECT_EQ(event.detail, (json::object{{"id", "u1"}, {"verified", true}}));
  dialog::PageEvent claimed{"identify", {{"id", "u1"}, {"verified", true}}};
  ASSERT_TRUE(identify(claimed, &solution, keys));
  EXPECT_EQ(claimed.detail.at("verified"), false);
  dialog::PageEvent forged{"identify", {{"id", "u1"}, {"proof", "x"}}};
  EXPECT_FALSE(identify(forged, &solution, keys));
  dialog::PageEvent unserved{"identify",
                             {{"id", "u1"}, {"proof", proof_of("u1")}, {"verified", true}}};
  ASSERT_TRUE(identify(unserved, nullptr, keys));
  EXPECT_EQ(unserved.detail, (json::object{{"id", "u1"}, {"verified", false}}));
  dialog::PageEvent other{"checkout", {{"proof", "x"}}};
  ASSERT_TRUE(identify(other, &solution, keys));
  EXPECT_TRUE(other.detail.contains("proof"));
}

}  // namespace
}  // namespace millrace::engage
