#include "flow/extract.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "flow/yaml/references.hpp"

namespace millrace::flow {
namespace {

using base::Code;
using base::fail;

std::unexpected<base::Error> cannot_be_taken_apart(const std::string& path) {
  return fail(Code::unimplemented, "write each entry on lines of its own first", path);
}

void drop_blank_end(std::vector<std::string>& lines) {
  while (!lines.empty() && base::trim(lines.back()).empty()) lines.pop_back();
}

class Extraction {
 public:
  Extraction(const Files& files, std::string from, std::set<std::string> keys, std::string to)
      : files_(files), from_(std::move(from)), keys_(std::move(keys)), to_(std::move(to)) {}

  base::Result<Files> run() {
    Problems problems;
    Sources read;
    read.reads_whole = true;
    const Drafts drafts = read_drafts(files_, read, problems);
    if (auto found = find_moved(drafts); !found) return std::unexpected(found.error());
    const Targets targets = targets_of(drafts);
    for (const Reference& each : references(files_, drafts, targets)) add(each, targets);
    if (auto added = add_ways_behind(drafts); !added) return std::unexpected(added.error());
    for (const Draft* draft : moved_) {
      if (!draft->was.given()) add_key(*draft, "was: " + draft->id);
    }
    write_added();
    add_translations();
    auto changed = edits_.apply(files_);
    if (!changed) return std::unexpected(changed.error());
    return cut(std::move(*changed));
  }

 private:
  static std::string path_of(const std::string& flow) { return "flows/" + flow + ".flow.yaml"; }

  bool is_moved(NodeNumber number) const { return numbers_.contains(number); }

  // A form, or a node that says something and then does something.
  static bool stands_for_several(const Drafts& drafts, const Draft& draft) {
    return std::ranges::any_of(drafts.nodes, [&](const Draft& each) {
      return each.flow == draft.flow && each.id.starts_with(draft.id + ".");
    });
  }

  base::Result<void> find_moved(const Drafts& drafts) {
    std::set<std::string> found;
    bool is_first = true;
    for (const Draft& draft : drafts.nodes) {
      if (draft.flow != from_) continue;
      if (!draft.is_yaml) return fail(Code::unimplemented, "only nodes of YAML flows can be moved");
      const bool is_meant = keys_.contains(draft.key);
      if (is_meant && std::exchange(is_first, false)) {
        return fail(Code::failed_precondition, "the flow's first node stays: its name leads to it",
                    draft.id);
      }
      is_first = false;
      if (!is_meant) continue;
      const bool is_of_several = draft.key.contains('.') || stands_for_several(drafts, draft);
      if (is_of_several || draft.id != from_ + "." + draft.key) {
        return fail(Code::unimplemented,
                    "a form, a node that is two, or one with a number cannot be moved here",
                    draft.id);
      }
      found.insert(draft.key);
      moved_.push_back(&draft);
      numbers_.emplace(draft.number, draft.key);
    }
    for (const std::string& key : keys_) {
      if (!found.contains(key)) return fail(Code::not_found, "there is no such node", key);
    }
    return {};
  }

  // A node is named by its key in its own flow, and by "flow.key" everywhere.
  void add(const Reference& named, const Targets& targets) {
    const bool comes_along = is_moved(named.from);
    const std::string whole = from_ + ".";
    const bool is_whole = named.written.starts_with(whole);
    const bool is_local = named.flow == from_ && !is_whole;
    if (is_moved(named.to)) {
      const std::string& key = numbers_.find(named.to)->second;
      if (is_whole && named.written == whole + key) {
        edits_.replace(named.file, named.at, named.written, to_ + "." + key);
      } else if (is_local && named.written == key && !comes_along) {
        edits_.replace(named.file, named.at, key, to_ + "." + key);
      }
      return;
    }
    // A number or a flow's name leads there from everywhere.
    if (comes_along && is_local && targets.find("", whole + named.written) == named.to) {
      edits_.replace(named.file, named.at, named.written, whole + named.written);
    }
  }

  // Who says nothing about where it leads goes on to the node behind it, which may stand behind
  // another one now.
  base::Result<void> add_ways_behind(const Drafts& drafts) {
    for (const Draft& draft : drafts.nodes) {
      if (draft.flow != from_ || !draft.behind || draft.ends || draft.next.given()) continue;
      const bool comes_along = is_moved(draft.number);
      if (comes_along == is_moved(*draft.behind)) continue;
      const auto behind = std::ranges::find_if(
          drafts.nodes, [&](const Draft& each) { return each.number == *draft.behind; });
      if (behind == drafts.nodes.end()) continue;
      const std::string to = comes_along ? behind->get().id : to_ + "." + behind->get().key;
      if (!add_key(draft, "next: " + to)) {
        return fail(Code::unimplemented,
                    "it goes on to the node behind it; write it as a block, or write next",
                    draft.id);
      }
    }
    return {};
  }

  // False where the node is written in another way.
  bool add_key(const Draft& draft, const std::string& key) {
    const NodeForm form =
        form_of(lines_of(files_.find(draft.file)->second), in_file(draft, draft.at));
    if (form.kind == NodeForm::Kind::other) return false;
    added_[&draft].push_back(key);
    return true;
  }

