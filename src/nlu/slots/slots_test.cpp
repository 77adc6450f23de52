#include <gtest/gtest.h>

#include <thread>

#include "nlu/formats/formats.hpp"
#include "nlu/nlu.hpp"
#include "nlu/slots/words_around.hpp"

namespace millrace::nlu {
namespace {

std::vector<Example> people() {
  std::vector<Example> out;
  const auto add = [&](std::string_view text) { out.push_back(unmarked(text, "introduce")); };
  for (const char* name :
       {"Ana Silva", "João Costa", "Rita", "Pedro Sousa", "Marta", "Luís Melo"}) {
    for (const char* city : {"Porto", "Lisboa", "Braga", "Faro"}) {
      add("me chamo [" + std::string(name) + "](name), moro no [" + city + "](city)");
      add("sou [" + std::string(name) + "](name) de [" + city + "](city)");
    }
  }
  for (const char* text : {"quero falar com uma pessoa", "passe-me a alguém", "preciso de ajuda"}) {
    out.push_back({text, "human", {}});
  }
  return out;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

TEST(NluSlots, AreFoundInTextsLikeTheExamples) {
  const auto bytes = train(people(), {});
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto model = Model::read(bytes_of(*bytes));
  ASSERT_TRUE(model) << model.error().message;
  const std::string text = "Me chamo Teresa Nunes, moro no Porto";
  const auto spans = model->find_slots(text, "introduce");
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(text.substr(spans[0].begin, spans[0].end - spans[0].begin), "Teresa Nunes");
  EXPECT_EQ(spans[0].slot, "name");
  EXPECT_EQ(text.substr(spans[1].begin, spans[1].end - spans[1].begin), "Porto");
  EXPECT_EQ(spans[1].slot, "city");
  EXPECT_TRUE(model->find_slots("quero falar com uma pessoa", "human").empty());
  EXPECT_TRUE(model->find_slots("", "introduce").empty());
}

TEST(NluSlots, AreTheSameWhoeverTrainsThem) {
  const auto on_threads = [](const Tasks& tasks) {
    std::vector<std::jthread> threads;
    for (const auto& task : tasks) threads.emplace_back(task);
  };
  EXPECT_EQ(train(people(), {}).value(), train(people(), {.run = on_threads}).value());
}

TEST(NluSlots, AreNoneWhereNoExampleHasOne) {
  const std::vector<Example> two = {{"hello", "greet", {}}, {"bye", "leave", {}}};
  const auto bytes = train(two, {}).value();
  EXPECT_TRUE(Model::read(bytes_of(bytes))->find_slots("hello", "greet").empty());
}

TEST(NluSlots, GoOnOnlyWhereTheyHaveBegun) {
  EXPECT_FALSE(may_follow(0, 2));
  EXPECT_TRUE(may_follow(1, 2));
  EXPECT_TRUE(may_follow(2, 2));
  EXPECT_FALSE(may_follow(1, 4));
  // Three words; going on with the slot is the best for each alone, and may not come first.
  const float scores[] = {0, 0, 5, 0, 0, 5, 0, 0, 5};
  float moves[9] = {};
  for (size_t p = 0; p < 3; ++p) {
    for (size_t t = 0; t < 3; ++t) moves[p * 3 + t] = may_follow(p, t) ? 0.0F : kNever;
  }
  EXPECT_EQ(best_tags(scores, moves, 3), (std::vector<uint32_t>{1, 2, 2}));
}

}  // namespace
}  // namespace millrace::nlu
