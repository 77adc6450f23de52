#include "app/wire/descriptors.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace millrace::app {
namespace {

TEST(AppDescriptors, AreSharedOutWithSomeKeptBack) {
  for (const size_t limit : {1u, 64u, 256u, 1'024u, 4'096u, 20'000u, 262'144u}) {
    const auto shares = share_descriptors(limit);
    EXPECT_GE(shares.serving, 1u) << limit;
    EXPECT_GE(shares.beside, 1u) << limit;
    EXPECT_LE(shares.serving, kConnectionsMax) << limit;
    if (limit >= 256) EXPECT_LE(shares.serving + 2 * shares.beside, limit - 64) << limit;
  }
  EXPECT_EQ(share_descriptors(1'024).serving, 672u);
  EXPECT_EQ(share_descriptors(20'000).serving, 15'904u);
}

TEST(AppDescriptors, AreRaisedToTheHardLimit) {
  const auto shares = raise_descriptors();
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_GE(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, kDescriptorsMax));
  EXPECT_LE(shares.limit, limit.rlim_cur);
}

}  // namespace
}  // namespace millrace::app
