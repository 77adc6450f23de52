#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "base/web/web.hpp"

namespace millrace::base {
namespace {

TEST(BaseText, TakesOnlyAddressesThatMailCouldReach) {
  for (const auto* good : {"ada@example.com", "ADA.Lovelace+x@sub.example.co", "o'brien@ex.io",
                           "1@2-3.de", "a@xn--bcher-kva.example"}) {
    EXPECT_TRUE(is_email_address(good)) << good;
  }
  const std::string long_local(65, 'a');
  for (const std::string& bad :
       {std::string(""), std::string("not-an-email"), std::string("@example.com"),
        std::string("ada@"), std::string("ada@example"), std::string("ada@example..com"),
        std::string("ada@-example.com"), std::string("a..b@example.com"),
        std::string(".a@example.com"), std::string("ada@example.c"), std::string("ada@1.2.3.44"),
        std::string("a b@example.com"), std::string("a@b@example.com "), long_local + "@ex.com",
        std::string("{ EMAIL_ADDRESS }"), std::string("ada@ex\x01.com")}) {
    EXPECT_FALSE(is_email_address(bad)) << bad;
  }
}

TEST(BaseText, SquashesAsThePlatformDoes) {
  EXPECT_EQ(squash("Mac OS!"), "macos");
  EXPECT_EQ(squash("  Olá, ÉPICO "), "oláépico");
}

TEST(BaseText, CleansWhatAPersonTyped) {
  EXPECT_EQ(clean_user_text("  hi\x07 there\n "), "hi there");
  EXPECT_EQ(utf8_prefix("añb", 2), "añ");
  EXPECT_EQ(utf8_length("añb"), 3u);
  EXPECT_FALSE(is_valid_utf8("\xC3"));
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));
  EXPECT_TRUE(is_valid_utf8("né 🙂"));
}

TEST(BaseText, CountsTheEditsBetweenTwoTexts) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("same", "same"), 0u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("sitting", "kitten"), 3u);
  EXPECT_EQ(edit_distance("ab", "ba"), 2u);      // no edit of its own for two that change places
  EXPECT_EQ(edit_distance("cafe", "café"), 2u);  // in bytes
}

TEST(BaseTime, KnowsWhichDaysExist) {
  EXPECT_TRUE(parse_iso8601_date("1990-12-10"));
  EXPECT_TRUE(parse_iso8601_date("2000-02-29"));
  EXPECT_FALSE(parse_iso8601_date("1900-02-29"));
  EXPECT_FALSE(parse_iso8601_date("1990-02-30"));
  EXPECT_FALSE(parse_iso8601_date("1990-12-10x"));
}

