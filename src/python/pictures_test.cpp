// Pictures are made small in a process of their own, and what is none is an answer. That they are
// made of real ones, and what they lose, is in tests/e2e/media-small.test.mjs.
#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "python/python.hpp"

namespace millrace::python {
namespace {

// A white point.
std::string point() {
  return base::from_base64url(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk-M_wHwAEBgIApD5fRAAAAABJRU5ErkJg"
      "gg");
}

TEST(PythonPictures, AreMadeOfPicturesAlone) {
  const auto pictures = Pictures::make();
  ASSERT_TRUE(pictures) << pictures.error().describe();
  const auto small = (*pictures)->small(point());
  ASSERT_TRUE(small) << small.error().describe();
  EXPECT_TRUE(small->starts_with("\x89PNG"));
  // A format that the library knows, and that nobody may send.
  const std::string ppm = "P6 1 1 255 \xFF\xFF\xFF";
  for (const std::string& none :
       {std::string(), std::string("words"), ppm, point().substr(0, 30)}) {
    const auto made = (*pictures)->small(none);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, base::Code::invalid_argument) << made.error().describe();
  }
}

TEST(PythonPictures, AreGivenUpAfterAWhile) {
  PictureOptions options;
  options.limit = std::chrono::milliseconds(1);
  const auto pictures = Pictures::make(options);
  ASSERT_TRUE(pictures) << pictures.error().describe();
  const auto made = (*pictures)->small(point());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, base::Code::deadline_exceeded);
}

}  // namespace
}  // namespace millrace::python
