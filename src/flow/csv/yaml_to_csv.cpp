#include <algorithm>

#include "base/text.hpp"
#include "flow/convert.hpp"
#include "flow/csv/cells.hpp"
#include "flow/language/reading.hpp"
#include "flow/notation.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {
namespace {

// The numbers that named nodes get.
class Numbering {
 public:
  explicit Numbering(const Drafts& drafts) : targets_(targets_of(drafts)) {
    std::unordered_set<NodeNumber> taken;
    for (const Draft& draft : drafts.nodes) taken.insert(draft.number);
    // A chat begins at node 1.
    if (const auto start = targets_.find("main", "main");
        start && *start >= kFirstYamlNumber && !taken.contains(kStartNode)) {
      numbers_[*start] = kStartNode;
      taken.insert(kStartNode);
    }
    NodeNumber free = 1;
    for (const Draft& draft : drafts.nodes) {
      if (draft.number < kFirstYamlNumber || numbers_.contains(draft.number)) continue;
      while (taken.contains(free)) ++free;
      numbers_[draft.number] = free;
      taken.insert(free);
    }
  }

  // As a node of that flow names it; what names none stays, and the checker says so.
  std::string of(const std::string& flow, const std::string& text) const {
    const auto found = targets_.find(flow, text);
    if (!found) return text;
    const auto given = numbers_.find(*found);
    if (given != numbers_.end()) return std::to_string(given->second);
    return parse_number(text) ? text : std::to_string(*found);
  }

 private:
  Targets targets_;
  std::unordered_map<NodeNumber, NodeNumber> numbers_;
};

constexpr std::string_view kWords = "…";  // stands for the author's
constexpr std::string_view kCondition = "a condition";
constexpr std::string_view kAssignment = "an assignment";
constexpr std::string_view kCall = "a call of a flow";
constexpr std::string_view kWait = "a wait";
constexpr std::string_view kTypedAsk = "a typed ask";
constexpr std::string_view kWordings = "several wordings";
constexpr std::string_view kSynonyms = "synonyms of a button";
constexpr std::string_view kComma = "'…', which has a comma";
constexpr std::string_view kThreshold = "how probable an intent has to be here";
constexpr std::string_view kRoad = "a road '…'";
constexpr std::string_view kInput = "an input '…'";
constexpr std::string_view kComment = "a comment on a node that speaks";
constexpr std::string_view kGoingBack = "that the open question is asked again after this node";

// What the CSV format has no words for.
class Refusals {
 public:
  Refusals(const Drafts& drafts, Problems& problems) : drafts_(drafts), problems_(problems) {
    // Where a chat can be interrupted, the end of a node and going back are two things.
    for (const Draft& draft : drafts.nodes) interrupted_ = interrupted_ || draft.intent.given();
  }

  void run() {
    for (const Draft& draft : drafts_.nodes) {
      draft_ = &draft;
      look();
    }
  }

 private:
  void refuse(std::string_view what, const Place& at = {}, const std::string& words = {}) {
    std::string message = "the CSV format cannot say " + std::string(what);
    if (const auto gap = message.find(kWords); gap != std::string::npos) {
      message.replace(gap, kWords.size(), words);
    }
    problems_.error(
        problem_in(*draft_, at, "not_in_csv", std::move(message), "keep this flow as YAML"));
  }

  void look() {
    switch (draft_->kind) {
      case Draft::Kind::branch: refuse(kCondition); return;
      case Draft::Kind::set: refuse(kAssignment); return;
      case Draft::Kind::call:
      case Draft::Kind::ret: refuse(kCall); return;
      case Draft::Kind::pause: refuse(kWait); return;
      default: break;
    }
    if (draft_->ask) refuse(kTypedAsk);
    if (draft_->nlu_threshold.given()) refuse(kThreshold, draft_->nlu_threshold.at);
    if (draft_->messages.size() > 1) refuse(kWordings, draft_->messages[1].at);
    look_at_texts();
    look_at_options();
    const bool goes_back = draft_->kind == Draft::Kind::dialog && !draft_->ends &&
                           !draft_->next.given() && !draft_->behind && !draft_->waits.value;
    if (interrupted_ && goes_back) {
      refuse(kGoingBack);
    }
  }

  void look_at_texts() {
    for (const TextList* list :
         {&draft_->tags, &draft_->flows, &draft_->outputs, &draft_->behaviours}) {
      for (const Text& text : list->value) {
        if (text.value.contains(',')) refuse(kComma, text.at, text.value);
      }
    }
    for (const PairDraft& road : draft_->roads.value) {
      if (road.value.value.contains('|')) {
        refuse(kRoad, road.value.at, road.value.value);
      }
    }
    for (const PairDraft& input : draft_->inputs.value) {
      if (input.value.value.find_first_of(",:") != std::string::npos) {
        refuse(kInput, input.value.at, input.value.value);
      }
    }
    if (draft_->kind == Draft::Kind::dialog && draft_->comment.given()) {
      refuse(kComment, draft_->comment.at);
    }
  }

