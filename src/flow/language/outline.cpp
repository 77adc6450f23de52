#include "flow/outline.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "flow/language/reading.hpp"

namespace millrace::flow {
namespace {

// Where lines begin in each file.
class Lines {
 public:
  explicit Lines(const Files& files) : files_(files) {}

  size_t offset(const std::string& file, int line) {
    const std::vector<size_t>& all = of(file);
    const size_t index = static_cast<size_t>(std::max(line, 1)) - 1;
    return index < all.size() ? all[index] : size_of(file);
  }
  size_t size_of(const std::string& file) const {
    const auto found = files_.find(file);
    return found == files_.end() ? 0 : found->second.size();
  }
  Span span(const std::string& file, const Place& at) {
    if (!at.given() || at.position == 0) return {};
    const size_t from = offset(file, at.line) + static_cast<size_t>(at.position) - 1;
    return {from, from + static_cast<size_t>(at.length)};
  }

 private:
  const std::vector<size_t>& of(const std::string& file) {
    std::vector<size_t>& all = begins_[file];
    if (!all.empty()) return all;
    all.push_back(0);
    const auto found = files_.find(file);
    if (found == files_.end()) return all;
    for (size_t i = 0; i < found->second.size(); ++i) {
      if (found->second[i] == '\n') all.push_back(i + 1);
    }
    return all;
  }

  const Files& files_;
  std::map<std::string, std::vector<size_t>> begins_;
};

std::string_view kind_of(const Draft& draft) {
  switch (draft.kind) {
    case Draft::Kind::dialog:
      return draft.ask || (draft.waits.given() && draft.waits.value) ? "ask" : "say";
    case Draft::Kind::action: return "do";
    case Draft::Kind::branch: return "if";
    case Draft::Kind::set: return "set";
    case Draft::Kind::call: return "call";
    case Draft::Kind::ret: return "return";
    case Draft::Kind::pause: return "wait";
    case Draft::Kind::unknown: break;
  }
  return "unknown";
}

class Outliner {
 public:
  Outliner(const Files& files, const Drafts& drafts)
      : lines_(files), drafts_(drafts), targets_(targets_of(drafts)) {
    for (const Draft& draft : drafts.nodes) {
      ids_.emplace(draft.number, draft.id);
      begins_[draft.file].insert(draft.line());
    }
  }

  std::vector<OutlineFlow> run() {
    std::vector<OutlineFlow> flows;
    for (const Draft& draft : drafts_.nodes) {
      if (flows.empty() || flows.back().file != draft.file || flows.back().name != draft.flow) {
        flows.push_back({draft.flow, draft.file, {}});
      }
      flows.back().nodes.push_back(node(draft));
    }
    return flows;
  }

 private:
  OutlineNode node(const Draft& draft) {
    OutlineNode out;
    out.id = draft.id;
    out.kind = kind_of(draft);
    out.name = draft.name.value;
    if (!draft.messages.empty()) out.text = draft.messages.front().value;
    if (draft.command.given()) out.text = draft.command.value;
    out.line = draft.line();
    const auto& starts = begins_[draft.file];
    const auto next = starts.upper_bound(draft.line());
    out.span = {lines_.offset(draft.file, draft.line()), next == starts.end()
                                                             ? lines_.size_of(draft.file)
                                                             : lines_.offset(draft.file, *next)};
    for (const Text& variable : draft.variables.value) out.sets.push_back(variable.value);
    for (const AssignmentDraft& each : draft.assignments) out.sets.push_back(each.variable);
    add_roads(draft, out);
    return out;
  }

  void add_roads(const Draft& draft, OutlineNode& out) {
    const auto add = [&](std::string_view kind, std::string_view label, const Text& to) {
      if (!to.given() || base::trim(to.value).empty()) return;
      const auto number = targets_.find(draft.flow, to.value);
      const auto id = number ? ids_.find(*number) : ids_.end();
      const bool leads = id != ids_.end();
      out.roads.push_back({std::string(kind), std::string(label),
                           leads ? id->second : std::string(base::trim(to.value)), leads,
                           lines_.span(draft.file, in_file(draft, to.at))});
    };
    add("next", "", draft.next);
    if (draft.asset) {
      for (const OptionDraft& option : draft.asset->options) {
        add("option", option.label.value, option.node);
      }
      for (const CardDraft& card : draft.asset->cards) {
        for (const OptionDraft& button : card.buttons) {
          add("option", button.label.value, button.node);
        }
      }
    }
    for (const PairDraft& road : draft.roads.value) add("result", road.value.value, road.node);
    for (const CaseDraft& each : draft.cases) add("branch", "", each.node);
    add("otherwise", "", draft.otherwise);
    add("call", "", draft.call);
    if (draft.ask) {
      add("fail", "", draft.ask->on_fail);
      add("silence", "", draft.ask->on_silence);
    }
    if (!draft.behind || draft.ends || draft.next.given()) return;
    if (const auto id = ids_.find(*draft.behind); id != ids_.end()) {
      out.roads.push_back({"behind", "", id->second, true, {}});
    }
  }

  Lines lines_;
  const Drafts& drafts_;
  Targets targets_;
  std::map<NodeNumber, std::string> ids_;
  std::map<std::string, std::set<int>> begins_;
};

}  // namespace

std::vector<OutlineFlow> outline(const Files& files) {
  Problems problems;
  Sources read;
  read.reads_whole = true;
  const Drafts drafts = read_drafts(files, read, problems);
  return Outliner(files, drafts).run();
}

}  // namespace millrace::flow
