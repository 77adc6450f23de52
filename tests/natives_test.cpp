// Every built-in command whose answer depends on its parameters, as a flow would use it.
#include <gtest/gtest.h>

#include "dialog/dialog.hpp"
#include "flow/flow.hpp"
#include "flow/natives.hpp"

namespace millrace::dialog {
namespace {

struct Case {
  std::string command;
  std::string parameters;
  std::map<std::string, std::string, std::less<>> variables;  // before
  std::string decision;                                       // the road taken
  std::map<std::string, std::string> after;                   // variables that must hold then
  json::object user_data = {};
};

std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

// Node 1 sets the variables, node 2 runs the command; each of its values leads to a node that says
// it.
flow::Program program(const Case& test) {
  const flow::NativeUse* native = flow::find_native(test.command);
  std::vector<std::string> values(native->values.begin(), native->values.end());
  if (std::ranges::find(values, test.decision) == values.end()) values.push_back(test.decision);
  if (test.decision != "error") values.push_back("error");
  std::string roads;
  std::string says;
  std::string names = "ZZ,N,S,U,F,L";
  int number = 10;
  for (const std::string& value : values) {
    roads += (roads.empty() ? "" : "|") + value + "~" + std::to_string(number);
    says += std::to_string(number++) + ",D,,," + in_quotes(value) + ",,,,,,,,,\n";
  }
  for (const auto& [name, value] : test.variables) names += (names.empty() ? "" : ",") + name;
  for (const auto& [name, value] : test.after) {
    if (!test.variables.contains(name)) names += "," + name;
  }
  const std::string decision(native->outputs.front());
  std::string csv =
      "Node Number,Node Type,Node Name,Next Nodes,Message,Rich Asset Type,Rich Asset Content,"
      "Answer Required?,Command,Parameter Input,Output,Decision Variable,What Next?,Variable\n";
  json::object set{{"ZZ", "1"}};
  for (const auto& [name, value] : test.variables) set[name] = value;
  csv += "1,A,,,,,,,AssignVariable," + in_quotes(json::serialize(json::object{{"set", set}})) +
         ",success,success,true~2|error~10," + in_quotes(names) + "\n";
  csv += "2,A,,,,,,," + test.command + "," + in_quotes(test.parameters) + "," + decision + "," +
         decision + "," + in_quotes(roads) + ",N\n" + says;
  auto compiled = flow::compile({{"templates/bot.csv", csv}}, {{"Probe"}, {}, {}});
  for (const flow::Problem& problem : compiled.problems) {
    if (problem.severity == flow::Severity::error) ADD_FAILURE() << problem.describe();
  }
  return compiled.program ? std::move(*compiled.program) : flow::Program{};
}

std::vector<Case> cases() {
  return {
      {"AssignVariable", R"({"set": {"PLAN": "gold"}})", {}, "true", {{"PLAN", "gold"}}},
      {"SysAssignVariable",
       R"({"set": {"PLAN": "{OLD}!"}})",
       {{"OLD", "a"}},
       "true",
       {{"PLAN", "a!"}}},
      {"SetVar",
       R"({"global_vars": "CITY", "input_var": "{TYPED}"})",
       {{"TYPED", "Rome"}},
       "true",
       {{"CITY", "Rome"}}},
      {"GetValue", R"({"global_vars": "CITY"})", {{"CITY", "Rome"}}, "true", {}},
      {"GetValue", R"({"global_vars": "CITY"})", {{"CITY", ""}}, "false", {}},
      {"VarCheck", R"({"global_var_name": "CITY"})", {{"CITY", "Rome"}}, "true", {}},
      {"VarCheck", R"({"global_var_name": "CITY"})", {{"CITY", ""}}, "false", {}},
      {"MultiVarCheck", R"({"global_vars": ["A", "B"]})", {{"A", "1"}, {"B", "2"}}, "all", {}},
      {"MultiVarCheck", R"({"global_vars": ["A", "B"]})", {{"A", "1"}, {"B", ""}}, "some", {}},
      {"MultiVarCheck", R"({"global_vars": ["A", "B"]})", {{"A", ""}, {"B", ""}}, "none", {}},
      {"SysSetEnv", R"({"set_env_as": "PLACE"})", {}, "true", {{"PLACE", "sandbox"}}},
      {"MultiMatchRouting",
       R"({"global_vars": "C", "input_vars": "Pay now,Later"})",
       {{"C", "pay NOW"}},
       "paynow",
       {}},
      {"MultiMatchRouting",
       R"({"global_vars": "C", "input_vars": "Pay now,Later"})",
       {{"C", "never"}},
       "false",
       {}},
      {"SelectionDestinations",
       R"({"global_var": "C", "match": {"Sales": "10"}})",
       {{"C", "Other"}},
       "no_match",
       {}},
      {"ValidateEmail", R"({"global_vars": "E"})", {{"E", "ada@example.com"}}, "true", {}},
      {"ValidateEmail", R"({"global_vars": "E"})", {{"E", "ada@"}}, "false", {}},
      {"ValidateRegex", R"({"regex": "^[A-Z]{2}$", "input": "{C}"})", {{"C", "AB"}}, "true", {}},
      {"ValidateRegex", R"({"regex": "^[A-Z]{2}$", "input": "{C}"})", {{"C", "ABC"}}, "false", {}},
      {"SearchTextForRegEx",
       R"({"input_text": "{S}", "regex": "[0-9]{3}", "output_var": "N"})",
       {{"S", "order 123 please"}},
       "true",
       {{"N", "123"}}},
      {"SearchTextForRegEx",
       R"({"input_text": "{S}", "regex": "[0-9]{3}", "output_var": "N"})",
       {{"S", "no order"}},
       "false",
       {}},
      {"ValidateDate",
       R"({"global_var_name": "D", "output_format": "%m-%d-%Y", "output_reformatted_date": "U"})",
       {{"D", "1990-12-10"}},
       "true",
       {{"U", "12-10-1990"}}},
      {"ValidateDate", R"({"global_var_name": "D"})", {{"D", "no date"}}, "false", {}},
      {"ValidatePhoneAndReturnStripped",
       R"({"original_phone_number": "P", "stripped_phone_number": "S"})",
       {{"P", "not a number"}},
       "false",
       {}},
      {"ParseFullName",
       R"({"fullname_input": "N", "firstname_output": "F", "lastname_output": "L"})",
       {{"N", "Ada Lovelace"}},
       "true",
       {{"F", "Ada"}, {"L", "Lovelace"}}},
      {"ParseFullName",
       R"({"fullname_input": "N", "firstname_output": "F", "lastname_output": "L"})",
       {{"N", "Ada"}},
       "only_firstname",
       {{"F", "Ada"}}},
      {"LimitCounter",
       R"({"global_var_name": "T", "limit": 3})",
       {{"T", "1"}},
       "continue",
       {{"T", "2"}}},
      {"FailCountCheck", R"({"global_var_name": "T", "limit": 2})", {{"T", "5"}}, "stop", {}},
      {"CheckLastURL", "", {}, "false", {}},
      {"BotToPlatform",
       R"({"schema": "please_reply_with", "requesting": "chatlog"})",
       {},
       "false",
       {}},
      {"GetEventsDate", R"({"type": "single"})", {}, "false", {}},
      {"EventsToGlobalVariableValues", R"({"event_mapping": {"f": {"a": "A"}}})", {}, "false", {}},
  };
}

TEST(DialogNatives, AnswerAsPublished) {
  for (const Case& test : cases()) {
    SCOPED_TRACE(test.command + " " + test.parameters + " -> " + test.decision);
    const flow::Program flow = program(test);
    if (flow.nodes.empty()) continue;
    const base::Id id = base::Id::derived("chat", "1");
    State state = open_chat(flow, {.chat = id, .consumer = id, .user_data = test.user_data});
    const auto turn = advance(flow, state, {{1'767'323'045'000}, Said{"1", "hi", true}});
    ASSERT_TRUE(turn);
    std::string said;
    for (const Effect& effect : turn->effects) {
      if (const auto* say = std::get_if<Say>(&effect)) said += say->message.text;
    }
    EXPECT_EQ(said, test.decision);
    for (const auto& [name, value] : test.after) {
      const auto found = turn->state.variables.find(name);
      EXPECT_EQ(found == turn->state.variables.end() ? "(not set)" : found->second, value) << name;
    }
  }
}

}  // namespace
}  // namespace millrace::dialog
