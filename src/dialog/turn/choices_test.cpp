// What a question offers, and which of it an answer means.
#include "dialog/turn/choices.hpp"

#include <gtest/gtest.h>

namespace millrace::dialog {
namespace {

flow::Option option(std::vector<std::string> labels, std::vector<std::string> synonyms = {}) {
  flow::Option made;
  for (const std::string& label : labels) made.label.push_back(flow::parse_template(label));
  made.synonyms = std::move(synonyms);
  return made;
}

flow::DialogNode drinks() {
  flow::DialogNode node;
  node.asset.type = flow::AssetType::list_picker;
  node.asset.options = {option({"Tea", "Chá"}, {"infusion"}), option({"{HOUSE} coffee", "Café"})};
  node.asset.options[1].target = 7;
  node.asset.cards.push_back({.buttons = {option({"Water", "Água"})}});
  return node;
}

TEST(DialogChoices, AreMeantByALabelInAnyLanguageASynonymOrAPlace) {
  const flow::DialogNode node = drinks();
  State state;
  state.variables["HOUSE"] = "Lisbon";
  const Choices choices(node, state);
  const auto index_of = [&](const std::string& text) {
    const Offer* choice = choices.meant_by(text);
    return choice == nullptr ? -1 : static_cast<int>(choice->index);
  };
  EXPECT_EQ(index_of("tea"), 0);
  EXPECT_EQ(index_of("CHÁ!"), 0);
  EXPECT_EQ(index_of("infusion"), 0);
  EXPECT_EQ(index_of("lisbon coffee"), 1);
  EXPECT_EQ(index_of("água"), 2);
  EXPECT_EQ(index_of("3"), 2);
  for (const char* none : {"0", "4", "03a", "beer", "", "coffee"}) EXPECT_EQ(index_of(none), -1);
  EXPECT_EQ(choices.meant_by("Café")->value, "Lisbon coffee") << "the default language is kept";
  EXPECT_EQ(choices.meant_by("Café")->target, 7u);
}

TEST(DialogChoices, ANumberIsAnAnswerOfItsOwnWhereAnyTextIs) {
  flow::DialogNode node = drinks();
  const State state;
  node.next = 9;
  EXPECT_EQ(Choices(node, state).meant_by("2"), nullptr);
  node.input_disabled = true;
  const Choices choices(node, state);
  EXPECT_NE(choices.meant_by("2"), nullptr);
}

TEST(DialogChoices, SeveralAreMeantOnlyWhereEachPartIsOne) {
  const flow::DialogNode node = drinks();
  const State state;
  const Choices choices(node, state);
  EXPECT_EQ(choices.several_meant_by("water, tea"), "Water, Tea");
  EXPECT_EQ(choices.several_meant_by("tea\nágua,"), "Tea, Water");
  EXPECT_EQ(choices.several_meant_by("tea, beer"), std::nullopt);
  EXPECT_EQ(choices.several_meant_by(" ,"), std::nullopt);
}

TEST(DialogChoices, ThatAnActionReturnedAreReadInEveryFormAndToALimit) {
  const flow::AssetSource source{5, "rooms"};
  const auto labels = [&](json::value kept) {
    State state;
    state.kept[5] = json::object{{"rooms", std::move(kept)}};
    std::string all;
    for (const Option& made : dynamic_options(source, state)) all += made.label + ";";
    return all;
  };
  EXPECT_EQ(labels("Single| Double ||"), "Single;Double;");
  EXPECT_EQ(labels(R"(["Single", {"title": "Double"}, {"description": "nameless"}])"),
            "Single;Double;");
  EXPECT_EQ(labels(json::array{json::object{{"label", "Suite"}, {"title", "no"}}, 7}), "Suite;7;");
  EXPECT_EQ(labels(7), "");
  EXPECT_EQ(labels("[broken"), "");
  EXPECT_EQ(dynamic_options(source, {}).size(), 0u);
  State state;
  state.kept[5] = json::object{{"rooms", json::array(1'000, json::value("x"))}};
  EXPECT_EQ(dynamic_options(source, state).size(), 100u);
}

TEST(DialogChoices, AnUploadIsCancelledByItsOwnWords) {
  flow::DialogNode node;
  node.asset.type = flow::AssetType::file_upload;
  node.asset.cancel_label = {flow::parse_template("Not now"), flow::parse_template("Agora não")};
  EXPECT_TRUE(cancels_upload(node, "agora não", {}));
  EXPECT_FALSE(cancels_upload(node, "later", {}));
  node.asset.type = flow::AssetType::webview;
  EXPECT_FALSE(cancels_upload(node, "Not now", {}));
}

}  // namespace
}  // namespace millrace::dialog
