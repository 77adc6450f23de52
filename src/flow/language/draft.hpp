// A node as its author wrote it, typed, every value with its place: what cells of bot.csv and YAML
// both become. Names of nodes are still text; everything behind this point knows one model.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "flow/csv/columns.hpp"
#include "flow/language/tree.hpp"

namespace millrace::flow {

struct Cell {
  std::string text;  // as written, white space included
  Place at;
  bool quoted = false;
  bool in_csv = false;  // its text stands in the file as it is, but for doubled quotes
};

// The cells of one row; in a YAML flow those written as cells.
struct CellRow {
  std::array<Cell, kColumnCount> cells;
  std::array<bool, kColumnCount> written{};

  Cell& operator[](Column column) { return cells[static_cast<size_t>(column)]; }
  const Cell& operator[](Column column) const { return cells[static_cast<size_t>(column)]; }
  bool has(Column column) const { return written[static_cast<size_t>(column)]; }
  void put(Column column, Cell cell) {
    written[static_cast<size_t>(column)] = true;
    (*this)[column] = std::move(cell);
  }
};

// A value and the node it is about: a road, an input.
struct PairDraft {
  Text value;
  Text node;
};
using PairList = Sourced<std::vector<PairDraft>>;

struct OptionDraft {
  Place at;
  Text label, description, image, url, icon, node;
  bool node_is_integer = false;  // JSON's number
  std::vector<Text> synonyms;
};

struct CardDraft {
  Place at;
  Text title, description, image;
  std::vector<OptionDraft> buttons;
};

struct AssetDraft {
  Text kind;  // as Rich Asset Type has it
  AssetType type = AssetType::none;
  Place at;  // of its content
  std::vector<OptionDraft> options;
  std::vector<CardDraft> cards;
  std::optional<PairDraft> source;  // an output and its node, instead of options or cards
  Text url, label, cancel_label, close_message, prompt, upload_script;
  std::optional<Tree> fields;  // where it was written as such
  bool unread = false;         // something of it could not be read, and was complained about
};

struct ReminderDraft {
  int64_t after_ms = 0;
  Text text;
};

struct AskDraft {
  ask::Rules rules;
  Place min_at, earliest_at;
  Sourced<int> tries_max;
  std::vector<Text> retries;
  Text why, subject, on_fail, on_silence;
  std::vector<ReminderDraft> reminders;
  bool skip_when_known = false;
};

struct CaseDraft {
  Sourced<Expression> condition;
  Text node;
};

struct AssignmentDraft {
  std::string variable;
  Text text;
  std::optional<Expression> expression;  // instead of the text
};

struct Draft {
  enum class Kind { unknown, dialog, action, branch, set, call, ret, pause };

  std::string file;
  std::string flow;  // "bot" for the CSV file
  std::string id;    // as Node::id
  std::string key;   // of a YAML flow, as written
  NodeNumber number = 0;
  Place at;
  int lines_before = 0;  // of the file, before the line that its places count from
  bool is_yaml = false;
  Kind kind = Kind::unknown;

  Text name, intent, entity_type, entity, platform, description, skill, css, was;
  TextList tags, flows;
  std::optional<Tree> event;
  std::optional<NodeNumber> behind;  // without `next` the node that stands behind it follows
  Text next;
  bool ends = false;

  // dialog
  std::vector<Text> messages;  // wordings of one message
  Sourced<bool> waits, nlu_disabled, secure;
  Sourced<int> nlu_threshold;  // of a thousand
  TextList behaviours;
  std::optional<AssetDraft> asset;
  std::optional<AskDraft> ask;
  TextList variables;  // of an action too, and of `set`

  // action
  Text command, comment, decide;
  std::optional<Tree> payload;
  PairList inputs, roads;
  TextList outputs;

  // branch, set, call, pause
  std::vector<CaseDraft> cases;
  Text otherwise;
  std::vector<AssignmentDraft> assignments;
  Text call;
  int64_t wait_ms = 0;

  std::shared_ptr<CellRow> cells;  // kept to be written back as they are; null when there are none

  int line() const { return at.line + lines_before; }  // of the file
};

// A place of the draft by the lines of its file.
inline Place in_file(const Draft& draft, Place at) {
  if (at.given()) at.line += draft.lines_before;
  return at;
}

// Which node a text means: a number, an id of the same flow, "flow.node", or a flow's name (its
// first node).
class Targets {
 public:
  std::optional<NodeNumber> find(std::string_view flow, std::string_view text) const;
  bool exists(NodeNumber number) const { return numbers_.contains(number); }
  // Everything that could have been meant, for did_you_mean().
  const std::vector<std::string>& names(const std::string& flow) const;
  static constexpr std::string_view kCsvFlow = "bot";

  void add(const Draft& draft);
  void add(std::string name, NodeNumber number) { ids_.try_emplace(std::move(name), number); }

 private:
  std::unordered_map<std::string, NodeNumber> ids_;
  std::unordered_set<NodeNumber> numbers_;
  mutable std::map<std::string, std::vector<std::string>> names_;  // by flow, once asked for
};

// At that place of the draft, by the lines of its file; where it begins when the place was not
// written.
Problem problem_in(const Draft& draft, const Place& at, std::string code, std::string message,
                   std::string remedy = {});
// Where something of that column stands or would stand, by the author's own word for it.
Place place_of(const Draft& draft, Column column, const Place& written = {});

// Letters, digits, _ and -, at most 64 of them.
bool is_node_name(std::string_view text);

// A node number as authors write it: Google Sheets puts an apostrophe before a negative one.
std::optional<NodeNumber> parse_number(std::string_view text);

}  // namespace millrace::flow
