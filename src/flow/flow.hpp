// The program of a conversation: what a solution's files say, compiled, checked and immutable.
// compile() takes the files as text and gives a Program together with every problem found, each at
// its file, row and with a remedy; it reads no disk and runs no script. The rules are those of the
// published CSV format (reference: studio-and-action-nodes.md 4); what the engine cannot do yet is
// refused here, before a consumer meets it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "flow/natives.hpp"
#include "flow/text_template.hpp"

namespace millrace::flow {

using NodeNumber = int32_t;

// A text in every locale of the solution, index 0 being the default locale.
using Localized = std::vector<Template>;

struct Button {
  Localized label;
  NodeNumber target = 0;
};

// D: shows something, and either goes on or waits for the consumer.
struct DialogNode {
  Localized message;  // empty template: nothing is shown
  std::vector<Button> buttons;
  bool waits = false;           // Answer Required?
  bool input_disabled = false;  // behaviour disable_input: only the buttons answer
  std::string variable;         // receives the answer; "" when nowhere
  std::optional<NodeNumber> next;
};

// An output of an earlier node handed on: payload[key] = that node's answer or result.
struct NodeInput {
  std::string key;
  NodeNumber node = 0;
};

struct Road {
  std::string value;  // of the decision variable; compared exactly
  NodeNumber target = 0;
};

// A place in a payload whose text depends on the conversation or on the environment.
struct PayloadSlot {
  json::array path;  // keys and indexes from the root
  Template text;
};

// A: runs a command and goes where its result says.
struct ActionNode {
  std::string command;
  std::optional<Native> native;  // built in; otherwise a script of the solution
  json::object payload;          // Parameter Input with its slots still as written
  std::vector<PayloadSlot> slots;
  std::vector<NodeInput> inputs;
  std::vector<std::string> outputs;
  std::string decision;  // "" means: no decision; the only road is taken
  std::vector<Road> roads;
  std::vector<std::string> variables;

  // The road for a value, or nullptr.
  const Road* road(std::string_view value) const;
};

struct Node {
  NodeNumber number = 0;
  std::string name;
  int row = 0;  // line of the CSV file where the node begins
  std::variant<DialogNode, ActionNode> does;
};

constexpr NodeNumber kStartNode = 1;
constexpr NodeNumber kErrorHandlerNode = -500;  // reference: studio-and-action-nodes.md 4.7
constexpr NodeNumber kCrashHandlerNode = -585;

struct Program {
  std::string hash;      // of everything the solution's files say; 32 hexadecimal digits
  std::string solution;  // its name
  std::vector<std::string> locales;  // [0] is the default
  int opening_wait_ms = 0;  // how long a started chat waits for the consumer to speak first
  int action_time_limit_ms = 10'000;
  std::vector<std::string> environment_variables;  // names handed to the scripts
  std::unordered_map<NodeNumber, Node> nodes;
  Localized apology;          // said when a failure has no road of its own
  std::set<NodeNumber> kept;  // nodes whose answer or result a later Node Input asks for

  const Node* find(NodeNumber number) const;
  // The index of the best locale for a request such as "pt-BR" or "pt-PT,pt;q=0.9,en;q=0.8".
  size_t choose_locale(std::string_view requested) const;
};

enum class Severity { warning, error };

// What is wrong, where, and what to do about it.
struct Problem {
  Severity severity = Severity::error;
  std::string file;    // relative to the solution's folder
  int line = 0;        // 1-based; 0 when the whole file is meant
  std::string column;  // CSV column header, or a key; may be empty
  std::string code;    // stable, e.g. "target_missing"
  std::string message;
  std::string remedy;   // may be empty
  NodeNumber node = 0;  // 0 when no node is meant

  // "templates/bot.csv:7: What Next?: no node 12 (add it, or ...)"
  std::string describe() const;
};

// The solution's files: path relative to its folder -> content.
using Files = std::map<std::string, std::string>;

// What only Python can tell about a solution: app.py's constants and its scripts.
struct AppFacts {
  std::vector<std::string> csv_bots;
  std::map<std::string, std::set<std::string>> environments;  // PARAMS: environment -> keys
  std::set<std::string> scripts;                              // commands with a usable class
};

struct Compilation {
  std::optional<Program> program;  // absent when there is any error
  std::vector<Problem> problems;   // in the order of the files and rows
};

Compilation compile(const Files& files, const AppFacts& facts);

// The names under `environment:` in solution.yaml, as far as it can be read.
std::vector<std::string> declared_environment(const Files& files);

// True for the files that make up a version; others (tests, layout, notes) do not count.
bool is_part_of_version(std::string_view path);

}  // namespace millrace::flow
