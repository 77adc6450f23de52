// Nodes that are moved into a flow of their own.
#include "flow/extract.hpp"

#include <gtest/gtest.h>

#include "flow/outline.hpp"

namespace millrace::flow {
namespace {

const Files kFiles{
    {"app.py", "CSV_BOTS = ['One']\n"},
    {"solution.yaml", "name: One\nlocales: [en, de]\nasides:\n  help: {to: main.desk}\n"},
    {"flows/main.flow.yaml",
     "# The flow\nnodes:\n  welcome:\n    say: Hello\n\n  # Which one they want\n  which:\n"
     "    ask: Which?\n    type: choice\n    choices:\n      - {label: Desk, to: desk}\n"
     "      - {label: Menu, to: menu}\n    variable: WHICH\n    on_fail: main.desk\n"
     "    max_tries: 2\n\n  menu: {say: The menu, next: welcome}\n\n  desk:\n    # said\n"
     "    say: One moment\n\n  bye:\n    say: Bye\n    end: true\n"},
    {"flows/other.flow.yaml", "nodes:\n  go:\n    call: main.desk\n  back: {say: And, next: go}\n"},
    {"messages/de.yaml",
     "main:\n  welcome: {say: Hallo}\n  desk: {say: Moment}\nother:\n  back: {say: Und}\n"}};

TEST(FlowExtract, MovesNodesWithWhatBelongsToThem) {
  const auto moved = extract_nodes(kFiles, {"main.which", "main.desk"}, "front");
  ASSERT_TRUE(moved) << moved.error().describe();
  EXPECT_EQ(moved->at("flows/main.flow.yaml"),
            "# The flow\nnodes:\n  welcome:\n    next: front.which\n    say: Hello\n\n"
            "  menu: {say: The menu, next: welcome}\n\n  bye:\n    say: Bye\n    end: true\n");
  EXPECT_EQ(moved->at("flows/front.flow.yaml"),
            "nodes:\n  # Which one they want\n  which:\n    was: main.which\n"
            "    ask: Which?\n    type: choice\n    choices:\n      - {label: Desk, to: desk}\n"
            "      - {label: Menu, to: main.menu}\n    variable: WHICH\n    on_fail: front.desk\n"
            "    max_tries: 2\n\n  desk:\n    next: main.bye\n    was: main.desk\n    # said\n"
            "    say: One moment\n");
  EXPECT_EQ(moved->at("flows/other.flow.yaml"),
            "nodes:\n  go:\n    call: front.desk\n  back: {say: And, next: go}\n");
  EXPECT_EQ(moved->at("solution.yaml"),
            "name: One\nlocales: [en, de]\nasides:\n  help: {to: front.desk}\n");
  EXPECT_EQ(moved->at("messages/de.yaml"),
            "main:\n  welcome: {say: Hallo}\nother:\n  back: {say: Und}\n"
            "front:\n  desk: {say: Moment}\n");
  EXPECT_EQ(moved->size(), 5U);
}

TEST(FlowExtract, MovesANodeInBracesAndLeavesNoEmptySection) {
  Files files = kFiles;
  files["messages/de.yaml"] = "main:\n  menu: {say: Karte}\nother:\n  back: {say: Und}\n";
  const auto moved = extract_nodes(files, {"main.menu"}, "front");
  ASSERT_TRUE(moved) << moved.error().describe();
  EXPECT_EQ(moved->at("flows/front.flow.yaml"),
            "nodes:\n  menu: {was: main.menu, say: The menu, next: main.welcome}\n");
  EXPECT_EQ(moved->at("messages/de.yaml"),
            "other:\n  back: {say: Und}\nfront:\n  menu: {say: Karte}\n");
}

TEST(FlowExtract, NamesAFormThatStays) {
  Files files = kFiles;
  files["messages/de.yaml"] = "{}\n";
  files["flows/main.flow.yaml"] =
      "nodes:\n  who:\n    form:\n      - NAME: Who?\n      - CITY: Where?\n"
      "  sure:\n    ask: Sure?\n    buttons:\n      - Over: who\n      - Do: desk\n"
      "  desk: {say: Bye, end: true}\n";
  const auto moved = extract_nodes(files, {"main.sure"}, "front");
  EXPECT_FALSE(moved) << "the form goes on to it";
  files["flows/main.flow.yaml"] =
      "nodes:\n  who:\n    form:\n      - NAME: Who?\n      - CITY: Where?\n    next: desk\n"
      "  sure:\n    ask: Sure?\n    buttons:\n      - Over: who\n      - Do: desk\n"
      "  desk: {say: Bye, end: true}\n";
  const auto fine = extract_nodes(files, {"main.sure"}, "front");
  ASSERT_TRUE(fine) << fine.error().describe();
  EXPECT_TRUE(fine->at("flows/front.flow.yaml").contains("- Over: main.who\n"));
}

TEST(FlowExtract, RefusesWhatItCannotSay) {
  const auto code = [](const Files& files, const std::vector<std::string>& ids,
                       std::string_view flow) {
    const auto done = extract_nodes(files, ids, flow);
    return done ? std::string("done") : std::string(base::to_string(done.error().code));
  };
  EXPECT_EQ(code(kFiles, {"main.nothing"}, "front"), "not_found");
  EXPECT_EQ(code(kFiles, {"nowhere.desk"}, "front"), "not_found");
  EXPECT_EQ(code(kFiles, {"main.desk"}, "other"), "already_exists");
  EXPECT_EQ(code(kFiles, {"main.desk"}, "a b"), "invalid_argument");
  EXPECT_EQ(code(kFiles, {"main.desk"}, "bot"), "invalid_argument");
  EXPECT_EQ(code(kFiles, {}, "front"), "invalid_argument");
  EXPECT_EQ(code(kFiles, {"main.desk", "other.back"}, "front"), "invalid_argument");
  EXPECT_EQ(code(kFiles, {"main.welcome"}, "front"), "failed_precondition");
  EXPECT_EQ(code(kFiles, {"12"}, "front"), "unimplemented");
  Files files = kFiles;
  files["messages/de.yaml"] = "main: {desk: {say: Moment}}\n";
  EXPECT_EQ(code(files, {"main.desk"}, "front"), "unimplemented");
  files = kFiles;
  files["flows/main.flow.yaml"] =
      "nodes:\n  a: Hello\n  who:\n    form:\n      - NAME: Who?\n      - CITY: Where?\n"
      "  c: {say: Bye, end: true}\n";
  EXPECT_EQ(code(files, {"main.who.NAME"}, "front"), "unimplemented") << "of a form";
  files = kFiles;
  files["flows/main.flow.yaml"] = "nodes:\n  a: Hello\n  b: And\n  c: {say: Bye, end: true}\n";
  EXPECT_EQ(code(files, {"main.b"}, "front"), "unimplemented") << "a goes on to what is behind it";
}

}  // namespace
}  // namespace millrace::flow
