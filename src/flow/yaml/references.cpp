#include "flow/yaml/references.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::flow {
namespace {

using base::Code;
using base::fail;

class Finder {
 public:
  Finder(const Drafts& drafts, const Targets& targets) : drafts_(drafts), targets_(targets) {}

  std::vector<Reference> run(const Files& files) {
    for (const Draft& draft : drafts_.nodes) add_draft(draft);
    add_asides(files);
    return std::move(found_);
  }

 private:
  void add(const std::string& file, const std::string& flow, const Text& text, NodeNumber from) {
    if (!text.given()) return;
    const auto to = targets_.find(flow, text.value);
    if (!to) return;
    found_.push_back({file, flow, text.at, std::string(base::trim(text.value)), from, *to});
  }

  void add_draft(const Draft& draft) {
    const auto take = [&](const Text& text) {
      add(draft.file, draft.flow, {text.value, in_file(draft, text.at)}, draft.number);
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

  // solution.yaml: asides: {help: {to: flow.node}}.
  void add_asides(const Files& files) {
    const auto settings = files.find(std::string(kSettingsFile));
    if (settings == files.end()) return;
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
          add(settings->first, "", file.text(inner, "to"), 0);
        }
      }
    }
  }

  const Drafts& drafts_;
  const Targets& targets_;
  std::vector<Reference> found_;
};

bool is_comment(std::string_view line) {
  return base::trim(line).starts_with('#');
}

// Where the last entry ends: at what stands less far in.
size_t end_of_last(const std::vector<std::string>& lines, size_t begin, int position) {
  size_t end = begin + 1;
  while (end < lines.size()) {
    const size_t indent = lines[end].find_first_not_of(' ');
    if (indent != std::string::npos && indent + 1 < static_cast<size_t>(position)) break;
    ++end;
  }
  return end;
}

}  // namespace

std::vector<Reference> references(const Files& files, const Drafts& drafts,
                                  const Targets& targets) {
  return Finder(drafts, targets).run(files);
}

std::vector<TranslatedNode> translated_nodes(const Files& files, const std::string& flow) {
  std::vector<TranslatedNode> found;
  for (const auto& [path, text] : files) {
    if (!path.starts_with("messages/") || !path.ends_with(".yaml")) continue;
    Problems problems;
    YamlFile file(path, problems);
    const auto root = file.parse(text);
    if (!root || !root->IsMap()) continue;
    for (const YamlPair& section : file.pairs(*root, path)) {
      if (section.key != flow || !section.value.IsMap()) continue;
      for (const YamlPair& entry : file.pairs(section.value, flow)) {
        found.push_back({path, file.place(entry, ""), entry.key});
      }
    }
  }
  return found;
}

void LineEdits::replace(const std::string& file, const Place& at, std::string from,
                        std::string to) {
  if (!at.given()) return;
  files_[file].edits.push_back({at.line, at.position, std::move(from), std::move(to)});
}

void LineEdits::insert(const std::string& file, size_t behind, std::string text) {
  files_[file].inserted.push_back({behind, std::move(text)});
}

base::Result<LineEdits::Lines> LineEdits::apply(const Files& files) const {
  Lines out;
  for (const auto& [path, changes] : files_) {
    std::vector<std::string> lines = lines_of(files.find(path)->second);
    // From the end, so that what is in front stays where it is.
    std::vector<Edit> edits = changes.edits;
    std::ranges::stable_sort(edits, [](const Edit& a, const Edit& b) {
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
      if (at > line.size() || line.compare(at, edit.from.size(), edit.from) != 0) {
        return fail(Code::unimplemented, "the node is named inside a cell there",
                    path + ":" + std::to_string(edit.line));
      }
      line.replace(at, edit.from.size(), edit.to);
    }
    std::vector<Inserted> inserted = changes.inserted;
    std::ranges::stable_sort(inserted, {}, &Inserted::behind);
    for (auto each = inserted.rbegin(); each != inserted.rend(); ++each) {
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(each->behind), each->text);
    }
    out[path] = std::move(lines);
  }
  return out;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string_view line : base::split(text, '\n')) lines.emplace_back(line);
  return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string whole;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) whole += '\n';
    whole += lines[i];
  }
  return whole;
}

NodeForm form_of(const std::vector<std::string>& lines, const Place& name) {
  const auto at = static_cast<size_t>(name.line);  // the line behind
  if (at == 0 || at > lines.size()) return {};
  const std::string_view own = base::trim(lines[at - 1]);
  if (own.ends_with('}') && own.contains(": {")) return {NodeForm::Kind::braces, 0};
  if (!own.ends_with(':')) return {};
  const auto first = std::find_if(lines.begin() + name.line, lines.end(), [](const auto& line) {
    return !is_comment(line) && !base::trim(line).empty();
  });
  const size_t indent = first == lines.end() ? 0 : first->find_first_not_of(' ');
  const bool is_block = indent + 1 > static_cast<size_t>(name.position);
  return is_block ? NodeForm{NodeForm::Kind::block, indent} : NodeForm{};
}

std::optional<std::vector<EntryLines>> entry_lines(YamlFile& file, const YAML::Node& map,
                                                   const std::vector<std::string>& lines) {
  std::vector<EntryLines> entries;
  int position = 0;
  for (const YamlPair& pair : file.pairs(map, "")) {
    const auto line = static_cast<size_t>(pair.line) - 1;
    const bool is_first = entries.empty();
    if (is_first) position = pair.position;
    const bool stands_apart = is_first || line > entries.back().begin;
    // Nothing but blanks before it: else it stands in braces.
    const size_t blanks = lines.at(line).find_first_not_of(' ');
    const bool begins_line = blanks + 1 == static_cast<size_t>(pair.position);
    if (!stands_apart || !begins_line || pair.position != position) return std::nullopt;
    entries.push_back({pair.key, line, 0});
  }
  if (entries.empty()) return entries;
  entries.back().end = end_of_last(lines, entries.back().begin, position);
  for (size_t i = 0; i < entries.size(); ++i) {
    const size_t least = i == 0 ? entries[0].begin : entries[i - 1].begin + 1;
    while (entries[i].begin > least && is_comment(lines[entries[i].begin - 1])) {
      --entries[i].begin;
    }
    if (i > 0) entries[i - 1].end = entries[i].begin;
  }
  return entries;
}

std::vector<std::string> take_lines(std::vector<std::string>& lines, const EntryLines& entry) {
  const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(entry.begin);
  const auto end = lines.begin() + static_cast<std::ptrdiff_t>(entry.end);
  std::vector<std::string> taken(begin, end);
  lines.erase(begin, end);
  return taken;
}

}  // namespace millrace::flow
