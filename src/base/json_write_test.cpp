#include "base/json.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <cmath>
#include <limits>
#include <random>

namespace millrace::json {
namespace {

std::string written(const value& v) {
  return json::serialize(v);
}

TEST(BaseJsonWrite, EscapesEachByteAsTheLibraryDoes) {
  for (int c = 0; c < 256; ++c) {
    const std::string text = "a" + std::string(1, static_cast<char>(c)) + "b";
    EXPECT_EQ(written(value(text)), boost::json::serialize(value(text))) << c;
    // At each place of what is looked through eight bytes at a time.
    for (size_t at = 0; at < 20; ++at) {
      std::string longer = "\x7f\x80\xff![]# abcdefghijklm";
      longer[at] = static_cast<char>(c);
      ASSERT_EQ(written(value(longer)), boost::json::serialize(value(longer))) << c << " " << at;
    }
  }
}

TEST(BaseJsonWrite, WritesNumbersAsTheLibraryDoes) {
  for (const double number :
       {0.0, -0.0, 5.5, 1e300, 1e-7, 99.5, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(written(number), boost::json::serialize(value(number)));
  }
  for (const int64_t number : {INT64_MIN, int64_t{-1}, int64_t{0}, INT64_MAX}) {
    EXPECT_EQ(written(number), boost::json::serialize(value(number)));
  }
  EXPECT_EQ(written(UINT64_MAX), "18446744073709551615");
}

// Any value, out of few kinds and texts.
value any(std::mt19937_64& random, int depth) {
  constexpr std::string_view kTexts[] = {"", "a", "\"\\/", "\x7f\xc3\xa9\n", "key\x01"};
  const auto below = [&](uint64_t bound) { return random() % bound; };
  const auto text = [&] { return kTexts[below(std::size(kTexts))]; };
  switch (below(depth > 0 ? 8 : 6)) {
    case 0: return nullptr;
    case 1: return below(2) == 0;
    case 2: return static_cast<int64_t>(random());
    case 3: return random();
    case 4: return static_cast<double>(random()) / 7;
    case 5: return value(text());
    case 6: {
      array out;
      for (uint64_t i = below(4); i > 0; --i) out.push_back(any(random, depth - 1));
      return out;
    }
    default: {
      object out;
      for (uint64_t i = below(4); i > 0; --i) out[text()] = any(random, depth - 1);
      return out;
    }
  }
}

TEST(BaseJsonWrite, WritesAnyValueAsTheLibraryDoes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 5'000; ++i) {
    const value one = any(random, 4);
    ASSERT_EQ(written(one), boost::json::serialize(one));
  }
}

}  // namespace
}  // namespace millrace::json
