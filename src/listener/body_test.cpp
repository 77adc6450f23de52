#include "listener/body.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/hash.hpp"

namespace millrace::listener {
namespace {

std::string gzipped(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() / 2 + 1'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

constexpr std::string_view kJson = R"({"event":"a b/c?+"})";

TEST(EventBody, IsReadHoweverItComes) {
  const std::string base64 = "eyJldmVudCI6ImEgYi9jPysifQ==";
  const std::string bodies[] = {
      std::string(kJson),
      gzipped(kJson),
      "data=" + base64,
      "data=eyJldmVudCI6ImEgYi9jPysifQ%3D%3D&ip=1",
      "data=%7B%22event%22%3A%22a%20b%2Fc%3F%2B%22%7D",
      "data=" + base::to_base64url(gzipped(kJson)),
  };
  for (const std::string& body : bodies) {
    const auto plain = plain_body(body);
    ASSERT_TRUE(plain.has_value()) << body.substr(0, 20) << plain.error().message;
    EXPECT_EQ(*plain, kJson) << body.substr(0, 20);
  }
}

TEST(EventBody, RefusesAGzipThatIsNotWhole) {
  const std::string whole = gzipped(std::string(5'000, 'x') + "end");
  for (size_t bytes = 3; bytes < whole.size(); ++bytes) {
    const auto plain = plain_body(whole.substr(0, bytes));
    ASSERT_FALSE(plain.has_value()) << bytes;
    EXPECT_EQ(plain.error().code, base::Code::invalid_argument);
  }
}

TEST(EventBody, RefusesABomb) {
  const std::string bomb = gzipped(std::string(kPlainBytesMax * 8, '\0'));
  EXPECT_LT(bomb.size(), 200'000U);
  const auto plain = plain_body(bomb);
  ASSERT_FALSE(plain.has_value());
  EXPECT_EQ(plain.error().code, base::Code::resource_exhausted);
}

TEST(EventBody, RefusesAFormThatIsNeitherJsonNorBase64) {
  EXPECT_FALSE(plain_body("data=%%%%").has_value());
  EXPECT_FALSE(plain_body("data=").has_value());
}

}  // namespace
}  // namespace millrace::listener
