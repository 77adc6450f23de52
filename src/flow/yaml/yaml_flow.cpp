// flows/<name>.flow.yaml -> drafts. The language is described in docs/flows.md.
#include <algorithm>

#include "base/text.hpp"
#include "flow/yaml/yaml_node.hpp"

namespace millrace::flow {
namespace {

constexpr size_t kNodesMax = 100'000;

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
        file_.unknown_key(section, names_of(flow_keys()));
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
        read_node(entry);
      }
    }
    // What says nothing about where it leads goes on to the node behind it.
    for (size_t i = first; i < drafts_.nodes.size(); ++i) {
      Draft& draft = drafts_.nodes[i];
      if (!falls_through_[i - first]) continue;
      if (i + 1 < drafts_.nodes.size()) {
        draft.behind = drafts_.nodes[i + 1].number;
      } else if (draft.kind == Draft::Kind::call) {
        file_.error(draft.at.line, "next", "road_missing", "nothing follows the last node",
                    "add a node behind it, or write next");
      }
    }
    falls_through_.clear();
  }

  std::optional<YamlPair> form_of(const YamlPair& entry) {
    if (!entry.value.IsMap()) return std::nullopt;
    for (const auto& pair : entry.value) {
      if (!pair.first.IsScalar() || pair.first.Scalar() != "form") continue;
      const Place at = file_.place(pair.first, "form");
      return YamlPair{"form", pair.second, at.line, at.position, at.length};
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
        file_.unknown_key(pair, names_of(form_keys()));
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
      if (Text target = file_.text(*next, "next"); target.given()) {
        drafts_.nodes.back().next = std::move(target);
        falls_through_.back() = false;
      }
    }
  }

  void read_form_ask(const std::string& form, const YamlPair& ask) {
    Draft draft = begin(form + "." + ask.key, ask);
    draft.variables = {{{ask.key, draft.at}}, draft.at};
    draft.variables.at.key = draft.variables.value.front().at.key = "form";
    read_into(std::move(draft), ask, true);
  }

  void read_node(const YamlPair& entry) { read_into(begin(entry.key, entry), entry, false); }

  void read_into(Draft draft, const YamlPair& entry, bool in_form) {
    NodeReader reader(file_, draft, drafts_.in_cells);
    if (!entry.value.IsScalar()) {
      reader.read(entry.value, entry.key);
    } else if (in_form) {
      reader.ask_plainly(entry);
    } else {
      reader.say_plainly(entry);
    }
    auto second = reader.take_second();
    if (second) {
      second->number = next_number_++;
      second->id = draft.id + "." + std::string(second->at.key);
      second->at.key = {};
      draft.behind = second->number;
    }
    drafts_.nodes.push_back(std::move(draft));
    falls_through_.push_back(!second && reader.falls_through());
    if (!second) return;
    drafts_.nodes.push_back(std::move(*second));
    falls_through_.push_back(reader.falls_through());
  }

  Draft begin(const std::string& name, const YamlPair& entry) {
    Draft draft;
    draft.file = file_.name();
    draft.flow = flow_;
    draft.key = name;
    draft.at = file_.place(entry, "");
    draft.is_yaml = true;
    if (const auto number = parse_number(name); number && *number < kFirstYamlNumber) {
      draft.number = *number;
      draft.id = std::to_string(*number);
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

bool is_node_name(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

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
