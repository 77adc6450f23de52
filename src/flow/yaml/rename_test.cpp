// Nodes under another name, and flows in outline.
#include "flow/rename.hpp"

#include <gtest/gtest.h>

#include "flow/outline.hpp"

namespace millrace::flow {
namespace {

using base::Code;

const Files kFiles{
    {"app.py", "CSV_BOTS = ['One']\n"},
    {"solution.yaml", "name: One\nlocales: [en, de]\nasides:\n  help: {to: main.desk}\n"},
    {"flows/main.flow.yaml",
     "# The flow\nnodes:\n  welcome:\n    say: Hello, desk\n\n  which:\n    ask: Which?\n"
     "    type: choice\n    choices:\n      - {label: Desk, to: desk}\n"
     "      - Talk: \"desk\"  # desk\n    variable: WHICH\n    on_fail: main.desk\n"
     "    max_tries: 2\n\n  route:\n    if:\n      - {when: \"WHICH = 'x'\", to: desk}\n"
     "      - {else: welcome}\n\n  desk:\n    # said\n    say: One moment\n    end: true\n"},
    {"flows/other.flow.yaml",
     "nodes:\n  desk: Another desk\n  go:\n    call: main.desk\n"
     "  back:\n    say: And\n    next: desk\n"},
    {"messages/de.yaml", "main:\n  desk: {say: Moment}\nother:\n  desk: {say: Anderer}\n"}};

TEST(FlowRename, NamesANodeAnewWhereverItIsNamed) {
  const auto renamed = rename_node(kFiles, "main.desk", "counter");
  ASSERT_TRUE(renamed) << renamed.error().describe();
  ASSERT_EQ(renamed->size(), 4u);
  EXPECT_EQ(renamed->at("flows/main.flow.yaml"),
            "# The flow\nnodes:\n  welcome:\n    say: Hello, desk\n\n  which:\n    ask: Which?\n"
            "    type: choice\n    choices:\n      - {label: Desk, to: counter}\n"
            "      - Talk: \"counter\"  # desk\n    variable: WHICH\n    on_fail: main.counter\n"
            "    max_tries: 2\n\n  route:\n    if:\n"
            "      - {when: \"WHICH = 'x'\", to: counter}\n      - {else: welcome}\n\n"
            "  counter:\n    was: main.desk\n    # said\n    say: One moment\n    end: true\n");
  EXPECT_EQ(renamed->at("flows/other.flow.yaml"),
            "nodes:\n  desk: Another desk\n  go:\n    call: main.counter\n"
            "  back:\n    say: And\n    next: desk\n");
  EXPECT_EQ(renamed->at("messages/de.yaml"),
            "main:\n  counter: {say: Moment}\nother:\n  desk: {say: Anderer}\n");
  EXPECT_EQ(renamed->at("solution.yaml"),
            "name: One\nlocales: [en, de]\nasides:\n  help: {to: main.counter}\n");
}

TEST(FlowRename, KeepsTheFormerIdForChatsThatStandThere) {
  const auto renamed = rename_node(kFiles, "main.welcome", "hello");
  ASSERT_TRUE(renamed) << renamed.error().describe();
  const std::string& text = renamed->at("flows/main.flow.yaml");
  EXPECT_TRUE(text.contains("  hello:\n    was: main.welcome\n    say: Hello, desk\n")) << text;
  EXPECT_TRUE(text.contains("- {else: hello}")) << text;
}

TEST(FlowRename, RefusesWhatItCannotSay) {
  const auto code = [](std::string_view id, std::string_view name) {
    const auto done = rename_node(kFiles, id, name);
    return done ? std::string("done") : std::string(base::to_string(done.error().code));
  };
  EXPECT_EQ(code("main.nothing", "x"), "not_found");
  EXPECT_EQ(code("main.desk", "welcome"), "already_exists");
  EXPECT_EQ(code("main.desk", "a b"), "invalid_argument");
  EXPECT_EQ(code("main.desk", "12"), "invalid_argument");
  EXPECT_EQ(code("12", "x"), "unimplemented");
}

TEST(FlowOutline, ShowsNodesWithTheirPlacesAndWaysOut) {
  const auto flows = outline(kFiles);
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[0].name, "main");
  ASSERT_EQ(flows[0].nodes.size(), 4u);
  const OutlineNode& which = flows[0].nodes[1];
  EXPECT_EQ(which.id, "main.which");
  EXPECT_EQ(which.kind, "ask");
  EXPECT_EQ(which.line, 6);
  EXPECT_EQ(which.sets, std::vector<std::string>{"WHICH"});
  const std::string& text = kFiles.at("flows/main.flow.yaml");
  EXPECT_TRUE(text.substr(which.span.from).starts_with("  which:"));
  EXPECT_TRUE(text.substr(which.span.to).starts_with("  route:"));
  for (const OutlineRoad& road : which.roads) {
    if (road.kind != "option") continue;
    EXPECT_EQ(road.to, "main.desk");
    EXPECT_TRUE(text.substr(road.span.from, road.span.to - road.span.from).contains("desk"));
  }
  EXPECT_EQ(flows[0].nodes[0].roads.front().kind, "behind");
}

TEST(FlowOutline, ShowsWhatCanBeReadOfABrokenFlow) {
  Files files = kFiles;
  files["flows/main.flow.yaml"] =
      "nodes:\n  a:\n    say: Hello\n    next: nowhere\n  b:\n    if: 5\n";
  files["flows/other.flow.yaml"] = "nodes: [";
  const auto flows = outline(files);
  ASSERT_EQ(flows.size(), 1u);
  ASSERT_EQ(flows[0].nodes.size(), 2u);
  EXPECT_FALSE(flows[0].nodes[0].roads.front().leads);
  EXPECT_EQ(flows[0].nodes[0].roads.front().to, "nowhere");
}

}  // namespace
}  // namespace millrace::flow
