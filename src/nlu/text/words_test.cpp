#include "nlu/text/words.hpp"

#include <gtest/gtest.h>

#include "nlu/text/features.hpp"

namespace millrace::nlu {
namespace {

std::string joined(std::string_view text, std::string Word::* form) {
  std::string out;
  for (const Word& word : words_of(text)) out += word.*form + "|";
  return out;
}

TEST(NluWords, FoldCaseAndAccentsAndKeepThem) {
  EXPECT_EQ(joined("São PAULO, já!", &Word::kept), "são|paulo|,|já|!|");
  EXPECT_EQ(joined("São PAULO, já!", &Word::folded), "sao|paulo|,|ja|!|");
  EXPECT_EQ(joined("Straße ﬁnden", &Word::folded), "strasse|finden|");
  EXPECT_EQ(joined("ŒUVRE Ørsted", &Word::folded), "oeuvre|orsted|");
}

TEST(NluWords, ReadAnAccentTypedAsACharacterOfItsOwn) {
  EXPECT_EQ(joined("Sa\u0303o", &Word::kept), "são|");
  EXPECT_EQ(joined("Sa\u0303o", &Word::folded), "sao|");
}

TEST(NluWords, DivideAtApostrophesAndMarks) {
  EXPECT_EQ(joined("l'hôtel d’en-face", &Word::folded), "l|'|hotel|d|’|en|-|face|");
}

TEST(NluWords, SayWhereTheyStand) {
  const auto words = words_of("é já 👍🏽 ok");
  ASSERT_EQ(words.size(), 5U);
  EXPECT_EQ(words[1].begin, 3U);
  EXPECT_EQ(words[1].end, 6U);
  EXPECT_TRUE(words[2].is_mark);
  EXPECT_TRUE(words[3].is_glued);
  EXPECT_FALSE(words[4].is_glued);
}

TEST(NluWords, TakeAnyBytes) {
  EXPECT_TRUE(words_of("").empty());
  EXPECT_EQ(joined("a\xff\xfe b\xc3", &Word::folded), "a|b|");
  EXPECT_EQ(words_of(std::string(100'000, '!')).size(), kWordsMax);
  EXPECT_LE(words_of(std::string(100'000, 'x'))[0].folded.size(), kWordBytesMax);
  EXPECT_EQ(words_of(std::string(100'000, 'x'))[0].end, 100'000U);
}

TEST(NluFeatures, AreTheSameWithAndWithoutAccents) {
  std::vector<Feature> with, without;
  collect_features(words_of("informação"), with);
  collect_features(words_of("informacao"), without);
  EXPECT_EQ(with.size(), without.size() + 1);
}

TEST(NluFeatures, AreWeighedByRarityWithinTheirGroup) {
  std::vector<std::vector<Feature>> texts(3);
  collect_features(words_of("open the door"), texts[0]);
  collect_features(words_of("close the door"), texts[1]);
  collect_features(words_of("the the the"), texts[2]);
  const auto data = learn_vocabulary(texts, 1);
  const auto vocabulary = data.view();
  Vector vector;
  vocabulary.weigh(texts[0], vector);
  float squares[kGroups] = {};
  for (const Entry& entry : vector) {
    squares[vocabulary.groups[entry.id]] += entry.value * entry.value;
  }
  EXPECT_NEAR(squares[0], 1, 1e-5);
  EXPECT_NEAR(squares[1], 1, 1e-5);
  std::vector<Feature> unknown;
  collect_features(words_of("zzzz"), unknown);
  vocabulary.weigh(unknown, vector);
  EXPECT_LE(vector.size(), 1U);
}

}  // namespace
}  // namespace millrace::nlu
