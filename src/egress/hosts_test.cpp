#include "egress/hosts.hpp"

#include <gtest/gtest.h>

namespace millrace::egress {
namespace {

using base::Timestamp;

std::vector<uint64_t> all_next(Hosts& hosts, Timestamp now) {
  std::vector<uint64_t> requests;
  while (const auto next = hosts.next(now)) requests.push_back(next->request);
  return requests;
}

TEST(EgressHosts, RunAsManyOfAHostAsItMay) {
  Hosts hosts({.running_max = 10, .running_per_host_max = 2});
  for (uint64_t i = 1; i <= 4; ++i) EXPECT_TRUE(hosts.add("a:443", i));
  EXPECT_EQ(all_next(hosts, {0}), (std::vector<uint64_t>{1, 2}));
  hosts.finished("a:443", true, {1});
  EXPECT_EQ(all_next(hosts, {1}), (std::vector<uint64_t>{3}));
  EXPECT_EQ(hosts.waiting(), 1u);
  EXPECT_EQ(hosts.running(), 2);
}

TEST(EgressHosts, TakeTurnsSoThatNoHostKeepsTheOthersWaiting) {
  Hosts hosts({.running_max = 4, .running_per_host_max = 4});
  for (uint64_t i = 1; i <= 10; ++i) EXPECT_TRUE(hosts.add("busy:443", i));
  EXPECT_TRUE(hosts.add("quiet:443", 11));
  EXPECT_EQ(all_next(hosts, {0}), (std::vector<uint64_t>{1, 11, 2, 3}));
}

TEST(EgressHosts, KeepNoMoreWaitingThanTheirQueueHolds) {
  Hosts hosts({.waiting_per_host_max = 2});
  EXPECT_TRUE(hosts.add("a:443", 1));
  EXPECT_TRUE(hosts.add("a:443", 2));
  EXPECT_FALSE(hosts.add("a:443", 3));
  EXPECT_TRUE(hosts.add("b:443", 4));
  hosts.remove("a:443", 1);
  EXPECT_TRUE(hosts.add("a:443", 5));
  EXPECT_EQ(all_next(hosts, {0}), (std::vector<uint64_t>{2, 4, 5}));
}

TEST(EgressHosts, RefuseAHostThatKeepsFailingAndLetOneThroughAfterAWhile) {
  Hosts hosts({.breaker = {.failures_percent = 50, .calls_min = 3, .open_ms = 5'000}});
  for (uint64_t i = 1; i <= 3; ++i) {
    EXPECT_TRUE(hosts.add("a:443", i));
    EXPECT_FALSE(hosts.next({0})->refused_until);
  }
  for (int i = 0; i < 3; ++i) hosts.finished("a:443", false, {10});
  EXPECT_TRUE(hosts.add("a:443", 4));
  EXPECT_TRUE(hosts.add("b:443", 5));
  const auto refused = hosts.next({20});
  ASSERT_TRUE(refused && refused->refused_until);
  EXPECT_EQ(refused->request, 4u);
  EXPECT_EQ(refused->refused_until->ms, 5'010);
  EXPECT_FALSE(hosts.next({20})->refused_until) << "the other host has nothing to do with it";
  EXPECT_TRUE(hosts.add("a:443", 6));
  EXPECT_TRUE(hosts.add("a:443", 7));
  EXPECT_FALSE(hosts.next({6'000})->refused_until);
  EXPECT_TRUE(hosts.next({6'000})->refused_until) << "one at a time";
  hosts.finished("a:443", true, {6'001});
  EXPECT_TRUE(hosts.add("a:443", 8));
  EXPECT_FALSE(hosts.next({6'002})->refused_until);
  EXPECT_EQ(hosts.running(), 2);
}

}  // namespace
}  // namespace millrace::egress