  void look_at_options() {
    if (!draft_->asset || draft_->ask) return;
    for (const OptionDraft& option : draft_->asset->options) {
      if (!option.synonyms.empty()) {
        refuse(kSynonyms, option.synonyms.front().at);
      }
    }
  }

  const Drafts& drafts_;
  Problems& problems_;
  const Draft* draft_ = nullptr;
  bool interrupted_ = false;
};

// The comment directly above that line, which is counted from 1; "" when there is none.
std::string comment_above(const std::vector<std::string_view>& lines, int line) {
  std::string out;
  for (--line; line >= 1; --line) {
    const auto text = base::trim(lines[static_cast<size_t>(line) - 1]);
    if (!text.starts_with("# ")) break;
    out = std::string(text) + (out.empty() ? "" : "\n" + out);
  }
  return out;
}

// The comment of a node; what stands above a form belongs to its first question.
std::string comment_of(const Draft& draft, const Files& files) {
  const auto file = files.find(draft.file);
  if (file == files.end()) return "";
  const auto lines = base::split(file->second, '\n');
  const int line = draft.line();
  std::string comment = comment_above(lines, line);
  const bool is_first_of_form = line >= 3 && draft.key.contains('.') &&
                                base::trim(lines[static_cast<size_t>(line) - 2]) == "form:";
  return comment.empty() && is_first_of_form ? comment_above(lines, line - 2) : comment;
}

// The columns of the file the flows came from, else the published ones, and what else is needed.
std::vector<std::string> columns_of(
    const Files& files, const std::vector<std::array<std::string, kColumnCount>>& rows) {
  std::vector<std::string> columns;
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".flow.yaml") || !columns.empty()) continue;
    Problems ignored;
    YamlFile file(path, ignored);
    const auto root = file.parse(text);
    if (!root) continue;
    for (const YamlPair& pair : file.pairs(*root, path)) {
      if (pair.key == "csv_columns") columns = file.strings(pair);
    }
  }
  if (columns.empty()) {
    for (size_t i = 0; i < kPublishedColumns; ++i) {
      columns.emplace_back(header_of(static_cast<Column>(i)));
    }
  }
  for (size_t i = 0; i < kColumnCount; ++i) {
    const bool listed = std::ranges::any_of(columns, [i](const std::string& name) {
      return column_of(base::trim(name)) == static_cast<Column>(i);
    });
    const bool needed = std::ranges::any_of(rows, [i](const auto& row) { return !row[i].empty(); });
    if (needed && !listed) columns.emplace_back(header_of(static_cast<Column>(i)));
  }
  return columns;
}

}  // namespace

const std::vector<std::string_view>& not_in_csv() {
  static const std::vector<std::string_view> kAll{
      kCondition, kAssignment, kCall, kWait,  kTypedAsk, kWordings, kSynonyms,
      kComma,     kThreshold,  kRoad, kInput, kComment,  kGoingBack};
  return kAll;
}

Conversion yaml_to_csv(const Files& files) {
  Problems problems;
  Files flows;
  for (const auto& [path, text] : files) {
    if (path.starts_with("flows/")) flows.emplace(path, text);
  }
  Sources read;
  read.reads_whole = true;
  const Drafts drafts = read_drafts(flows, read, problems);
  Refusals(drafts, problems).run();
  Conversion conversion;
  if (!problems.has_errors()) {
    const Numbering numbering(drafts);
    std::vector<std::array<std::string, kColumnCount>> all;
    for (Draft& draft : drafts.nodes) {
      if (!draft.description.given()) draft.description.value = comment_of(draft, files);
      all.push_back(
          cells_of(draft, [&](const std::string& node) { return numbering.of(draft.flow, node); }));
      if (draft.number >= kFirstYamlNumber) {
        all.back()[static_cast<size_t>(Column::node_id)] = draft.id;
      }
    }
    const auto columns = columns_of(files, all);
    std::vector<std::vector<std::string>> rows{columns};
    for (const auto& cells : all) {
      auto& row = rows.emplace_back();
      for (const std::string& name : columns) {
        const auto column = column_of(base::trim(name));
        row.push_back(column ? cells[static_cast<size_t>(*column)] : std::string());
      }
    }
    conversion.text = write_csv(rows);
    conversion.files[std::string(kBotFile)] = *conversion.text;
  }
  conversion.problems = std::move(problems).take();
  return conversion;
}

}  // namespace millrace::flow
