#include "flow/yaml/yaml_entry.hpp"

#include <algorithm>

#include "flow/yaml/yaml_node.hpp"

namespace millrace::flow {
namespace {

class EntryReader {
 public:
  EntryReader(YamlFile& file, const std::string& flow, Piece& piece)
      : file_(file), flow_(flow), piece_(piece) {}

  void read(const YamlPair& entry) {
    piece_.key = entry.key;
    piece_.at = file_.place(entry, "");
    if (!parse_number(entry.key) && !is_node_name(entry.key)) {
      file_.error(entry, "bad_name", "'" + entry.key + "' cannot be a node's name",
                  "use letters, digits, _ and -");
    } else if (const auto form = form_of(entry)) {
      read_form(entry, *form);
    } else {
      read_node(entry);
    }
  }

 private:
  std::optional<YamlPair> form_of(const YamlPair& entry) {
    if (!entry.value.IsMap()) return std::nullopt;
    for (const auto& pair : entry.value) {
      if (!pair.first.IsScalar() || pair.first.Scalar() != "form") continue;
      const Place at = file_.place(pair.first, "form");
      return YamlPair{"form", pair.second, at.line, at.position, at.length};
    }
    return std::nullopt;
  }

  NodeNumber next_number() const { return kFirstYamlNumber + piece_.numbers; }

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
    piece_.names.emplace_back(flow_ + "." + entry.key, next_number());
    bool asks = false;
    for (const YAML::Node& item : file_.maps(form)) {
      for (const YamlPair& ask : file_.pairs(item, "an ask of a form")) {
        asks = true;
        if (is_variable_name(ask.key)) {
          read_form_ask(entry.key, ask);
        } else {
          file_.error(ask, "bad_variable_name",
                      "Global variables must be in all capital letters, numbers or _",
                      "'" + ask.key + "' is not; begin with a letter");
        }
      }
    }
    if (!asks) {
      file_.error(form, "form_empty", "the form asks nothing", "add - VARIABLE: question");
    } else if (next && !piece_.drafts.empty()) {
      if (Text target = file_.text(*next, "next"); target.given()) {
        piece_.drafts.back().next = std::move(target);
        piece_.goes_on.back() = false;
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
    NodeReader reader(file_, draft, piece_.in_cells);
    if (!entry.value.IsScalar()) {
      reader.read(entry.value, entry.key);
    } else if (in_form) {
      reader.ask_plainly(entry);
    } else {
      reader.say_plainly(entry);
    }
    auto second = reader.take_second();
    if (second) {
      second->number = kFirstYamlNumber + piece_.numbers++;
      second->id = draft.id + "." + std::string(second->at.key);
      second->at.key = {};
    }
    piece_.drafts.push_back(std::move(draft));
    piece_.goes_on.push_back(second || reader.falls_through());
    if (!second) return;
    piece_.drafts.push_back(std::move(*second));
    piece_.goes_on.push_back(reader.falls_through());
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
      draft.number = kFirstYamlNumber + piece_.numbers++;
      draft.id = flow_ + "." + name;
    }
    return draft;
  }

  YamlFile& file_;
  const std::string& flow_;
  Piece& piece_;
};

}  // namespace

void read_entry(const YamlPair& entry, YamlFile& file, const std::string& flow, Piece& piece) {
  EntryReader(file, flow, piece).read(entry);
}

bool is_node_name(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

}  // namespace millrace::flow
