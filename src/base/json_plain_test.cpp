#include "base/json_plain.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace millrace::json {
namespace {

std::string plain(double number) {
  std::string out;
  append_plain_number(out, number);
  return out;
}

TEST(BaseJsonPlain, WritesNumbersAsPeopleDo) {
  struct Row {
    double number;
    const char* text;
  };
  const Row rows[] = {
      {0, "0.0"},
      {-0.0, "-0.0"},
      {5.5, "5.5"},
      {-5.5, "-5.5"},
      {1, "1.0"},
      {10, "10.0"},
      {100'000, "100000.0"},
      {123'456'789, "123456789.0"},
      {0.1, "0.1"},
      {0.1 + 0.2, "0.30000000000000004"},
      {19.99, "19.99"},
      {99.5, "99.5"},
      {0.5, "0.5"},
      {0.05, "0.05"},
      {0.00001, "0.00001"},
      {0.0000015, "0.0000015"},
      {1234.5678, "1234.5678"},
      {1e15, "1000000000000000.0"},
      {1e21, "1000000000000000000000.0"},
      {1e23, "100000000000000000000000.0"},
      {1.5e22, "15000000000000000000000.0"},
      {9'007'199'254'740'993.0, "9007199254740992.0"},
      {-1e-7, "-0.0000001"},
      {std::numeric_limits<double>::infinity(), "null"},
      {std::numeric_limits<double>::quiet_NaN(), "null"},
  };
  for (const Row& row : rows) EXPECT_EQ(plain(row.number), row.text);
}

TEST(BaseJsonPlain, WritesTheSameNumberAndNoExponent) {
  std::mt19937_64 chance(7);  // NOLINT: the same numbers every time
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t bits = chance();
    double number = 0;
    std::memcpy(&number, &bits, sizeof number);
    if (!std::isfinite(number)) continue;
    const std::string text = plain(number);
    EXPECT_EQ(text.find_first_of("eE"), std::string::npos) << text;
    EXPECT_EQ(std::strtod(text.c_str(), nullptr), number) << text;
  }
  for (const double number :
       {std::numeric_limits<double>::max(), std::numeric_limits<double>::min(),
        std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::lowest()}) {
    EXPECT_EQ(std::strtod(plain(number).c_str(), nullptr), number);
  }
}

TEST(BaseJsonPlain, WritesEverythingElseAsTheOtherDoes) {
  const char* texts[] = {
      "{}",
      "[]",
      "null",
      "true",
      "false",
      "\"\"",
      R"({"a":1,"b":[1,-2,"x",null,true],"c":{"d":{"e":[]}}})",
      R"(["\"","\\","\n","\r","\t","\u0001","\u001f","é","😀","/"])",
      R"([9223372036854775807,-9223372036854775808,18446744073709551615])",
      R"({"":""})",
      R"({"k\"ey":"v"})",
  };
  for (const char* text : texts) {
    const value parsed = *parse(text);
    EXPECT_EQ(serialize_plain(parsed), serialize(parsed)) << text;
    EXPECT_EQ(*parse(serialize_plain(parsed)), parsed) << text;
  }
  EXPECT_EQ(serialize_plain(object{{"price", 5.5}, {"list", array{1, 2.0}}}),
            R"({"price":5.5,"list":[1,2.0]})");
}

}  // namespace
}  // namespace millrace::json
