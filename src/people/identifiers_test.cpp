// Tables of what names nobody, of how values are spelt, and of what an event names.
#include "people/identifiers.hpp"

#include <gtest/gtest.h>

namespace millrace::people {
namespace {

TEST(Identifiers, ValuesThatNameNobodyAreBlocked) {
  for (const std::string_view value : {"0",
                                       "00000000-0000-0000-0000-000000000000",
                                       "-",
                                       "---",
                                       "-1",
                                       "null",
                                       "NULL",
                                       "Null",
                                       "anonymous",
                                       "Anonymous",
                                       "guest",
                                       "distinct_id",
                                       "distinctid",
                                       "id",
                                       "not_authenticated",
                                       "email",
                                       "undefined",
                                       "true",
                                       "FALSE",
                                       "NaN",
                                       "nan",
                                       "None",
                                       "none",
                                       "[object Object]",
                                       "\"null\"",
                                       "'undefined'",
                                       "\"[object Object]\"",
                                       " \"0\" ",
                                       "\"'guest'\"",
                                       "\"\""}) {
    EXPECT_TRUE(is_blocked(value)) << value;
    const auto normal = normalise({}, kUserId, value);
    ASSERT_FALSE(normal.has_value()) << value;
    EXPECT_EQ(normal.error(), Unfit::blocked) << value;
  }
}

TEST(Identifiers, ValuesThatNameSomebodyAreNot) {
  for (const std::string_view value :
       {"1", "-2", "10", "0a", "u-0", "nullable", "guest7", "ana", "3b08ec47-0000", "\"ana", "é"}) {
    EXPECT_FALSE(is_blocked(value)) << value;
    EXPECT_TRUE(normalise({}, kUserId, value).has_value()) << value;
  }
}

TEST(Identifiers, ASolutionBlocksItsOwn) {
  Rules rules;
  rules.blocked = {"test", "shop@example.test"};
  EXPECT_EQ(normalise(rules, kUserId, "test").error(), Unfit::blocked);
  EXPECT_EQ(normalise(rules, kEmail, "SHOP@example.test").error(), Unfit::blocked);
  EXPECT_TRUE(normalise(rules, kUserId, "test2").has_value());
}

TEST(Identifiers, HaveOneSpelling) {
  const struct {
    std::string_view type, value, type_is, value_is;
  } rows[] = {
      {"email", " Ana@Example.TEST ", "email", "ana@example.test"},
      {"Email", "ANA@example.test", "email", "ana@example.test"},
      {"phone", "+351 912-345-678", "phone", "+351912345678"},
      {"phone", "00351 912 345 678", "phone", "+351912345678"},
      {"phone", "(0)912.345/678", "phone", "0912345678"},
      {"user_id", "  Ana ", "user_id", "Ana"},
      {"anonymous_id", "A-1\u200b", "anonymous_id", "A-1"},
      {" Braze_ID ", "5F", "braze_id", "5F"},
  };
  for (const auto& row : rows) {
    const auto normal = normalise({}, row.type, row.value);
    ASSERT_TRUE(normal.has_value()) << row.value;
    EXPECT_EQ(normal->type, row.type_is);
    EXPECT_EQ(normal->value, row.value_is);
  }
}

TEST(Identifiers, UnfitValuesSayWhy) {
  const std::string longest(kIdentifierBytesMax, 'u');
  const struct {
    std::string type, value;
    Unfit why;
  } rows[] = {
      {"email", "ana", Unfit::malformed},
      {"email", "ana@localhost", Unfit::malformed},
      {"phone", "1234", Unfit::malformed},
      {"phone", "1234567890123456", Unfit::malformed},
      {"phone", "call me", Unfit::malformed},
      {"user_id", "", Unfit::empty},
      {"user_id", " \t ", Unfit::empty},
      {"user_id", longest + "u", Unfit::too_long},
      {"user_id", "a\nb", Unfit::illegible},
      {"user_id", "\xff", Unfit::illegible},
      {"", "u", Unfit::empty},
      {"a b", "u", Unfit::illegible},
      {std::string(kTypeBytesMax + 1, 't'), "u", Unfit::too_long},
  };
  for (const auto& row : rows) {
    const auto normal = normalise({}, row.type, row.value);
    ASSERT_FALSE(normal.has_value()) << row.type << " " << row.value;
    EXPECT_EQ(normal.error(), row.why) << row.type << " " << row.value;
  }
  EXPECT_TRUE(normalise({}, kUserId, longest).has_value());
}

TEST(Identifiers, AnEventNamesWhomItCarriesInTheOrderOfTheirWeight) {
  Event event;
  event.anonymous_id = "a";
  event.user_id = "u";
  event.external_ids = {{"device_id", "d"}, {"crm", "c"}, {"braze_id", "5f"}, {"user_id", "u"}};
  event.traits = {{"email", "Ana@example.test"}, {"phone", "+351912345678"}, {"name", "Ana"}};
  const std::vector<Identifier> expected = {{"user_id", "u"},     {"email", "ana@example.test"},
                                            {"braze_id", "5f"},   {"phone", "+351912345678"},
                                            {"crm", "c"},         {"device_id", "d"},
                                            {"anonymous_id", "a"}};
  EXPECT_EQ(promote({}, event).identifiers, expected);
}

TEST(Identifiers, TheTraitsOfAGroupNameNobody) {
  Event event;
  event.kind = EventKind::group;
  event.user_id = "u";
  event.traits = {{"email", "office@example.test"}};
  EXPECT_EQ(promote({}, event).identifiers, (std::vector<Identifier>{{"user_id", "u"}}));
}

TEST(Identifiers, WhatIsLeftOutIsToldWithItsReason) {
  Event event;
  event.user_id = "null";
  event.traits = {{"email", "none"}, {"phone", 12}};
  const Promoted promoted = promote({}, event);
  EXPECT_TRUE(promoted.identifiers.empty());
  ASSERT_EQ(promoted.left_out.size(), 2u);
  EXPECT_EQ(promoted.left_out[0].why, Unfit::blocked);
  EXPECT_EQ(promoted.left_out[1].type, "email");
}

TEST(Identifiers, AnEventNamesABoundedNumber) {
  Event event;
  for (size_t i = 0; i < kIdentifiersPerEventMax + 5; ++i) {
    event.external_ids.push_back({"crm", "c" + std::to_string(i)});
  }
  const Promoted promoted = promote({}, event);
  EXPECT_EQ(promoted.identifiers.size(), kIdentifiersPerEventMax);
  EXPECT_EQ(promoted.left_out.size(), 5u);
  EXPECT_EQ(promoted.left_out[0].why, Unfit::one_too_many);
}

TEST(Rules, KnowWhatGivesWay) {
  const Rules rules;
  const std::string_view order[] = {"user_id", "email",     "braze_id",    "phone",
                                    "crm",     "device_id", "anonymous_id"};
  for (size_t i = 0; i < std::size(order); ++i) {
    EXPECT_EQ(standing_of(rules, order[i]).rank, i) << order[i];
    EXPECT_EQ(standing_of(rules, order[i]).max, i == 0 ? 1u : 5u) << order[i];
    EXPECT_EQ(standing_of(rules, order[i]).is_shared, i >= 5) << order[i];
  }
  EXPECT_EQ(standing_of(rules, "loyalty").rank, standing_of(rules, "crm").rank);
}

}  // namespace
}  // namespace millrace::people
