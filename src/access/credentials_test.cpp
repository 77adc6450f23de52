// Passwords, codes of authenticators (the vectors of RFC 6238), addresses of keys, and how often
// somebody may try.
#include <gtest/gtest.h>

#include "access/addresses.hpp"
#include "access/password.hpp"
#include "access/sign_in_limits.hpp"
#include "access/totp.hpp"

namespace millrace::access {
namespace {

constexpr PasswordCost kCheap{1, 8'192};

TEST(AccessPassword, IsKeptAsArgon2idAndKnownAgain) {
  const auto hash = hash_password("a sentence to remember", kCheap);
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$"));
  EXPECT_TRUE(is_password(*hash, "a sentence to remember"));
  EXPECT_FALSE(is_password(*hash, "a sentence to remember "));
  EXPECT_FALSE(is_password("", ""));
  EXPECT_FALSE(is_outdated(*hash, kCheap));
  EXPECT_TRUE(is_outdated(*hash, {2, 8'192}));
  EXPECT_NE(*hash, *hash_password("a sentence to remember", kCheap)) << "each has its own salt";
}

TEST(AccessPassword, RefusesWhatIsEasyToGuess) {
  EXPECT_TRUE(check_password("a sentence to remember", "anna"));
  EXPECT_TRUE(check_password("пароль длинный", "anna"));
  EXPECT_FALSE(check_password("short", "anna"));
  EXPECT_FALSE(check_password("aaaaaaaaaaaaaaaa", "anna"));
  EXPECT_FALSE(check_password("Anna.Longname@x", "anna.longname@x"));
  EXPECT_FALSE(check_password(std::string(2'000, 'x') + "abcde", "anna"));
  EXPECT_FALSE(check_password("\xFF\xFE not text at all", "anna"));
}

// RFC 6238 appendix B has eight digits; an authenticator shows the last six.
TEST(AccessTotp, GivesTheCodesOfTheStandard) {
  constexpr std::string_view kSecret = "12345678901234567890";
  const std::vector<std::pair<int64_t, std::string>> vectors{{59, "287082"},
                                                             {1'111'111'109, "081804"},
                                                             {1'111'111'111, "050471"},
                                                             {1'234'567'890, "005924"},
                                                             {2'000'000'000, "279037"},
                                                             {20'000'000'000, "353130"}};
  for (const auto& [seconds, code] : vectors) {
    EXPECT_EQ(totp_code(kSecret, seconds / 30), code) << seconds;
    EXPECT_EQ(totp_step_of(kSecret, code, {seconds * 1'000}, 0), seconds / 30);
  }
}

TEST(AccessTotp, TakesACodeOnceAndNearItsTime) {
  constexpr std::string_view kSecret = "12345678901234567890";
  const int64_t step = 1'000'000;
  const base::Timestamp now{step * 30'000};
  EXPECT_EQ(totp_step_of(kSecret, totp_code(kSecret, step - 1), now, 0), step - 1);
  EXPECT_EQ(totp_step_of(kSecret, totp_code(kSecret, step + 1), now, 0), step + 1);
  EXPECT_FALSE(totp_step_of(kSecret, totp_code(kSecret, step - 2), now, 0));
  EXPECT_FALSE(totp_step_of(kSecret, totp_code(kSecret, step + 2), now, 0));
  EXPECT_FALSE(totp_step_of(kSecret, totp_code(kSecret, step), now, step)) << "used";
  EXPECT_FALSE(totp_step_of(kSecret, "", now, 0));
  EXPECT_FALSE(totp_step_of(kSecret, totp_code(kSecret, step) + "0", now, 0));
}

TEST(AccessTotp, WritesTheSecretAsAuthenticatorsReadIt) {
  EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(totp_uri("foobar", "anna@x"),
            "otpauth://totp/Millrace:anna%40x?secret=MZXW6YTBOI&issuer=Millrace&algorithm=SHA1"
            "&digits=6&period=30");
}

TEST(AccessAddresses, KnowsANetworkFromItsNeighbour) {
  EXPECT_TRUE(is_within("192.0.2.7", "192.0.2.7"));
  EXPECT_TRUE(is_within("192.0.2.7", "192.0.2.0/24"));
  EXPECT_FALSE(is_within("192.0.3.7", "192.0.2.0/24"));
  EXPECT_TRUE(is_within("2001:db8::1", "2001:db8::/32"));
  EXPECT_FALSE(is_within("2001:db9::1", "2001:db8::/32"));
  EXPECT_TRUE(is_within("::ffff:192.0.2.7", "192.0.2.0/24"));
  EXPECT_FALSE(is_within("2001:db8::1", "0.0.0.0/0"));
  EXPECT_FALSE(is_within("", "0.0.0.0/0"));
  EXPECT_FALSE(is_within("192.0.2.0/24", "192.0.2.0/24"));
  for (const char* wrong :
       {"", "x", "192.0.2", "192.0.2.0/33", "192.0.2.0/", "::/129", "1.2.3.4/x"})
    EXPECT_FALSE(is_address_rule(wrong)) << wrong;
}

TEST(AccessSignInLimits, HoldGuessingOfOneAccountFromEverywhere) {
  SignInLimits limits;
  int let_in = 0;
  // An hour of guessing, a try each second, from an address of its own each time.
  for (int second = 0; second < 3'600; ++second) {
    const std::string address =
        "10.0." + std::to_string(second / 250) + "." + std::to_string(second % 250);
    if (!limits.take(second % 2 == 0 ? "Anna" : "anna", address, std::chrono::seconds(second))) {
      ++let_in;
    }
  }
  EXPECT_LE(let_in, 5 + 4 * 5);
  EXPECT_GE(let_in, 20);
}

TEST(AccessSignInLimits, HoldGuessingOfManyAccountsFromOneAddress) {
  SignInLimits limits;
  int let_in = 0;
  for (int second = 0; second < 900; ++second) {
    if (!limits.take("user" + std::to_string(second), "192.0.2.7", std::chrono::seconds(second))) {
      ++let_in;
    }
  }
  EXPECT_LE(let_in, 2 * static_cast<int>(kTriesPerAddress));
}

TEST(AccessSignInLimits, CountLinksAndProvidersByAddressAlone) {
  SignInLimits limits;
  int let_in = 0;
  for (int second = 0; second < 300; ++second) {
    const std::string address = second % 3 == 0 ? "192.0.2.7" : "192.0.2." + std::to_string(second);
    if (!limits.take("", address, std::chrono::seconds(second))) ++let_in;
  }
  EXPECT_GT(let_in, 200) << "one who fails keeps nobody else out";
}

TEST(AccessSignInLimits, GiveBackWhatSucceeded) {
  SignInLimits limits;
  for (int i = 0; i < 100; ++i) {
    ASSERT_FALSE(limits.take("anna", "192.0.2.7", std::chrono::seconds(i * 2))) << i;
    limits.give_back("anna", "192.0.2.7", std::chrono::seconds(i * 2));
  }
  // And no more than that: what was given back is not saved up.
  int let_in = 0;
  while (!limits.take("anna", "192.0.2.8", std::chrono::seconds(300))) ++let_in;
  EXPECT_EQ(let_in, 5);
}

}  // namespace
}  // namespace millrace::access
