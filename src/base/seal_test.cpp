#include "base/seal.hpp"

#include <gtest/gtest.h>

#include "base/hash.hpp"

namespace millrace::base {
namespace {

const std::string kKey = sha256("a key of this test");

TEST(BaseSeal, OpensOnlyUnderItsKeyAndInItsPlace) {
  for (const std::string& text : {std::string(), std::string("4111 1111 1111 1111"),
                                  std::string("\0\x80\0", 3), std::string(5'000, 'x')}) {
    const std::string sealed = seal(kKey, "chat:3:secrets", text);
    const auto opened = unseal(kKey, "chat:3:secrets", sealed);
    ASSERT_TRUE(opened) << opened.error().describe();
    EXPECT_EQ(*opened, text);
    EXPECT_EQ(unseal(kKey, "chat:4:secrets", sealed).error().code, Code::data_loss);
    EXPECT_EQ(unseal(sha256("another"), "chat:3:secrets", sealed).error().code, Code::data_loss);
  }
}

TEST(BaseSeal, HidesTheTextAndItsExactLength) {
  const std::string sealed = seal(kKey, "c", "swordfish");
  EXPECT_EQ(sealed.find("swordfish"), std::string::npos);
  EXPECT_EQ(from_base64url(sealed).find("swordfish"), std::string::npos);
  EXPECT_EQ(sealed.size(), seal(kKey, "c", "sword").size());
}

TEST(BaseSeal, IsTheSameForTheSameAndDiffersOtherwise) {
  EXPECT_EQ(seal(kKey, "c:1", "text"), seal(kKey, "c:1", "text"));
  EXPECT_NE(seal(kKey, "c:1", "text"), seal(kKey, "c:2", "text"));
  EXPECT_NE(seal(kKey, "c:1", "text"), seal(kKey, "c:", "1text"));
}

TEST(BaseSeal, RefusesWhatWasTamperedWith) {
  std::string bytes = from_base64url(seal(kKey, "c", "text"));
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
    EXPECT_FALSE(unseal(kKey, "c", to_base64url(bytes))) << i;
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
  }
  EXPECT_FALSE(unseal(kKey, "c", ""));
  EXPECT_FALSE(unseal(kKey, "c", "not sealed at all"));
  EXPECT_FALSE(unseal(kKey, "c", to_base64url(bytes.substr(0, bytes.size() - 1))));
}

}  // namespace
}  // namespace millrace::base
