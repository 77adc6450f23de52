#include "flow/language/draft.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace millrace::flow {

std::optional<NodeNumber> parse_number(std::string_view text) {
  text = base::trim_blank(text);
  if (text.starts_with('\'')) text.remove_prefix(1);
  NodeNumber number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void Targets::add(const Draft& draft) {
  numbers_.insert(draft.number);
  add(draft.id, draft.number);
  if (draft.flow == kCsvFlow) return;
  add(draft.flow + "." + draft.id, draft.number);  // "flow.10" for a node with a number
  add(draft.flow, draft.number);                   // the first one wins
}

std::optional<NodeNumber> Targets::find(std::string_view flow, std::string_view text) const {
  text = base::trim_blank(text);
  if (const auto number = parse_number(text)) return number;
  if (flow == kCsvFlow) return std::nullopt;  // only numbers name nodes there
  const auto within = ids_.find(std::string(flow) + "." + std::string(text));
  if (within != ids_.end()) return within->second;
  const auto anywhere = ids_.find(std::string(text));
  if (anywhere != ids_.end()) return anywhere->second;
  return std::nullopt;
}

const std::vector<std::string>& Targets::names(const std::string& flow) const {
  const auto [entry, first] = names_.try_emplace(flow);
  std::vector<std::string>& out = entry->second;
  if (!first) return out;
  const std::string prefix = flow + ".";
  for (const auto& [id, number] : ids_) {
    out.push_back(id.starts_with(prefix) ? id.substr(prefix.size()) : id);
  }
  std::ranges::sort(out);
  return out;
}

Problem problem_in(const Draft& draft, const Place& at, std::string code, std::string message,
                   std::string remedy) {
  const bool given = at.given();
  return {.file = draft.file,
          .line = draft.lines_before + (given ? at.line : draft.at.line),
          .position = given ? at.position : draft.at.position,
          .length = given ? at.length : draft.at.length,
          .column = std::string(at.key),
          .code = std::move(code),
          .message = std::move(message),
          .remedy = std::move(remedy),
          .node = draft.number,
          .node_id = draft.id};
}

Place place_of(const Draft& draft, Column column, const Place& written) {
  if (written.given()) return written;
  if (draft.cells && draft.cells->has(column)) return (*draft.cells)[column].at;
  Place at = draft.at;
  at.key = draft.is_yaml ? key_of(column) : header_of(column);
  return at;
}

}  // namespace millrace::flow
