// One node of a YAML flow -> its draft.
#pragma once

#include "flow/language/draft.hpp"
#include "flow/yaml.hpp"
#include "flow/yaml/yaml_keys.hpp"

namespace millrace::flow {

class NodeReader {
 public:
  NodeReader(YamlFile& file, Draft& draft, Problems& in_cells)
      : file_(file), draft_(draft), in_cells_(in_cells) {}

  // A map of keys.
  void read(const YAML::Node& map, const std::string& name);
  // "welcome: Hello!" and, in a form, "FIRST_NAME: What is your first name?"
  void say_plainly(const YamlPair& entry);
  void ask_plainly(const YamlPair& entry);

  // The node says nothing about where it leads: the one behind it follows.
  bool falls_through() const { return falls_through_; }
  // What it does besides what it says, as a node of its own that follows; what it says stays.
  std::optional<Draft> take_second();

  struct NodeKey : Key {
    void (NodeReader::*read)(const YamlPair& pair, const NodeKey& key) = nullptr;
    Text Draft::* text = nullptr;
    TextList Draft::* list = nullptr;
  };
  static std::span<const NodeKey> keys();

 private:
  static const NodeKey kKeys[];

  // Readers named in the table of keys.
  void read_text(const YamlPair& pair, const NodeKey& key);
  void read_list(const YamlPair& pair, const NodeKey& key);
  void read_say(const YamlPair& pair, const NodeKey& key);
  void read_ask(const YamlPair& pair, const NodeKey& key);
  void read_do(const YamlPair& pair, const NodeKey& key);
  void read_if(const YamlPair& pair, const NodeKey& key);
  void read_set(const YamlPair& pair, const NodeKey& key);
  void read_call(const YamlPair& pair, const NodeKey& key);
  void read_return(const YamlPair& pair, const NodeKey& key);
  void read_wait(const YamlPair& pair, const NodeKey& key);
  void read_form(const YamlPair& pair, const NodeKey& key);
  void read_next(const YamlPair& pair, const NodeKey& key);
  void read_end(const YamlPair& pair, const NodeKey& key);
  void read_event(const YamlPair& pair, const NodeKey& key);
  void read_raw_cells(const YamlPair& pair, const NodeKey& key);
  void read_variable(const YamlPair& pair, const NodeKey& key);
  void read_nlu_threshold(const YamlPair& pair, const NodeKey& key);
  void read_nlu(const YamlPair& pair, const NodeKey& key);
  void read_behaviours(const YamlPair& pair, const NodeKey& key);
  void read_secure(const YamlPair& pair, const NodeKey& key);
  void read_buttons(const YamlPair& pair, const NodeKey& key);
  void read_asset(const YamlPair& pair, const NodeKey& key);
  void read_with(const YamlPair& pair, const NodeKey& key);
  void read_inputs(const YamlPair& pair, const NodeKey& key);
  void read_on(const YamlPair& pair, const NodeKey& key);
  void read_type(const YamlPair& pair, const NodeKey& key);
  void read_retry(const YamlPair& pair, const NodeKey& key);
  void read_number_rule(const YamlPair& pair, const NodeKey& key);
  void read_integer_rule(const YamlPair& pair, const NodeKey& key);
  void read_truth_rule(const YamlPair& pair, const NodeKey& key);
  void read_day_rule(const YamlPair& pair, const NodeKey& key);
  void read_text_rule(const YamlPair& pair, const NodeKey& key);
  void read_ask_text(const YamlPair& pair, const NodeKey& key);
  void read_reminders(const YamlPair& pair, const NodeKey& key);
  void read_choices(const YamlPair& pair, const NodeKey& key);
  void read_show(const YamlPair& pair, const NodeKey& key);

  void read_choice_list(const YamlPair& pair, const NodeKey& key);
  std::optional<OptionDraft> read_choice(const YAML::Node& item, const NodeKey& key);
  PairList read_pairs(const YamlPair& pair, const NodeKey& key);
  void put_cell(Column column, const YamlPair& pair, std::string_view key);
  void does(Draft::Kind kind, const YamlPair& pair, const NodeKey& key);
  void finish(const std::string& name);
  void finish_ask();
  // Rules that say nothing about an answer of that type.
  void warn_of_unused_rules(ask::Type type);
  void finish_choices();
  AskDraft& ask();
  std::optional<Expression> expression(const YAML::Node& node, std::string_view key);

  YamlFile& file_;
  Draft& draft_;
  Problems& in_cells_;
  CellRow cells_;
  bool has_cells_ = false;
  bool falls_through_ = true;
  bool misread_ = false;       // a key was not known, so what is missing may be what it meant
  bool choices_lead_ = false;  // every choice says where it leads
  Place says_, does_;          // of `say` or `ask`, and of what it does besides
  TextList variables_;         // of the action, while `variable` is of the answer
  std::string show_ = "button";
  std::vector<OptionDraft> choices_;
  Place choices_at_;
  std::vector<std::pair<std::string, Place>> rules_given_;  // by key
};

}  // namespace millrace::flow
