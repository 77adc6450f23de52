#include "flow/convert.hpp"

#include <gtest/gtest.h>

#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

std::string there_and_back(const std::string& csv) {
  const auto yaml = csv_to_yaml(csv);
  if (!yaml.text) return yaml.problems.at(0).describe();
  const auto back = yaml_to_csv({{"flows/main.flow.yaml", *yaml.text}});
  return back.text ? *back.text : back.problems.at(0).describe() + "\n" + *yaml.text;
}

TEST(FlowConvert, GivesEveryCellBack) {
  const std::string header =
      "Node Number,Node Type,Node Name,Next Nodes,Message,Rich Asset Type,Rich Asset Content,"
      "Answer Required?,Behaviors,Variable,NLU Disabled?,Command,Output,Node Input,"
      "Parameter Input,Decision Variable,What Next?,Event\n";
  const char* rows[] = {
      "1,D,,2,Hi,,,,,,,,,,,,,\n2,D,,,Bye,,,,,,,,,,,,,\n",
      "'-4,D,Minus,'-4,\"a, \"\"b\"\"\nc\",,,1,,X,1,,,,,,,\n",
      "1,D, Spaced ,2, Hi ,,,true,,,0,,,,,,,\n2,D,,1,,,,1,,,,,,,,,,\n",
      "1,D,,,Pick,button,\"<<far fa-check>> Yes~1|\n<<x>>No~ 1 |: "
      "odd~1\",1,disable_input,,,,,,,,,\n",
      "1,D,,,Pick,buttons,A~1|B~1|,1,,,,,,,,,,\n",
      "1,D,,,x: # y,quick_reply,\"{\"\"type\"\":\"\"static\"\"}\",1,,,,,,,,,,\n",
      "1,D,,,'q',listpicker,\"{\"\"type\"\": \"\"static\"\", \"\"options\"\": [{\"\"label\"\": "
      "\"\"1\"\", \"\"dest\"\": \"\"1\"\"}]}\",1,,,,,,,,,,\n",
      "1,A,,,note,,,,,\"A,B\",,Send,\"x,y\",\"f:1,g:2\",\"{\"\"a\"\": \"\"{A}\"\", \"\"n\"\": "
      "[1, null, \"\"true\"\"]}\",x,\"true~1|\nno~2|a~b~3\",\"{\"\"event_name\"\": \"\"E\"\"}\"\n",
      "1,A,,,,,,,,,,Send,,,{bad json,,true,not json\n",
      "1,D,,, \ttab \u00e9\u4e2d,,,1,\"disable_input, secure\",,,,,,,,,\n",
      "1,D,,2,yes,,,1,,,,,,,,,,\n3,D,,,- dash,,,,,,,,,,,,,\n2,D,,3,~,,,,,,,,,,,,,\n",
      "1,Q,odd,5,x,,,,,,,Cmd,,,,,,\n",
      "1,A,,,,,,,,,,Send,x,,,x,true~1|false~1|one very long value of a road that fills the line~1|"
      "another one that does so~1|and one more~1,\n",
  };
  for (const char* row : rows) EXPECT_EQ(there_and_back(header + row), header + row);
}

TEST(FlowConvert, KeepsTheColumnsOfTheFile) {
  const std::string old = "Message,Node Number,Node Type,Next Nodes,Answer Required?\nHi,1,D,,\n";
  EXPECT_EQ(there_and_back(old), old);
}

TEST(FlowConvert, NumbersWhatHasNamesAndRefusesWhatCsvCannotSay) {
  const auto csv = yaml_to_csv(
      {{"flows/main.flow.yaml",
        "nodes:\n  hello: Hi\n  which:\n    ask: Which?\n    buttons: [{A: hello}, {B: bye}]\n"
        "  bye: {say: Bye, end: true}\n"}});
  ASSERT_TRUE(csv.text);
  EXPECT_NE(csv.text->find("\n1,D,,,,,,2,Hi,"), std::string::npos) << *csv.text;
  EXPECT_NE(csv.text->find("A~1|B~3"), std::string::npos) << *csv.text;
  const auto typed = yaml_to_csv(
      {{"flows/main.flow.yaml",
        "nodes:\n  age: {ask: 'Age?', type: number, variable: AGE}\n  a: {if: [{when: AGE > 1, to: "
        "b}, {else: b}]}\n  b: Bye\n"}});
  ASSERT_FALSE(typed.text);
  ASSERT_EQ(typed.problems.size(), 2u) << typed.problems.at(0).describe();
  EXPECT_EQ(typed.problems[0].code, "not_in_csv");
  EXPECT_EQ(typed.problems[0].line, 2);
}

TEST(FlowFormat, LaysOutAndKeepsComments) {
  const auto formatted = format_yaml(
      "# top\n\n\n\nname:   'X'   # why\nlist:\n    - a\n    # before b\n    - {k: v,  n: '1'}\n"
      "text: \"two\\nlines\"\nblock: |\n   one # no comment\n   two\n"
      "nested:\n      deep:   [ 1,2 , 3 ]\n# end\n");
  ASSERT_TRUE(formatted) << formatted.error().describe();
  EXPECT_EQ(*formatted,
            "# top\n\nname: X  # why\nlist:\n  - a\n  # before b\n  - {k: v, n: '1'}\n"
            "text: |-\n  two\n  lines\nblock: \"one # no comment\\ntwo\\n\"\n"
            "nested:\n  deep: [1, 2, 3]\n# end\n");
  EXPECT_EQ(*format_yaml(*formatted), *formatted);
}

TEST(FlowFormat, RefusesWhatItWouldChange) {
  EXPECT_FALSE(format_yaml("a: [\n"));
  EXPECT_FALSE(format_yaml("a: 1\n---\nb: 2\n"));
  EXPECT_FALSE(format_yaml("[1, 2]: x\n"));
}

}  // namespace
}  // namespace millrace::flow