TEST(BaseTime, ReadsAndWritesMoments) {
  const auto at = parse_iso8601("2026-01-02T03:04:05.678Z");
  ASSERT_TRUE(at);
  EXPECT_EQ(to_iso8601(*at), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(parse_iso8601("2019-02-15 00:00:00 -0500")->ms,
            parse_iso8601("2019-02-15T05:00:00Z")->ms);
  EXPECT_EQ(to_iso8601(Timestamp{-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_FALSE(parse_iso8601("{ EVENT_TIME }"));
  EXPECT_FALSE(parse_iso8601("1767323045"));
  EXPECT_FALSE(parse_iso8601("2026-01-02T25:00:00Z"));
}

TEST(BaseId, WritesAndReadsUuids) {
  const Id id = Id::version7(Timestamp{1'700'000'000'000}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  EXPECT_EQ(id.to_string()[14], '7');
  EXPECT_EQ(Id::parse(id.to_string()), id);
  EXPECT_FALSE(Id::parse("018bcfe5-6800-7102-8304-05060708090"));
  EXPECT_FALSE(Id::parse("018bcfe5x6800-7102-8304-05060708090a"));
  EXPECT_EQ(Id::derived("a", "b"), Id::derived("a", "b"));
  EXPECT_NE(Id::derived("a", "b"), Id::derived("ab", ""));
  // Stored, so it stays what it is.
  EXPECT_EQ(Id::derived("a", "b").to_string(), "59b271ae-1bbc-81d3-9d41-929817f4b16f");
}

TEST(BaseHash, AgreesWithPublishedVectors) {
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(from_base64url(to_base64url("\xff")), std::string("\xff"));
}

TEST(BaseText, TrimsAndSplitsAtWhatPeopleDoNotSee) {
  for (const char* blank :
       {" ",      "\t",     "\n",     "\r\n",   "\u0085", "\u00a0", "\u00ad", "\u1680",
        "\u180e", "\u2003", "\u2009", "\u200a", "\u200b", "\u200c", "\u200d", "\u200e",
        "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u202f", "\u205f", "\u2060",
        "\u2064", "\u2066", "\u2069", "\u3000", "\u3164", "\ufeff"}) {
    EXPECT_EQ(trim_blank(std::string(blank) + "a b" + blank + blank), "a b") << blank;
    EXPECT_EQ(trim_blank(blank), "");
  }
  EXPECT_EQ(trim_blank("🏴\U000E0067\U000E007F"), "🏴\U000E0067\U000E007F");
  EXPECT_EQ(trim_blank("\xff "), "\xff");
  using Pieces = std::vector<std::string_view>;
  EXPECT_EQ(split_at_blanks(" Ada\u00a0King  Lovelace\u3000"), (Pieces{"Ada", "King", "Lovelace"}));
  EXPECT_EQ(split_at_blanks("\u00a0"), Pieces());
}

TEST(BaseText, CountsLettersAsPeopleDo) {
  const std::pair<const char*, size_t> kRows[] = {
      {"", 0},
      {"abc", 3},
      {"Köln\n", 5},
      {"Köln\r\n", 5},
      {"a\r\nb", 3},
      {"e\u0301e\u0301", 2},
      {"Zoe\u0308", 3},
      {"\u0061\u0323\u0302", 1},
      {"👩‍👩‍👧‍👦", 1},
      {"👍🏽👍🏽", 2},
      {"🇩🇪🇫🇷", 2},
      {"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", 1},
      {"❤️", 1},
      {"1️⃣2️⃣", 2},
      {"สวัสดี", 4},
      {"각", 1},
      {"\u1100\u1161\u11a8", 1},
      {"مرحبا", 5},
      {"שָׁלוֹם", 4},
      {"日本語", 3},
      {"\ufffd", 1}};
  for (const auto& [text, letters] : kRows) EXPECT_EQ(grapheme_count(text), letters) << text;
}

TEST(BaseJson, SaysWhereItStoppedReading) {
  const auto bad = json::parse("{\"a\": nope}");
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("at byte 6"), std::string::npos) << bad.error().message;
  EXPECT_FALSE(json::parse("{} {}"));
  EXPECT_FALSE(json::parse(""));
  EXPECT_FALSE(json::parse(std::string(100, '[')));
  EXPECT_FALSE(json::parse("\"\xC3\""));
  EXPECT_TRUE(json::parse(" [1] \n"));
  EXPECT_FALSE(json::parse_object("[]"));
}

TEST(BaseJson, TakesHalfAnEmojiAsAReplacementCharacter) {
  const std::pair<const char*, const char*> texts[] = {{R"("cut \ud83d")", "cut \ufffd"},
                                                       {R"("\uDE00 cut")", "\ufffd cut"},
                                                       {R"("\ud83d\ud83d\ude00")", "\ufffd😀"},
                                                       {R"("\ude00\ud83d")", "\ufffd\ufffd"},
                                                       {R"("\ud83d\\ude00")", "\ufffd\\ude00"},
                                                       {R"("\\ud83d")", "\\ud83d"},
                                                       {R"("\ud83d\ude00")", "😀"},
                                                       {R"("\ud83dx")", "\ufffdx"}};
  for (const auto& [written, wanted] : texts) {
    const auto parsed = json::parse(written);
    ASSERT_TRUE(parsed) << written;
    EXPECT_EQ(parsed->as_string(), wanted) << written;
  }
  EXPECT_FALSE(json::parse(R"("\ud83)"));
  EXPECT_FALSE(json::parse(R"(["\ud83d" x)"));
}

TEST(BaseJson, WritesNumbersAsPeopleDo) {
  const std::pair<double, std::string_view> kNumbers[] = {{99.5, "99.5"},
                                                          {3.0, "3"},
                                                          {0.1, "0.1"},
                                                          {-1250.25, "-1250.25"},
                                                          {0, "0"},
                                                          {1e300, "1e+300"},
                                                          {123456789012.5, "123456789012.5"}};
  for (const auto& [number, text] : kNumbers) EXPECT_EQ(json::to_text(number), text);
  EXPECT_EQ(json::to_text(12), "12");
  EXPECT_EQ(json::to_text(true), "true");
}

TEST(BaseRedact, HidesValuesHoweverTheyAreSpelled) {
  const std::vector<Sensitive> hidden{{"s3cr\"et key", "api_key"}, {"Ada", "FIRST_NAME"}};
  const std::string line = redact(
      "Ada sent s3cr\"et key as \"s3cr\\\"et key\" and ?k=s3cr%22et%20key\nto ada@example.com, "
      "bearer abc.def",
      hidden);
  EXPECT_EQ(line,
            "[FIRST_NAME] sent [api_key] as \"[api_key]\" and ?k=[api_key]\\nto [email], "
            "bearer [redacted]");
  EXPECT_EQ(redact("q=a%40b.example&x", {}), "q=[email]&x");
  EXPECT_EQ(redact("Ad\ra", hidden), "Ad\\ra") << "must not grow together into a hidden value";
}

TEST(BaseWeb, DecodesTargets) {
  web::Request request;
  request.query = "token=a%2Bb&x=1+2&flag";
  EXPECT_EQ(request.query_parameter("token"), "a+b");
  EXPECT_EQ(request.query_parameter("x"), "1 2");
  EXPECT_EQ(request.query_parameter("flag"), "");
  EXPECT_FALSE(request.query_parameter("none"));
  request.headers = {{"content-type", "application/json; charset=utf-8"},
                     {"AUTHORIZATION", "bearer  tok "}};
  EXPECT_TRUE(request.is_json());
  EXPECT_EQ(request.bearer_token(), "tok");
  EXPECT_EQ(web::percent_decode("%4", false), "%4");
  EXPECT_EQ(web::percent_decode("%41%zz", false), "A%zz");
}

TEST(BaseWeb, NamesEveryErrorInHttp) {
  EXPECT_EQ(web::status_of(Code::invalid_argument), 400);
  EXPECT_EQ(web::status_of(Code::unauthenticated), 401);
  EXPECT_EQ(web::status_of(Code::permission_denied), 403);
  EXPECT_EQ(web::status_of(Code::not_found), 404);
  EXPECT_EQ(web::status_of(Code::already_exists), 409);
  EXPECT_EQ(web::status_of(Code::failed_precondition), 428);
  EXPECT_EQ(web::status_of(Code::resource_exhausted), 429);
  EXPECT_EQ(web::status_of(Code::internal), 500);
  EXPECT_EQ(web::status_of(Code::data_loss), 500);
  EXPECT_EQ(web::status_of(Code::unavailable), 503);
}

}  // namespace
}  // namespace millrace::base
