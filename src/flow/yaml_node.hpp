// One node of a YAML flow -> the cells of its draft, and what only YAML can say.
#pragma once

#include "flow/draft.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {

// Every key a node may have.
const std::vector<std::string>& node_keys();

class NodeReader {
 public:
  NodeReader(YamlFile& file, Draft& draft) : file_(file), draft_(draft), yaml_(*draft.yaml) {}

  // A map of keys.
  void read(const YAML::Node& map, const std::string& name);
  // "welcome: Hello!" and, in a form, "FIRST_NAME: What is your first name?"
  void say_plainly(const YamlPair& entry);
  void ask_plainly(const YamlPair& entry);

  // The node says nothing about where it leads: the one behind it follows.
  bool falls_through() const { return falls_through_; }

 private:
  void set(Column column, std::string text, const YamlPair& pair);
  void set(Column column, const YamlPair& pair);
  void set_list(Column column, const YamlPair& pair);
  void set_flag(Column column, const YamlPair& pair, bool when);
  void set_json(Column column, const YamlPair& pair);
  void add_behaviour(std::string_view behaviour);

  bool read_common(const YamlPair& pair);
  bool read_dialog(const YamlPair& pair);
  bool read_action(const YamlPair& pair);
  bool read_kind(const YamlPair& pair);
  bool read_ask(const YamlPair& pair);
  bool read_ask_rules(const YamlPair& pair, ask::Rules& rules);
  void read_texts(const YamlPair& pair, bool waits);
  void read_buttons(const YamlPair& pair, std::string_view kind);
  void read_asset(const YamlPair& pair);
  void read_roads(const YamlPair& pair);
  void read_inputs(const YamlPair& pair);
  void read_cells(const YamlPair& pair);
  void read_branch(const YamlPair& pair);
  void read_assignments(const YamlPair& pair);
  void read_reminders(const YamlPair& pair);
  void read_show(const YamlPair& pair);
  void finish(const std::string& name);
  void finish_ask();
  Ask& ask();
  std::optional<Expression> expression(const YAML::Node& node, std::string_view key);

  struct Choice {
    std::string label;
    std::string to;
    std::string icon;
    std::string description;
    std::string image;
    std::string url;
    std::vector<std::string> synonyms;
  };
  std::optional<Choice> read_choice(const YAML::Node& item, std::string_view key);

  YamlFile& file_;
  Draft& draft_;
  YamlNode& yaml_;
  bool falls_through_ = true;
  bool ends_ = false;
  bool misread_ = false;       // a key was not known, so what is missing may be what it meant
  bool choices_lead_ = false;  // every choice says where it leads
  std::string show_ = "button";
  std::vector<Choice> choices_;
  std::optional<YamlPair> choices_at_;
  std::optional<YamlPair> type_at_;
};

}  // namespace millrace::flow
