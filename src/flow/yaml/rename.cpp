#include "flow/rename.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "flow/language/reading.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {
namespace {

using base::Code;
using base::fail;

struct Edit {
  int line = 0;      // from 1
  int position = 0;  // from 1
  std::string from;
  std::string to;
};

// Every place where the node is named, and what is to stand there.
class Renaming {
 public:
  Renaming(const Files& files, std::string flow, std::string from, std::string to)
      : files_(files), flow_(std::move(flow)), from_(std::move(from)), to_(std::move(to)) {}

  base::Result<Files> run() {
    Problems problems;
    Sources read;
    read.reads_whole = true;
    const Drafts drafts = read_drafts(files_, read, problems);
    const Targets targets = targets_of(drafts);
    const Draft* meant = nullptr;
    for (const Draft& draft : drafts.nodes) {
      if (!draft.is_yaml || draft.flow != flow_) continue;
      if (draft.key == from_) meant = &draft;
      if (draft.key == to_) return taken();
    }
    for (const auto& [name, number] : drafts.names) {
      if (name == flow_ + "." + to_) return taken();
      // A form's own name leads to its asks' ids: all of these would change.
      if (name == flow_ + "." + from_) {
        return fail(Code::unimplemented, "a form cannot be renamed here");
      }
    }
    if (meant == nullptr) return fail(Code::not_found, "there is no such node");
    if (meant->id != flow_ + "." + from_) {
      return fail(Code::unimplemented, "a node with a number keeps it");
    }
    const bool has_second = std::ranges::any_of(
        drafts.nodes, [&](const Draft& draft) { return draft.id.starts_with(meant->id + "."); });
    if (has_second) {
      return fail(Code::unimplemented, "a node that is two, or a form, cannot be renamed here");
    }
    add(meant->file, meant->at, from_, to_);
    for (const Draft& draft : drafts.nodes) add_targets(draft, targets, meant->number);
    add_translations();
    add_asides(targets, meant->number);
    add_was(*meant);
    return apply();
  }

 private:
  std::unexpected<base::Error> taken() const {
    return fail(Code::already_exists, "there is a node of that name in the flow");
  }

  void add(const std::string& file, const Place& at, std::string from, std::string to) {
    if (at.given()) edits_[file].push_back({at.line, at.position, std::move(from), std::move(to)});
  }

  void add_target(const std::string& file, const std::string& flow, const Text& text,
                  const Targets& targets, NodeNumber number) {
    if (!text.given() || targets.find(flow, text.value) != number) return;
    const std::string_view written = base::trim(text.value);
    // A flow's name leads to its first node, and stays what it is.
    if (written == from_ && flow == flow_) {
      add(file, text.at, from_, to_);
    } else if (written == flow_ + "." + from_) {
      add(file, text.at, flow_ + "." + from_, flow_ + "." + to_);
    }
  }

  void add_targets(const Draft& draft, const Targets& targets, NodeNumber number) {
    const auto take = [&](const Text& text) {
      add_target(draft.file, draft.flow, {text.value, in_file(draft, text.at)}, targets, number);
    };
    take(draft.next);
    take(draft.otherwise);
    take(draft.call);
    for (const PairDraft& each : draft.roads.value) take(each.node);
    for (const PairDraft& each : draft.inputs.value) take(each.node);
    for (const CaseDraft& each : draft.cases) take(each.node);
    if (draft.ask) {
      take(draft.ask->on_fail);
      take(draft.ask->on_silence);
    }
    if (!draft.asset) return;
    for (const OptionDraft& each : draft.asset->options) take(each.node);
    for (const CardDraft& card : draft.asset->cards) {
      for (const OptionDraft& each : card.buttons) take(each.node);
    }
    if (draft.asset->source) take(draft.asset->source->node);
  }

  // messages/<locale>.yaml: the flow's section, the node's key.
  void add_translations() {
    for (const auto& [path, text] : files_) {
      if (!path.starts_with("messages/") || !path.ends_with(".yaml")) continue;
      Problems problems;
      YamlFile file(path, problems);
      const auto root = file.parse(text);
      if (!root || !root->IsMap()) continue;
      for (const YamlPair& section : file.pairs(*root, path)) {
        if (section.key != flow_ || !section.value.IsMap()) continue;
        for (const YamlPair& entry : file.pairs(section.value, flow_)) {
          if (entry.key == from_) add(path, file.place(entry, ""), from_, to_);
          if (entry.key == flow_ + "." + from_) {
            add(path, file.place(entry, ""), flow_ + "." + from_, flow_ + "." + to_);
          }
        }
      }
    }
  }

