#include "base/enum_names.hpp"

#include <gtest/gtest.h>

namespace millrace::base {
namespace {

enum class Colour { red, green, blue };
constexpr auto kColours = enum_names<Colour>("colour", "red", "green", "blue");

TEST(BaseEnumNames, GoBothWays) {
  static_assert(kColours(Colour::green) == "green");
  static_assert(kColours.find("blue") == Colour::blue);
  static_assert(!kColours.find("mauve"));
  static_assert(kColours.numbered(2) == Colour::blue);
  static_assert(!kColours.numbered(3) && !kColours.numbered(-1));
  for (const std::string_view name : kColours.all())
    EXPECT_EQ(kColours(*kColours.read(name)), name);
}

TEST(BaseEnumNames, AWordThatIsNotThereIsALossAndSaysWhich) {
  const auto read = kColours.read("mauve");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::data_loss);
  EXPECT_EQ(read.error().message, "unknown colour 'mauve'");
  EXPECT_FALSE(kColours.read(""));
}

// What the checks of a table stand on; with a name too few it would not compile.
TEST(BaseEnumNames, TellEnumeratorsFromOtherNumbers) {
  static_assert(enum_names_detail::is_enumerator<Colour, Colour::blue>());
  static_assert(!enum_names_detail::is_enumerator<Colour, static_cast<Colour>(3)>());
  static_assert(!enum_names_detail::are_distinct<2>({"red", "red"}));
  static_assert(!enum_names_detail::are_distinct<2>({"red", ""}));
}

}  // namespace
}  // namespace millrace::base
