// What the rows of a CSV file are called in YAML, and which of them were asks of a form.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "flow/yaml/node_writer.hpp"

namespace millrace::flow {
namespace {

// "who.NAME" of a row that asks for NAME and for nothing else.
std::optional<FormPlace> asked_in_form(const Draft& draft) {
  const auto dot = draft.key.find('.');
  if (dot == std::string::npos || draft.kind != Draft::Kind::dialog || !draft.waits.value) {
    return std::nullopt;
  }
  FormPlace place{draft.key.substr(0, dot), draft.key.substr(dot + 1)};
  const bool asks_for_it =
      draft.variables.value.size() == 1 && draft.variables.value.front().value == place.variable;
  if (!asks_for_it || !is_variable_name(place.variable)) return std::nullopt;
  return place;
}

}  // namespace

Names::Names(const Drafts& drafts) {
  for (const Draft& draft : drafts.nodes) {
    flows_[draft.flow == Targets::kCsvFlow ? "main" : draft.flow].push_back(&draft);
  }
  for (const auto& [flow, rows] : flows_) find_forms(rows);
  for (const Draft& draft : drafts.nodes) {
    const FormPlace* form = form_of(draft);
    const std::string name = form == nullptr  ? key_of(draft)
                             : form->is_first ? form->form
                                              : draft.key;
    keys_.try_emplace(draft.number, draft.flow, name);
    const std::string number = std::to_string(draft.number);
    numbers_.try_emplace(draft.flow + "." + name, number);
    if (form != nullptr) numbers_.try_emplace(draft.flow + "." + draft.key, number);
  }
}

// Rows that follow each other and ask in the same form are written as one.
void Names::find_forms(const std::vector<const Draft*>& rows) {
  std::set<std::string> taken;
  for (const Draft* draft : rows) taken.insert(draft->key);
  for (size_t i = 0; i < rows.size();) {
    const auto begins = asked_in_form(*rows[i]);
    if (!begins || !taken.insert(begins->form).second) {
      ++i;
      continue;
    }
    FormPlace* last = nullptr;
    std::set<std::string> asked;
    for (; i < rows.size(); ++i) {
      auto place = asked_in_form(*rows[i]);
      if (!place || place->form != begins->form || !asked.insert(place->variable).second) break;
      place->is_first = last == nullptr;
      last = &forms_.try_emplace(rows[i]->number, std::move(*place)).first->second;
    }
    last->is_last = true;
  }
}

std::string Names::key_of(const Draft& draft) const {
  if (const FormPlace* form = form_of(draft)) return form->variable;
  if (draft.key.empty()) return std::to_string(draft.number);
  std::string key = draft.key;
  std::ranges::replace(key, '.', '-');
  return key;
}

std::string Names::name_of(const std::string& flow, const std::string& written) const {
  const auto number = parse_number(written);
  const auto found = number ? keys_.find(*number) : keys_.end();
  if (found == keys_.end()) return written;
  const auto& [its_flow, name] = found->second;
  if (parse_number(name)) return written;
  return its_flow == flow ? name : its_flow + "." + name;
}

std::string Names::number_of(const std::string& flow, const std::string& name) const {
  const auto found = numbers_.find(flow + "." + name);
  if (found != numbers_.end() && !parse_number(name)) return found->second;
  const auto anywhere = numbers_.find(name);
  return anywhere == numbers_.end() ? name : anywhere->second;
}

}  // namespace millrace::flow
