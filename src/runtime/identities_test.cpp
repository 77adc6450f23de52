// Who is who: ids of senders, and joins in whatever order.
#include "runtime/identities.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/solutions.hpp"

namespace millrace::runtime {
namespace {

base::Id id_of(int n) {
  return base::Id::derived("consumer", std::to_string(n));
}

void join(Joins& joins, base::Id one, base::Id other) {
  const auto link = joins.link_of(one, other);
  ASSERT_TRUE(link);
  if (*link) joins.put(**link);
}

TEST(RuntimeIdentities, ASenderOfTheRestChannelIsWhoTheyWereBeforeThereWereOthers) {
  const base::Id app = app_id_of("hotel");
  EXPECT_EQ(app, base::Id::derived("app", "hotel"));
  const base::Id before = base::Id::derived("rest", std::string(app.as_bytes()) + "ana");
  EXPECT_EQ(sender_id({app, "sandbox", "rest", "ana"}), before);
  EXPECT_EQ(sender_id({app, "live", "rest", "ana"}), before);
}

TEST(RuntimeIdentities, EverySolutionEnvironmentChannelAndAddressIsAnother) {
  const base::Id hotel = app_id_of("hotel");
  const std::set<base::Id> ids{sender_id({hotel, "live", "sms", "ana"}),
                               sender_id({hotel, "sandbox", "sms", "ana"}),
                               sender_id({hotel, "live", "kiosk", "ana"}),
                               sender_id({hotel, "live", "sms", "ben"}),
                               sender_id({hotel, "live", "rest", "ana"}),
                               sender_id({app_id_of("bank"), "live", "sms", "ana"})};
  EXPECT_EQ(ids.size(), 6u);
}

TEST(RuntimeIdentities, WhoWasNeverJoinedIsNobodyElse) {
  Joins joins;
  join(joins, id_of(1), id_of(2));
  EXPECT_TRUE(joins.line(id_of(3)).empty());
  EXPECT_EQ(joins.person(id_of(3)), id_of(3));
}

TEST(RuntimeIdentities, JoinsInEveryOrderAndTwiceMakeTheSamePerson) {
  std::vector<std::pair<int, int>> pairs{{1, 2}, {2, 3}, {4, 5}, {5, 1}, {3, 4}};
  std::vector<base::Id> all;
  for (int i = 1; i <= 5; ++i) all.push_back(id_of(i));
  const base::Id person = std::ranges::min(all);
  std::ranges::sort(pairs);
  do {
    Joins joins;
    for (const auto& [one, other] : pairs) join(joins, id_of(one), id_of(other));
    for (const auto& [one, other] : pairs) {
      EXPECT_FALSE(joins.link_of(id_of(other), id_of(one))->has_value());
    }
    for (const base::Id& id : all) {
      ASSERT_EQ(joins.person(id), person);
      const auto line = joins.line(id);
      EXPECT_EQ(id == person, line.empty());
      EXPECT_TRUE(std::ranges::is_sorted(line, std::ranges::greater()));
    }
    ASSERT_EQ(joins.people().size(), 1u);
    EXPECT_EQ(joins.people().at(person), std::set(all.begin(), all.end()));
  } while (std::ranges::next_permutation(pairs).found);
}

TEST(RuntimeIdentities, APersonThatIsTakenApartIsNobodyElseAndOthersStayTogether) {
  for (int asked = 1; asked <= 4; ++asked) {
    Joins joins;
    for (const auto& [one, other] : {std::pair{1, 2}, {3, 4}, {2, 4}, {5, 6}}) {
      join(joins, id_of(one), id_of(other));
    }
    joins.remove(joins.links_of(id_of(asked)));
    for (int i = 1; i <= 4; ++i) EXPECT_TRUE(joins.line(id_of(i)).empty()) << i;
    EXPECT_EQ(joins.person(id_of(5)), joins.person(id_of(6)));
    EXPECT_EQ(joins.people().size(), 1u);
    EXPECT_TRUE(joins.links_of(id_of(asked)).empty());
    for (int i = 10; i < 10 + static_cast<int>(kJoinedMax) - 1; ++i) {
      ASSERT_TRUE(joins.link_of(id_of(asked), id_of(i))) << "they count from one again";
      join(joins, id_of(asked), id_of(i));
    }
  }
}

TEST(RuntimeIdentities, NobodyIsJoinedWithThemselves) {
  EXPECT_FALSE(Joins().link_of(id_of(1), id_of(1))->has_value());
}

TEST(RuntimeIdentities, APersonHasAtMostSoManyIdsInWhateverOrderTheyAreRead) {
  Joins joins;
  std::vector<Joins::Link> links;
  for (int i = 1; i < static_cast<int>(kJoinedMax); ++i) {
    const auto link = joins.link_of(id_of(0), id_of(i));
    ASSERT_TRUE(link);
    joins.put(**link);
    links.push_back(**link);
  }
  std::ranges::reverse(links);
  Joins read;
  for (const Joins::Link& link : links) read.put(link);
  for (const Joins& some : {joins, read}) {
    const auto link = some.link_of(id_of(1), id_of(100));
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().code, base::Code::resource_exhausted);
    EXPECT_TRUE(some.link_of(id_of(1), id_of(2)));
  }
}

TEST(RuntimeIdentities, ALinkThatWouldMakeACircleIsPassedOver) {
  const base::Id low = std::min(id_of(1), id_of(2));
  const base::Id high = std::max(id_of(1), id_of(2));
  Joins joins;
  joins.put({high, low});
  joins.put({low, high});
  joins.put({low, low});
  EXPECT_EQ(joins.person(high), low);
  EXPECT_EQ(joins.people().size(), 1u);
}

}  // namespace
}  // namespace millrace::runtime
