#include "nlu/learn/frames.hpp"

#include <gtest/gtest.h>

namespace millrace::nlu {
namespace {

std::vector<Example> songs() {
  std::vector<Example> out;
  for (const char* name : {"Fado", "Noite", "Grândola", "Canção do Mar"}) {
    const std::string text = "toca a " + std::string(name) + " no quarto";
    const auto end = static_cast<uint32_t>(7 + std::string_view(name).size());
    out.push_back({text, "play", {{7, end, "song"}}});
  }
  return out;
}

std::string_view slot_of(const Example& example) {
  const Span& span = example.slots.at(0);
  return std::string_view(example.text).substr(span.begin, span.end - span.begin);
}

TEST(NluFrames, KeepTheTextItsIntentAndItsSlots) {
  const auto examples = songs();
  const auto framed = framed_examples(examples, 1);
  ASSERT_EQ(framed.size(), examples.size());
  for (const Framed& one : framed) {
    const Example& from = examples.at(one.of);
    EXPECT_TRUE(one.example.text.contains(from.text)) << one.example.text;
    EXPECT_EQ(one.example.intent, "play");
    EXPECT_EQ(slot_of(one.example), slot_of(from));
  }
}

TEST(NluFrames, AreDrawnByTheSeed) {
  const auto examples = songs();
  const auto texts = [&](uint64_t seed) {
    std::string out;
    for (const Framed& one : framed_examples(examples, seed)) out += one.example.text + '\n';
    return out;
  };
  EXPECT_EQ(texts(1), texts(1));
  EXPECT_NE(texts(1), texts(2));
}

TEST(NluFrames, AreAShareOfManyExamples) {
  std::vector<Example> many;
  for (int i = 0; i < 10'000; ++i) many.push_back({"the light is on", "light", {}});
  const size_t count = framed_examples(many, 1).size();
  EXPECT_GT(count, 1'350U);
  EXPECT_LT(count, 1'650U);
}

TEST(NluFrames, AreNoneInALanguageThatHasNoList) {
  const std::vector<Example> two = {{"電気をつけて", "on", {}}, {"電気を消して", "off", {}}};
  EXPECT_TRUE(framed_examples(two, 1).empty());
}

}  // namespace
}  // namespace millrace::nlu
