#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "nlu/nlu.hpp"

namespace millrace::nlu {
namespace {

std::vector<Example> shop() {
  std::vector<Example> out;
  const auto add = [&](std::string_view intent, std::initializer_list<const char*> texts) {
    for (const char* text : texts) out.push_back({text, std::string(intent), {}});
  };
  add("order_status", {"where is my order", "has my parcel been sent", "track my package",
                       "when will my order arrive", "my delivery is late"});
  add("refund", {"I want my money back", "how do I get a refund", "refund my order please",
                 "return this for a refund", "can I have my money back"});
  add("human", {"let me talk to a person", "I want a human agent", "quero falar com uma pessoa",
                "connect me to someone real", "quero um atendente"});
  add("hours", {"when are you open", "what are your opening hours", "a que horas abrem",
                "are you open on sunday", "at what time do you close"});
  return out;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string trained(const TrainOptions& options = {}) {
  auto bytes = train(shop(), options);
  EXPECT_TRUE(bytes) << bytes.error().message;
  return bytes.value_or("");
}

// Runs every task on a thread of its own, the last one first.
void run_on_threads(const Tasks& tasks) {
  std::vector<std::jthread> threads;
  for (size_t i = tasks.size(); i > 0; --i) threads.emplace_back(tasks[i - 1]);
}

TEST(NluModel, KnowsItsExamplesAndWhatIsLikeThem) {
  const std::string bytes = trained();
  const auto model = Model::read(bytes_of(bytes));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->intents().size(), 4U);
  for (const Example& example : shop()) {
    EXPECT_EQ(model->understand(example.text).guesses[0].intent, example.intent) << example.text;
  }
  EXPECT_EQ(model->understand("QUERO FALAR COM UMA PESSOA!!").guesses[0].intent, "human");
  EXPECT_EQ(model->understand("wher is my ordr").guesses[0].intent, "order_status");
}

TEST(NluModel, UnderstandsWhatIsInAPoliteFrame) {
  const std::string bytes = trained();
  const auto model = Model::read(bytes_of(bytes));
  ASSERT_TRUE(model);
  for (const Example& example : shop()) {
    const std::string text = "Good day, might I ask you something: " + example.text + ", cheers";
    EXPECT_EQ(model->understand(text).guesses[0].intent, example.intent) << text;
  }
}

TEST(NluModel, GivesProbabilitiesInTheirOrder) {
  const std::string bytes = trained();
  const auto model = Model::read(bytes_of(bytes));
  ASSERT_TRUE(model);
  const auto understanding = model->understand("give me a refund", 4);
  ASSERT_EQ(understanding.guesses.size(), 4U);
  float sum = 0;
  for (size_t i = 0; i < 4; ++i) {
    sum += understanding.guesses[i].probability;
    if (i > 0) {
      EXPECT_LE(understanding.guesses[i].probability, understanding.guesses[i - 1].probability);
    }
  }
  EXPECT_NEAR(sum, 1, 1e-4);
}

TEST(NluModel, IsTheSameToTheByteWhoeverTrainsIt) {
  const std::string once = trained();
  EXPECT_EQ(once, trained());
  EXPECT_EQ(once, trained({.run = run_on_threads}));
  EXPECT_NE(once, trained({.seed = 2}));
}

// Whoever changes a number that goes into a model sees it here, as does another machine.
TEST(NluModel, HasTheBytesItHasOnEveryMachine) {
  std::vector<Example> two = {{"open the door", "open", {}},
                              {"please open it", "open", {}},
                              {"close the door", "close", {}},
                              {"please shut it", "close", {}}};
  const auto bytes = train(two, {});
  ASSERT_TRUE(bytes);
  constexpr std::string_view kHash =
      "a57e186f6713c59e68f12b09d3f05959b511fc51c82d2942ff78a5b082ecc6db";
  EXPECT_EQ(base::to_hex(base::sha256(*bytes)), kHash);
}

TEST(NluModel, LearnsWhatIsOutOfScopeFromExamplesOfIt) {
  auto examples = shop();
  for (const char* text : {"what is the weather", "tell me a joke", "who won the match",
                           "sing a song", "what is two plus two"}) {
    examples.push_back({text, "", {}});
  }
  const auto bytes = train(examples, {});
  ASSERT_TRUE(bytes);
  const auto model = Model::read(bytes_of(*bytes));
  ASSERT_TRUE(model);
  EXPECT_EQ(model->intents().size(), 4U);
  EXPECT_FALSE(model->understand("tell me a joke").is_in_scope);
  EXPECT_TRUE(model->understand("I want my money back").is_in_scope);
  for (const Guess& guess : model->understand("tell me a joke", 9).guesses) {
    EXPECT_NE(guess.intent, "");
  }
}

TEST(NluModel, SaysThatNothingItKnowsIsInAText) {
  const std::string bytes = trained();
  const auto model = Model::read(bytes_of(bytes));
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->understand("").is_in_scope);
  EXPECT_FALSE(model->understand("零一二三").is_in_scope);
}

TEST(NluModel, SaysWhatSpokeForAGuess) {
  const std::string bytes = trained();
  const auto model = Model::read(bytes_of(bytes));
  ASSERT_TRUE(model);
  const auto explanation = model->explain("I want a refund", 50);
  EXPECT_EQ(explanation.understanding.guesses[0].intent, "refund");
  const auto weight_of = [&](std::string_view kind, std::string_view spelling) {
    for (const Evidence& one : explanation.evidence) {
      if (one.kind == kind && one.spelling == spelling) return one.weight;
    }
    return 0.0F;
  };
  EXPECT_GT(weight_of("word", "refund"), 0);
  EXPECT_GT(weight_of("without", "refund"), 0.1);
  EXPECT_LT(std::abs(weight_of("without", "a")), weight_of("without", "refund"));
}

TEST(NluModel, NeedsTwoIntents) {
  const std::vector<Example> one = {{"hello", "greet", {}}, {"hi", "greet", {}}};
  ASSERT_FALSE(train(one, {}));
  EXPECT_EQ(train(one, {}).error().code, base::Code::invalid_argument);
  EXPECT_FALSE(train({}, {}));
}

TEST(NluModel, TakesOneExampleOfAnIntent) {
  const std::vector<Example> two = {{"hello", "greet", {}}, {"bye", "leave", {}}};
  const auto bytes = train(two, {});
  ASSERT_TRUE(bytes);
  EXPECT_EQ(Model::read(bytes_of(*bytes))->understand("hello").guesses[0].intent, "greet");
}

TEST(NluModel, BuildsOnABaseThatKnowsOtherWords) {
  std::vector<ExampleSet> sets(1);
  sets[0].name = "doors";
  for (const char* verb : {"open", "unlock", "unseal"}) {
    for (const char* thing : {"door", "gate", "window", "hatch", "chest", "box"}) {
      sets[0].examples.push_back({std::string(verb) + " the " + thing, "open", {}});
    }
  }
  for (const char* verb : {"close", "shut", "lock"}) {
    for (const char* thing : {"door", "gate", "window", "hatch", "chest", "box"}) {
      sets[0].examples.push_back({std::string(verb) + " the " + thing, "close", {}});
    }
  }
  const auto base = train_base(sets, 1);
  ASSERT_TRUE(base) << base.error().message;
  const std::vector<Example> own = {
      {"open it", "o", {}}, {"open up", "o", {}}, {"close it", "c", {}}, {"close up", "c", {}}};
  const auto bytes = train(own, {.base = bytes_of(*base)});
  ASSERT_TRUE(bytes);
  const auto model = Model::read(bytes_of(*bytes));
  ASSERT_TRUE(model);
  EXPECT_EQ(model->understand("shut").guesses[0].intent, "c");
  EXPECT_EQ(model->understand("unseal").guesses[0].intent, "o");
}

TEST(NluModelFile, IsReadWhereverItLies) {
  const std::string bytes = trained();
  std::vector<uint64_t> moved((bytes.size() + 7) / 8 + 1);
  std::ranges::copy(bytes, reinterpret_cast<char*>(moved.data() + 1));
  const std::span elsewhere(reinterpret_cast<const std::byte*>(moved.data() + 1), bytes.size());
  EXPECT_TRUE(Model::read(elsewhere));
}

TEST(NluModelFile, IsRefusedWhenItIsDamaged) {
  const std::string bytes = trained();
  EXPECT_FALSE(Model::read({}));
  EXPECT_FALSE(Model::read(bytes_of(bytes.substr(0, bytes.size() - 64))));
  for (size_t at = 0; at < bytes.size(); at += bytes.size() / 97) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    const auto model = Model::read(bytes_of(damaged));
    // The last of the header's fields are not hashed, and each is compared.
    ASSERT_FALSE(model) << at;
    EXPECT_EQ(model.error().code, base::Code::data_loss);
  }
}

}  // namespace
}  // namespace millrace::nlu
