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

TEST(BaseEscape, KeepsValuesFromBeingMarkdown) {
  const std::pair<const char*, const char*> kRows[] = {
      {"", ""},
      {"Ada", "Ada"},
      {"2*3*4=24", R"(2\*3\*4=24)"},
      {"2 * 3 * 4", "2 * 3 * 4"},
      {"*", R"(\*)"},
      {"**bold**", R"(\*\*bold\*\*)"},
      {"P@ss*w0rd*x", R"(P@ss\*w0rd\*x)"},
      {R"(a\*b)", R"(a\\\*b)"},
      {R"(C:\Users)", R"(C:\Users)"},
      {R"(C:\)", R"(C:\\)"},
      {R"(\\server)", R"(\\\server)"},
      {"`code`", R"(\`code\`)"},
      {"it`s", R"(it\`s)"},
      {"[Claim](https://evil.example/x)", R"(\[Claim\](https\://evil.example/x))"},
      {"https://evil.example", R"(https\://evil.example)"},
      {"HTTP://X.example", R"(HTTP\://X.example)"},
      {"mailto:ada@example.com", "mailto:ada@example.com"},
      {"10:30", "10:30"},
      {"john_doe", "john_doe"},
      {"john_doe_42@example.com", "john_doe_42@example.com"},
      {"_under_", R"(\_under\_)"},
      {"a _b_ c", R"(a \_b\_ c)"},
      {"é_é", "é_é"},
      {"~~gone~~", R"(\~\~gone\~\~)"},
      {"~5 km", "~5 km"},
      {"# heading", R"(\# heading)"},
      {"flat #5", "flat #5"},
      {"> quoted", R"(\> quoted)"},
      {"a > b", "a > b"},
      {"- item", R"(\- item)"},
      {"-5", "-5"},
      {"+351 912", "+351 912"},
      {"+ item", R"(\+ item)"},
      {"1. item", R"(1\. item)"},
      {"1) item", R"(1\) item)"},
      {"12.", R"(12\.)"},
      {"1.5", "1.5"},
      {"line\n- item", "line\n\\- item"},
      {"line\n# item", "line\n\\# item"},
      {"<b>x</b>", "<b>x</b>"},
      {"&amp;", "&amp;"},
      {"3-4", "3-4"},
      {"😀 *", "😀 \\*"},
      {"! [x]", R"(! \[x\])"},
      {"{NAME}", "{NAME}"},
  };
  for (const auto& [value, written] : kRows) EXPECT_EQ(markdown_escape(value), written) << value;
}

}  // namespace
}  // namespace millrace::base
