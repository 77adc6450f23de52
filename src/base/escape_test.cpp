#include "base/escape.hpp"

#include <gtest/gtest.h>

#include "base/web/web.hpp"

namespace millrace::base {
namespace {

TEST(BaseEscape, WritesAUrlThatReadsBackAsItWas) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every.push_back(static_cast<char>(byte));
  for (const bool is_form : {false, true}) {
    const std::string encoded = percent_encode(every, is_form);
    EXPECT_EQ(web::percent_decode(encoded, is_form), every);
    for (const char c : encoded) EXPECT_TRUE(c > ' ' && c < 0x7f && c != '&' && c != '=') << c;
  }
  EXPECT_EQ(percent_encode("a b/ö~"), "a%20b%2F%C3%B6~");
  EXPECT_EQ(percent_encode("a b+", true), "a+b%2B");
}

TEST(BaseEscape, LeavesNoMarkupInHtml) {
  EXPECT_EQ(html_escape("<a href=\"x\">&amp;</a>"),
            "&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;");
  EXPECT_EQ(html_escape("\"<\"", false), "\"&lt;\"");
  EXPECT_EQ(html_escape("ö 'x'"), "ö 'x'");
}

}  // namespace
}  // namespace millrace::base
