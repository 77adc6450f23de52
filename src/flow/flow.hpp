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

#include "ask/ask.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
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

// An intent and what people say for it, until an NLU takes over: a message matches when it says one
// of the utterances and little else.
struct Intent {
  std::string name;
  std::vector<std::string> utterances;
};

// What people say beside the point, and whether the solution wants it understood.
struct Asides {
  std::set<ask::Command> off;
  std::vector<std::vector<ask::OwnPhrases>> own;  // by locale
  std::map<ask::Command, NodeNumber> nodes;       // where a command leads instead of the default
};

struct Silence {
  std::vector<Reminder> reminders;  // where the ask has none of its own
  int64_t abandon_after_ms = 0;     // of silence, since the last reminder; 0: never
};

// What is done about a command that fails; solution.yaml: actions.commands.<Name>.
struct CommandSettings {
  int time_limit_ms = 0;  // 0: the solution's
  int attempts_max = 1;
  std::vector<std::string> retry;  // outcomes: timed_out, crashed, raised, refused
  int64_t backoff_base_ms = 200;
  int64_t backoff_cap_ms = 60'000;
  int concurrency_max = 0;  // 0: no bound
  int breaker_failures_percent = 50;
  int breaker_calls_min = 20;
  int64_t breaker_window_ms = 10'000;
  int64_t breaker_open_ms = 5'000;
};

// Somebody outside to whom turns can owe something.
struct Receiver {
  const delivery::Kind* kind = nullptr;
  // As solution.yaml has them, places to fill included: by environment (sandbox, live), or under ""
  // for every one.
  std::map<std::string, delivery::Settings, std::less<>> settings;
  bool resends_ambiguous = false;  // what may have arrived; otherwise it is held

  // nullptr when nothing is said for that environment.
  const delivery::Settings* in(std::string_view environment) const;
};

// How many days what people leave behind is kept (solution.yaml: retention).
struct Retention {
  static constexpr int kDaysMax = 36'500;
  static constexpr int64_t kDayMs = 24LL * 60 * 60 * 1000;
  int transcripts_days = 365;  // after the last turn of a chat
  int variables_days = 365;    // after a person's last turn; not less than the transcripts
  int traces_days = 0;         // 0 = as the server keeps them (calls::TraceLimits)
  int deliveries_days = 7;     // of what has arrived, was refused or dropped
};

struct Program {
  std::string hash;      // of everything the solution's files say; 32 hexadecimal digits
  std::string solution;  // its name
  std::string survey;    // name of the solution that follows when this one has ended; may be empty
  std::vector<std::string> locales;          // [0] is the default
  int64_t agent_wait_limit_ms = 5 * 60'000;  // how long a chat waits for an agent to take it
  Retention retention;
  int opening_wait_ms = 0;  // how long a started chat waits for the consumer to speak first
  int action_time_limit_ms = 10'000;
  int64_t action_progress_after_ms = 0;              // then the consumer is told; 0: never
  int64_t action_pending_limit_ms = 24 * 3'600'000;  // what a script left pending may take
  std::map<std::string, CommandSettings, std::less<>> commands;
  std::vector<std::string> egress_allowed;  // hosts that scripts may reach; ${env:NAME} allowed
  std::string egress_ca_file;               // of the solution's; trusted instead of the system's
  std::map<std::string, Receiver, std::less<>> receivers;  // by name: a kind's, or "kind:name"
  std::string track;       // the receiver of analytics events; "": they are only kept, for reports
  std::string hand_overs;  // the receiver that is told of them; "": nobody is
  // Channels whose messages are sent, and the receivers that have them.
  std::map<std::string, std::string, std::less<>> pushed;
  int interruptions_max = 4;          // questions left open by intents, one in the other
  std::vector<std::string> channels;  // whose limits are checked
  std::vector<std::string> environment_variables;  // names handed to the scripts
  std::vector<std::string> origins;  // pages of others that may talk to it: web::is_origin_pattern
  std::string rest_key;              // of the REST channel; holds ${secret:NAME}; "" = none
  NodeNumber start = kStartNode;
  std::unordered_map<NodeNumber, Node> nodes;
  std::unordered_map<std::string, NodeNumber> by_id;
  std::vector<std::vector<Intent>> intents;  // by locale
  std::map<std::string, NodeNumber, std::less<>> intent_nodes;
  Asides asides;
  Silence silence;
  std::map<std::string, Localized, std::less<>> texts;  // ask::stock_keys(), worded by the solution
  std::map<std::string, NodeNumber, std::less<>> asked;  // variable -> the typed ask that fills it
  std::set<NodeNumber> kept;    // nodes whose answer or result a later node asks for
  std::set<NodeNumber> broken;  // written, and too wrong to be read; empty in a sound program

  const Node* find(NodeNumber number) const;
  // What Millrace says by itself: the solution's wording, else the stock text.
  const Template& text(std::string_view key, size_t locale) const;
  // The index of the best locale for a request such as "pt-BR" or "pt-PT,pt;q=0.9,en;q=0.8".
  size_t choose_locale(std::string_view requested) const;
};

enum class Severity { warning, error };

// What is wrong, where, and what to do about it.
struct Problem {
  Severity severity = Severity::error;
  std::string file;    // relative to the solution's folder
  int line = 0;        // 1-based; 0 when the whole file is meant
  int position = 0;    // 1-based column of that line, in bytes; 0 when not known
  int length = 0;      // of what is meant, in bytes on that line; 0 when not known
  std::string column;  // CSV column header, or a key; may be empty
  std::string code;    // stable, e.g. "target_missing"
  std::string message;
  std::string remedy;   // may be empty
  NodeNumber node = 0;  // 0 when no node is meant
  std::string node_id;  // of a node without a number of its own

  // "templates/bot.csv:7:31: error: node 4: What Next?: no node 12 (add it) [target_missing]"
  std::string describe() const;
  json::object to_json() const;
};

// The solution's files: path relative to its folder -> content.
using Files = std::map<std::string, std::string>;

// What the files alone do not tell about a solution: app.py's constants and its scripts, and which
// kinds of receivers there are.
struct AppFacts {
  std::vector<std::string> csv_bots;
  std::map<std::string, std::set<std::string>> environments;  // PARAMS: environment -> keys
  std::set<std::string> scripts;                              // commands with a usable class
  std::set<std::string> repeatable;                           // those that say repeatable = True
  delivery::Kinds kinds;
};

struct Compilation {
  std::optional<Program> program;  // absent when there is any error
  std::vector<Problem> problems;   // in the order of the files and rows
};

Compilation compile(const Files& files, const AppFacts& facts);

// Every node's id and the text it is written with, without comments: equal texts are equal nodes.
std::map<std::string, std::string> node_sources(const Files& files);

// What solution.yaml says, as far as it can be read, in a program without nodes.
Program declared_settings(const Files& files, delivery::Kinds kinds = {});
// The names under `environment:` of it.
std::vector<std::string> declared_environment(const Files& files);

// True for the files that make up a version; others (tests, layout, notes) do not count.
bool is_part_of_version(std::string_view path);

}  // namespace millrace::flow
