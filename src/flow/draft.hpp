// A node as its author wrote it, before it is understood: the cells of the published columns,
// whichever notation they came from, and what only YAML can say. Both notations become drafts;
// everything behind this point knows one language.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "flow/columns.hpp"

namespace millrace::flow {

struct Cell {
  std::string text;  // as written, white space included
  int line = 0;
  int position = 0;  // 1-based column of the line
};

// A node named in a place of a YAML file.
struct TargetText {
  std::string text;
  int line = 0;
  int position = 0;
};

// What only YAML flows can say about a node.
struct YamlNode {
  enum class Kind { plain, branch, set, call, ret, pause };
  struct Case {
    Expression condition;
    TargetText target;
  };
  Kind kind = Kind::plain;
  std::vector<std::string> variants;  // further texts for Message
  std::optional<Ask> ask;             // its texts in the default locale
  std::optional<TargetText> on_fail;
  std::optional<TargetText> on_silence;
  std::vector<std::vector<std::string>> synonyms;  // by option of the asset
  std::vector<Case> cases;                         // branch
  std::optional<TargetText> otherwise;             // branch
  std::vector<SetNode::Assignment> assignments;    // set
  std::optional<TargetText> call;
  int64_t wait_ms = 0;  // pause
  bool ends = false;    // "end: true"
  std::string was;
};

struct Draft {
  std::string file;
  std::string flow;  // "bot" for the CSV file
  std::string id;    // as Node::id
  NodeNumber number = 0;
  int line = 0;
  std::array<Cell, kColumnCount> cells;
  std::shared_ptr<YamlNode> yaml;  // null for the CSV file

  Cell& operator[](Column column) { return cells[static_cast<size_t>(column)]; }
  const Cell& operator[](Column column) const { return cells[static_cast<size_t>(column)]; }
};

// Which node a text means: a number, an id of the same flow, "flow.node", or a flow's name (its
// first node).
class Targets {
 public:
  explicit Targets(const std::vector<Draft>& drafts);
  std::optional<NodeNumber> find(std::string_view flow, std::string_view text) const;
  // Everything that could have been meant, for did_you_mean().
  std::vector<std::string> names(std::string_view flow) const;
  // False for the CSV file, where only numbers name nodes.
  static bool has_names(std::string_view flow) { return flow != kCsvFlow; }
  static constexpr std::string_view kCsvFlow = "bot";

  void add(std::string name, NodeNumber number) { ids_.try_emplace(std::move(name), number); }

 private:
  std::unordered_map<std::string, NodeNumber> ids_;
};

// A draft's cells as the parsers see them, with complaints filed at the cell.
class Cells {
 public:
  Cells(const Draft& draft, const Targets& targets, Problems& problems)
      : draft_(draft), targets_(targets), problems_(problems) {}

  // The cell without white space around it; "" when the column or the cell is missing.
  std::string_view operator[](Column column) const;
  bool has(Column column) const { return !(*this)[column].empty(); }
  const Draft& draft() const { return draft_; }
  bool has_error() const { return problems_.has_error_at(draft_.number); }
  bool is_yaml() const { return draft_.yaml != nullptr; }

  std::optional<NodeNumber> target(std::string_view text) const;
  // Like target(), and files what is wrong at the column.
  std::optional<NodeNumber> target(Column column, std::string_view text) const;
  std::optional<NodeNumber> target(const TargetText& text, std::string_view key) const;

  void error(Column column, std::string code, std::string message, std::string remedy = {}) const;
  void warning(Column column, std::string code, std::string message, std::string remedy = {}) const;

 private:
  Problem problem(Column column, std::string code, std::string message, std::string remedy) const;

  const Draft& draft_;
  const Targets& targets_;
  Problems& problems_;
};

// templates/bot.csv and flows/*.flow.yaml -> drafts, in the order of files and rows. `names` gets
// what else names a node: a form stands for its first question.
struct Drafts {
  std::vector<Draft> nodes;
  std::vector<std::pair<std::string, NodeNumber>> names;  // "flow.form" -> first question
};
Drafts read_drafts(const Files& files, Problems& problems);
void read_csv_drafts(const std::string& text, Drafts& drafts, Problems& problems);
void read_yaml_drafts(const std::string& path, const std::string& text, NodeNumber& next_number,
                      Drafts& drafts, Problems& problems);

// A global variable's name, a list of them, a number as authors write it.
std::optional<NodeNumber> parse_number(std::string_view text);

}  // namespace millrace::flow
