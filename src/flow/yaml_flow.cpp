// flows/<name>.flow.yaml -> drafts. What the CSV format can say is written into the same cells that
// a CSV row would have; the rest goes into YamlNode.
// The language is described in docs/flows.md.
#include <algorithm>

#include "base/text.hpp"
#include "flow/yaml_node.hpp"

namespace millrace::flow {
namespace {

constexpr size_t kNodesMax = 100'000;

bool is_node_name(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

class FlowReader {
 public:
  FlowReader(YamlFile& file, std::string flow, NodeNumber& next_number, Drafts& drafts)
      : file_(file), flow_(std::move(flow)), next_number_(next_number), drafts_(drafts) {}

  void read(const std::string& text) {
    const auto root = file_.parse(text);
    if (!root) return;
    bool any = false;
    for (const YamlPair& section : file_.pairs(*root, file_.name())) {
      if (section.key == "nodes") {
        any = true;
        read_nodes(section);
      } else if (section.key != "csv_columns" && section.key != "description") {
        file_.unknown_key(section, {"nodes", "description", "csv_columns"});
      }
    }
    if (!any && root->IsMap()) {
      file_.error(1, "nodes", "key_missing", "a flow needs 'nodes'", "write nodes: {...}");
    }
  }

 private:
  void read_nodes(const YamlPair& section) {
    const size_t first = drafts_.nodes.size();
    for (const YamlPair& entry : file_.pairs(section.value, "nodes")) {
      if (!parse_number(entry.key) && !is_node_name(entry.key)) {
        file_.error(entry, "bad_name", "'" + entry.key + "' cannot be a node's name",
                    "use letters, digits, _ and -");
        continue;
      }
      if (drafts_.nodes.size() >= kNodesMax) {
        file_.error(entry, "too_many_nodes", "more than " + std::to_string(kNodesMax) + " nodes");
        return;
      }
      if (const auto form = form_of(entry)) {
        read_form(entry, *form);
      } else {
        read_node(entry, entry.key, entry.value);
      }
    }
    // What says nothing about where it leads goes on to the node behind it.
    for (size_t i = first; i < drafts_.nodes.size(); ++i) {
      Draft& draft = drafts_.nodes[i];
      if (!falls_through_[i - first]) continue;
      Cell& next = draft[Column::next_nodes];
      if (i + 1 < drafts_.nodes.size()) {
        next = {std::to_string(drafts_.nodes[i + 1].number), draft.line, 1};
      } else if (draft.yaml->kind == YamlNode::Kind::call) {
        file_.error(draft.line, "next", "road_missing", "nothing follows the last node",
                    "add a node behind it, or write next");
      }
    }
    falls_through_.clear();
  }

  std::optional<YamlPair> form_of(const YamlPair& entry) {
    if (!entry.value.IsMap()) return std::nullopt;
    for (const YamlPair& pair : file_.pairs(entry.value, "node " + entry.key)) {
      if (pair.key == "form") return pair;
    }
    return std::nullopt;
  }

  // form: [{FIRST_NAME: text or a map of an ask}, ...]; nodes form.FIRST_NAME, in that order.
  void read_form(const YamlPair& entry, const YamlPair& form) {
    std::optional<YamlPair> next;
    for (const YamlPair& pair : file_.pairs(entry.value, "node " + entry.key)) {
      if (pair.key == "next") {
        next = pair;
      } else if (pair.key != "form") {
        file_.unknown_key(pair, {"form", "next"});
      }
    }
    drafts_.names.emplace_back(flow_ + "." + entry.key, next_number_);
    size_t asked = 0;
    for (const YAML::Node& item : file_.maps(form)) {
      for (const YamlPair& ask : file_.pairs(item, "an ask of a form")) {
        if (!is_variable_name(ask.key)) {
          file_.error(ask, "bad_variable_name",
                      "Global variables must be in all capital letters, numbers or _",
                      "'" + ask.key + "' is not; begin with a letter");
          ++asked;
          continue;
        }
        read_form_ask(entry.key, ask);
        ++asked;
      }
    }
    if (asked == 0) {
      file_.error(form, "form_empty", "the form asks nothing", "add - VARIABLE: question");
    } else if (next && !falls_through_.empty()) {
      if (const auto target = file_.scalar(*next)) {
        Draft& last = drafts_.nodes.back();
        last[Column::next_nodes] = {*target, next->line, next->position};
        falls_through_.back() = false;
      }
    }
  }

  void read_form_ask(const std::string& form, const YamlPair& ask) {
    Draft& draft = begin(form + "." + ask.key, ask);
    draft[Column::variable] = {ask.key, ask.line, ask.position};
    NodeReader reader(file_, draft);
    if (ask.value.IsScalar()) {
      reader.ask_plainly(ask);
    } else {
      reader.read(ask.value, ask.key);
    }
    falls_through_.push_back(reader.falls_through());
  }

  void read_node(const YamlPair& entry, const std::string& name, const YAML::Node& value) {
    Draft& draft = begin(name, entry);
    NodeReader reader(file_, draft);
    if (value.IsScalar()) {
      reader.say_plainly(entry);
    } else {
      reader.read(value, name);
    }
    falls_through_.push_back(reader.falls_through());
  }

  Draft& begin(const std::string& name, const YamlPair& entry) {
    Draft& draft = drafts_.nodes.emplace_back();
    draft.file = file_.name();
    draft.flow = flow_;
    draft.line = entry.line;
    draft.yaml = std::make_shared<YamlNode>();
    if (const auto number = parse_number(name); number && *number < kFirstYamlNumber) {
      draft.number = *number;
      draft.id = std::to_string(*number);
      draft[Column::node_number] = {name, entry.line, entry.position};
    } else {
      draft.number = next_number_++;
      draft.id = flow_ + "." + name;
    }
    return draft;
  }

  YamlFile& file_;
  std::string flow_;
  NodeNumber& next_number_;
  Drafts& drafts_;
  std::vector<bool> falls_through_;  // by draft of this file
};

}  // namespace

void read_yaml_drafts(const std::string& path, const std::string& text, NodeNumber& next_number,
                      Drafts& drafts, Problems& problems) {
  constexpr std::string_view kFolder = "flows/";
  constexpr std::string_view kEnding = ".flow.yaml";
  YamlFile file(path, problems);
  const std::string flow =
      path.substr(kFolder.size(), path.size() - kFolder.size() - kEnding.size());
  if (!is_node_name(flow) || flow == Targets::kCsvFlow) {
    file.error(0, "", "bad_name", "'" + flow + "' cannot be a flow's name",
               flow == Targets::kCsvFlow ? "'bot' is the flow of templates/bot.csv"
                                         : "use letters, digits, _ and -");
    return;
  }
  FlowReader(file, flow, next_number, drafts).read(text);
}

}  // namespace millrace::flow