  // solution.yaml: asides: {help: {to: flow.node}}.
  void add_asides(const Targets& targets, NodeNumber number) {
    const auto settings = files_.find(std::string(kSettingsFile));
    if (settings == files_.end()) return;
    Problems problems;
    YamlFile file(settings->first, problems);
    const auto root = file.parse(settings->second);
    if (!root || !root->IsMap()) return;
    for (const YamlPair& section : file.pairs(*root, settings->first)) {
      if (section.key != "asides" || !section.value.IsMap()) continue;
      for (const YamlPair& aside : file.pairs(section.value, "asides")) {
        if (!aside.value.IsMap()) continue;
        for (const YamlPair& inner : file.pairs(aside.value, aside.key)) {
          if (inner.key != "to" || !inner.value.IsScalar()) continue;
          add_target(settings->first, "", file.text(inner, "to"), targets, number);
        }
      }
    }
  }

  // Behind the node's name, where it is a block whose first key has a line of its own.
  void add_was(const Draft& node) {
    if (node.was.given()) return;
    const auto lines = base::split(files_.find(node.file)->second, '\n');
    const auto at = static_cast<size_t>(node.line());  // the line behind
    if (at >= lines.size()) return;
    const std::string_view own = lines[at - 1];
    const std::string_view first = lines[at];
    const size_t indent = first.find_first_not_of(' ');
    const bool is_block = base::trim(own).ends_with(':') && indent != std::string_view::npos &&
                          indent + 1 > static_cast<size_t>(node.at.position) &&
                          first[indent] != '#';
    if (is_block) was_ = {node.file, at, std::string(indent, ' ') + "was: " + node.id};
  }

  base::Result<Files> apply() {
    Files out;
    for (auto& [path, edits] : edits_) {
      const std::string& text = files_.find(path)->second;
      std::vector<std::string> lines;
      for (const std::string_view line : base::split(text, '\n')) lines.emplace_back(line);
      // From the end, so that what is in front stays where it is.
      std::ranges::sort(edits, [](const Edit& a, const Edit& b) {
        return std::pair(a.line, a.position) > std::pair(b.line, b.position);
      });
      const auto twice = std::ranges::unique(edits, [](const Edit& a, const Edit& b) {
        return a.line == b.line && a.position == b.position;
      });
      edits.erase(twice.begin(), twice.end());
      for (const Edit& edit : edits) {
        std::string& line = lines.at(static_cast<size_t>(edit.line) - 1);
        size_t at = static_cast<size_t>(edit.position) - 1;
        if (at < line.size() && (line[at] == '\'' || line[at] == '"')) ++at;
        if (line.compare(at, edit.from.size(), edit.from) != 0) {
          return fail(Code::unimplemented, "the node is named inside a cell there",
                      path + ":" + std::to_string(edit.line));
        }
        line.replace(at, edit.from.size(), edit.to);
      }
      if (was_.file == path) {
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(was_.line), was_.text);
      }
      std::string whole;
      for (size_t i = 0; i < lines.size(); ++i) whole += (i == 0 ? "" : "\n") + lines[i];
      out[path] = std::move(whole);
    }
    return out;
  }

  const Files& files_;
  const std::string flow_, from_, to_;
  std::map<std::string, std::vector<Edit>> edits_;
  struct {
    std::string file;
    size_t line = 0;
    std::string text;
  } was_;
};

}  // namespace

base::Result<Files> rename_node(const Files& files, std::string_view id, std::string_view name) {
  const size_t dot = id.find('.');
  if (dot == std::string_view::npos) {
    return fail(Code::unimplemented, "only nodes of YAML flows have names, like main.welcome");
  }
  if (!is_node_name(name) || parse_number(name)) {
    return fail(Code::invalid_argument, "use letters, digits, _ and - for a name");
  }
  return Renaming(files, std::string(id.substr(0, dot)), std::string(id.substr(dot + 1)),
                  std::string(name))
      .run();
}

}  // namespace millrace::flow
