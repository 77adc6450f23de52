// A solution's own tests: conversations in tests/*.test.yaml, run against the engine with a clock
// of their own and actions that answer what the test says. Pure: no script runs, nothing leaves.
// The format is described in docs/testing.md.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "dialog/dialog.hpp"
#include "flow/flow.hpp"

namespace millrace::trial {

// How a stubbed action ends.
struct Stub {
  dialog::CallEnd end = dialog::CallEnd::returned;
  json::object result;
  std::string message;
};

// What is wanted of one message of the bot. Exactly one of text, contains and pattern is set, or
// none of them when only the buttons matter.
struct Expected {
  std::string text;
  std::string contains;
  std::string pattern;               // ECMAScript regular expression, found anywhere
  std::vector<std::string> buttons;  // labels of the asset's options, in order
  bool any_text = false;             // only the buttons are looked at
};

struct Start {};
struct Say {
  std::string text;
};
struct Wait {
  int64_t ms = 0;
};
struct ExpectMessage {
  Expected expected;
};
// The next call made that has not been looked at: its command, and what its payload has among
// others.
struct ExpectCall {
  std::string command;
  json::object payload;
};
struct ExpectVariables {
  std::map<std::string, std::string> values;
};
// An analytics event of that name, with at least these properties.
struct ExpectEvent {
  std::string name;
  json::object properties;
};
struct ExpectEnd {
  std::string reason;  // "": any
};
struct PageEvent {
  std::string name;
  json::object detail;
};

// The side of the agents: one joins the chat that waits, says something, leaves; or nobody comes.
struct AgentDoes {
  enum class What { joins, says, leaves, unavailable };
  What what = What::joins;
  std::string text;  // says
};
// The chat waits for an agent with that skill, or talks with one.
struct ExpectHandOver {
  std::string skill;  // "": any
};

struct Step {
  int line = 0;
  std::variant<Start, Say, Wait, ExpectMessage, ExpectCall, ExpectVariables, ExpectEvent, ExpectEnd,
               PageEvent, AgentDoes, ExpectHandOver>
      does;
};

struct Test {
  std::string name;
  std::string file;
  int line = 0;
  std::string locale;
  base::Timestamp at;  // when the chat begins
  bool strict = true;  // everything the bot says must be expected
  json::object user_data;
  std::map<std::string, std::string> variables;      // set before the first step
  std::map<std::string, std::vector<Stub>> actions;  // by command, in order; the last repeats
  std::vector<Step> steps;
};

struct TestFile {
  std::vector<Test> tests;
  std::vector<flow::Problem> problems;  // then `tests` has only what could be read
};

// The tests of one file. Problems carry file, line and remedy; the text comes from the author.
TestFile read_tests(const std::string& path, const std::string& text);
// The JSON Schema of such a file, laid out for people.
std::string test_schema();

// Which nodes and branches some runs have taken.
class Coverage {
 public:
  using Road = std::tuple<flow::NodeNumber, flow::RoadKind, int>;
  explicit Coverage(const flow::Program& program);

  void add(const dialog::Turn& turn);
  void add(const Coverage& other);  // of the same program
  bool has_node(flow::NodeNumber number) const { return nodes_.contains(number); }
  bool has_road(const Road& road) const { return roads_.contains(road); }
  size_t nodes_all() const { return program_->nodes.size(); }
  size_t nodes_seen() const { return nodes_.size(); }
  size_t roads_all() const { return roads_all_; }
  size_t roads_seen() const { return roads_.size(); }
  // Of branches; of nodes where the program has none. 100 when all.
  double percent() const;
  const flow::Program& program() const { return *program_; }

 private:
  const flow::Program* program_;
  size_t roads_all_ = 0;
  std::set<flow::NodeNumber> nodes_;
  std::set<Road> roads_;
};

struct Outcome {
  const Test* test = nullptr;
  bool passed = false;
  double seconds = 0;      // it took, as far as whoever ran it has noted
  int line = 0;            // of the step that failed
  std::string failure;     // what was wanted and what came instead
  std::string transcript;  // "> said" and "< answered", one line each
};

// Plays one test. Thread-safe: the program is only read. `reader` reads what is said, where the
// solution has a model.
Outcome run(const flow::Program& program, const Test& test, Coverage& coverage,
            const dialog::Reader* reader = nullptr);

// Reports. `seconds` is how long all took.
std::string text_report(const std::vector<Outcome>& outcomes, const Coverage& coverage,
                        double seconds, bool colour);
std::string junit_report(const std::vector<Outcome>& outcomes, std::string_view solution,
                         double seconds);
// One self-contained page: the flow drawn, what no test came along marked and listed.
std::string html_report(const std::vector<Outcome>& outcomes, const Coverage& coverage);

}  // namespace millrace::trial
