// The nodes of a conversation: what each says, asks, runs or decides, and where it leads. Values
// that never change once a program is compiled (program.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ask/ask.hpp"
#include "base/json.hpp"
#include "delivery/kind.hpp"
#include "flow/expression.hpp"
#include "flow/natives.hpp"
#include "flow/text_template.hpp"

namespace millrace::flow {

using NodeNumber = int32_t;

// A text in every locale of the solution, index 0 being the default locale.
using Localized = std::vector<Template>;

// One thing to choose. Without a target the node's `next` follows.
struct Option {
  Localized label;
  Localized description;
  Template image;
  Template url;      // opens this page instead of answering
  std::string icon;  // FontAwesome classes
  std::vector<std::string> synonyms;
  std::optional<NodeNumber> target;
};

struct Card {
  Localized title;
  Localized description;
  Template image;
  std::vector<Option> buttons;
};

// The output of an earlier node that a rich asset is filled from at run time.
struct AssetSource {
  NodeNumber node = 0;
  std::string key;
};

enum class AssetType {
  none,
  button,
  quick_reply,
  list_picker,
  image_button,
  carousel,
  selection,
  webview,
  file_upload,
  date_picker,
  time_picker,
  star_rating,
};

// reference: studio-and-action-nodes.md 4.4. Members that do not belong to the type are empty.
struct RichAsset {
  AssetType type = AssetType::none;
  std::vector<Option> options;
  std::vector<Card> cards;
  std::optional<AssetSource> source;  // instead of options or cards
  bool multiple = false;              // selection: several may be chosen
  bool embedded = false;              // webview: shown inside the conversation
  int height = 0;                     // of an embedded page, in pixels; 0 = the channel decides
  Template url;
  Localized label;          // webview, file_upload
  Localized cancel_label;   // file_upload
  Localized close_message;  // webview
  Localized prompt;         // pickers
  std::string upload_script;
};

struct Reminder {
  int64_t after_ms = 0;  // of silence, since the question or the reminder before
  Localized text;        // empty: the stock text
};

// How an answer is read. CSV programs have none: any text answers.
struct Ask {
  ask::Rules rules;
  Localized subject;               // what is asked for, in a consumer's words: "e-mail"
  std::vector<Localized> retries;  // by attempt, the last one repeated; none: the stock text
  int tries_max = 0;               // 0: as many as it takes
  std::optional<NodeNumber> on_fail;
  Localized why;
  std::vector<Reminder> reminders;
  std::optional<NodeNumber> on_silence;  // after the last reminder went unanswered
  bool skip_when_known = false;          // not asked when its variable has a value
};

// Where the chat goes when nobody takes over. One of the two stands for the other where that is not
// drawn; where neither is, the consumer is told and the chat goes back, or ends.
struct HandOverRoads {
  std::optional<NodeNumber> unavailable;
  std::optional<NodeNumber> timeout;
};

// D: shows something, and either goes on or waits for the consumer.
struct DialogNode {
  std::vector<Localized> messages;  // variants, of which one is said; none: nothing is shown
  RichAsset asset;
  bool waits = false;           // Answer Required?
  bool nlu_disabled = false;    // NLU Disabled?
  bool input_disabled = false;  // behaviour disable_input: only the asset answers
  bool secure = false;          // behaviour secure: the answer is masked and never kept in clear
  bool transfers = false;       // behaviour xfer_to_agent; `next` follows when the agent leaves
  HandOverRoads hand_over;      // of one that transfers
  bool returns = false;         // without `next`: back to the flow that called or was interrupted
  std::string variable;         // receives the answer; "" when nowhere
  std::string entity;           // what of a message answers it: a slot, or a kind; "" when nothing
  int threshold_permille = 0;   // of an intent that leads away from here; 0: the solution's
  std::optional<NodeNumber> next;
  std::optional<Ask> ask;
  std::string css_class;
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
  std::optional<Native> native;  // built in; otherwise a script of the solution, ...
  delivery::KindCommand owes;    // ... unless it owes something to a receiver of that kind
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

// The kinds below are written in YAML flows only (docs/flows.md).

// The first case that holds is taken, else `otherwise`.
struct BranchNode {
  struct Case {
    Expression condition;
    NodeNumber target = 0;
  };
  std::vector<Case> cases;
  NodeNumber otherwise = 0;
};

struct SetNode {
  struct Assignment {
    std::string variable;
    std::variant<Template, Expression> value;
  };
  std::vector<Assignment> assignments;  // in the order written
  std::optional<NodeNumber> next;
};

// Runs another flow and goes on where it returns.
struct CallNode {
  NodeNumber target = 0;
  NodeNumber next = 0;
};

struct ReturnNode {};

struct PauseNode {
  int64_t wait_ms = 0;
  std::optional<NodeNumber> next;
};

// What the Event column says (reference: studio-and-action-nodes.md 4.9).
struct EventSpec {
  std::string name;
  std::vector<std::pair<std::string, Template>> properties;  // of this event only
  std::vector<std::pair<std::string, Template>> global_set;  // of this and all later events
  std::vector<std::string> global_unset;
  std::map<std::string, int> retention_days;  // marks personal data
  bool hide_user_text = false;
  bool hide_app_text = false;
  std::map<std::string, EventSpec> by_road;  // conditional_events: What Next value -> event
};

struct Node {
  NodeNumber number = 0;
  std::string id;  // "10" in a CSV flow, "flow.node" in a YAML flow: the same in every version
  std::string name;
  std::string file;
  int row = 0;  // line of the file where the node begins
  std::variant<DialogNode, ActionNode, BranchNode, SetNode, CallNode, ReturnNode, PauseNode> does;
  std::string intent;                  // matching it leads here
  std::vector<std::string> tags;       // Node Tags
  std::vector<std::string> flow_tags;  // Flows
  std::string skill;                   // Skill Tag, for the hand-over to an agent
  std::optional<EventSpec> event;
  std::string was;  // the id this node had in an earlier version
};

// A way out of a node. `index` counts within its kind.
enum class RoadKind {
  next,
  option,
  result,
  branch,
  otherwise,
  fail,
  silence,
  call,
  unavailable,
  timeout
};
struct Outgoing {
  RoadKind kind = RoadKind::next;
  int index = 0;
  std::string label;  // for people: "next", a button's label, a value of What Next?
  NodeNumber target = 0;
};
// Every way out, in the order written. Returning from a flow and intents are not among them.
std::vector<Outgoing> roads_of(const Node& node);

constexpr NodeNumber kStartNode = 1;
constexpr NodeNumber kErrorHandlerNode = -500;  // reference: studio-and-action-nodes.md 4.7
constexpr NodeNumber kCrashHandlerNode = -585;
constexpr NodeNumber kFirstYamlNumber = 1'000'000'000;  // YAML nodes without a number of their own
inline constexpr std::string_view kOutOfScope = "out_of_scope";

}  // namespace millrace::flow