  void write_added() {
    for (const auto& [draft, keys] : added_) {
      const Place name = in_file(*draft, draft->at);
      const auto lines = lines_of(files_.find(draft->file)->second);
      const NodeForm form = form_of(lines, name);
      const auto line = static_cast<size_t>(name.line);
      if (form.kind == NodeForm::Kind::block) {
        for (const std::string& key : keys) {
          edits_.insert(draft->file, line, std::string(form.indent, ' ') + key);
        }
        continue;
      }
      const size_t brace = lines[line - 1].find('{', static_cast<size_t>(name.position));
      std::string all = "{";
      for (const std::string& key : keys) all += key + ", ";
      edits_.replace(draft->file, {"", name.line, static_cast<int>(brace) + 1, 1}, "{",
                     std::move(all));
    }
  }

  // Keys that name the flow as well.
  void add_translations() {
    for (const TranslatedNode& each : translated_nodes(files_, from_)) {
      const std::string key = local(each.key);
      if (each.key != key && keys_.contains(key)) edits_.replace(each.file, each.at, each.key, key);
    }
  }

  base::Result<Files> cut(LineEdits::Lines changed) {
    const std::string source = path_of(from_);
    if (!changed.contains(source)) changed[source] = lines_of(files_.find(source)->second);
    std::vector<std::string> fresh{"nodes:"};
    if (auto done = move_entries(source, changed[source], "nodes", fresh); !done) {
      return std::unexpected(done.error());
    }
    for (const auto& [path, text] : files_) {
      if (!path.starts_with("messages/") || !path.ends_with(".yaml")) continue;
      auto lines = changed.contains(path) ? changed[path] : lines_of(text);
      std::vector<std::string> translated{to_ + ":"};
      if (auto done = move_entries(path, lines, from_, translated); !done) {
        return std::unexpected(done.error());
      }
      if (translated.size() == 1) continue;
      drop_blank_end(lines);
      lines.insert(lines.end(), translated.begin(), translated.end());
      lines.emplace_back();
      changed[path] = std::move(lines);
    }
    fresh.emplace_back();
    changed[path_of(to_)] = std::move(fresh);
    Files out;
    for (const auto& [path, lines] : changed) out[path] = text_of(lines);
    return out;
  }

  // Those of a section that belong to moved nodes, from one list of lines to the other.
  base::Result<void> move_entries(const std::string& path, std::vector<std::string>& lines,
                                  const std::string& section, std::vector<std::string>& into) {
    Problems problems;
    YamlFile file(path, problems);
    const auto root = file.parse(text_of(lines));
    if (!root || !root->IsMap()) return fail(Code::failed_precondition, "is no YAML", path);
    for (const YamlPair& each : file.pairs(*root, path)) {
      if (each.key != section || !each.value.IsMap()) continue;
      const auto entries = entry_lines(file, each.value, lines);
      const bool has_some = std::ranges::any_of(file.pairs(each.value, section), [&](auto& entry) {
        return keys_.contains(local(entry.key));
      });
      if (!has_some) return {};
      if (!entries) return cannot_be_taken_apart(path);
      std::vector<std::vector<std::string>> taken;
      const bool is_all = std::ranges::all_of(
          *entries, [&](const EntryLines& entry) { return keys_.contains(local(entry.key)); });
      for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry) {
        if (!keys_.contains(local(entry->key))) continue;
        taken.push_back(take_lines(lines, *entry));
      }
      if (is_all) lines.erase(lines.begin() + each.line - 1);
      for (auto chunk = taken.rbegin(); chunk != taken.rend(); ++chunk) {
        into.insert(into.end(), chunk->begin(), chunk->end());
      }
      drop_blank_end(into);
      drop_blank_end(lines);
      lines.emplace_back();  // a file ends with the end of a line
      return {};
    }
    return {};
  }

  std::string local(const std::string& key) const {
    return key.starts_with(from_ + ".") ? key.substr(from_.size() + 1) : key;
  }

  const Files& files_;
  const std::string from_;
  const std::set<std::string> keys_;
  const std::string to_;
  std::vector<const Draft*> moved_;
  std::map<NodeNumber, std::string> numbers_;               // of the moved ones, with their keys
  std::map<const Draft*, std::vector<std::string>> added_;  // keys, with their values
  LineEdits edits_;
};

}  // namespace

base::Result<Files> extract_nodes(const Files& files, const std::vector<std::string>& ids,
                                  std::string_view flow) {
  if (!is_node_name(flow) || parse_number(flow) || flow == Targets::kCsvFlow) {
    return fail(Code::invalid_argument, "use letters, digits, _ and - for a flow's name");
  }
  if (files.contains("flows/" + std::string(flow) + ".flow.yaml")) {
    return fail(Code::already_exists, "there is a flow of that name");
  }
  if (ids.empty()) return fail(Code::invalid_argument, "name the nodes to be moved");
  std::set<std::string> keys;
  std::string from;
  for (const std::string& id : ids) {
    const size_t dot = id.find('.');
    if (dot == std::string::npos) {
      return fail(Code::unimplemented, "only nodes of YAML flows have names, like main.welcome");
    }
    if (!keys.empty() && id.substr(0, dot) != from) {
      return fail(Code::invalid_argument, "the nodes are of several flows");
    }
    from = id.substr(0, dot);
    keys.insert(id.substr(dot + 1));
  }
  return Extraction(files, std::move(from), std::move(keys), std::string(flow)).run();
}

}  // namespace millrace::flow
