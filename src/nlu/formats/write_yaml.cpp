#include <algorithm>
#include <map>
#include <set>

#include "base/json.hpp"
#include "nlu/formats/formats.hpp"

namespace millrace::nlu {
namespace {

// In double quotes, as JSON has it: YAML reads every JSON text.
std::string in_quotes(std::string_view text) {
  return json::serialize(json::value(text));
}

// Its slots marked in the text again.
std::string marked(const Example& example) {
  std::vector<Span> slots = example.slots;
  std::ranges::sort(slots, {}, &Span::begin);
  std::string out;
  size_t at = 0;
  for (const Span& slot : slots) {
    if (slot.begin < at || slot.end > example.text.size()) continue;
    out += example.text.substr(at, slot.begin - at);
    out += "[" + example.text.substr(slot.begin, slot.end - slot.begin) + "](" + slot.slot + ")";
    at = slot.end;
  }
  return out + example.text.substr(at);
}

void write_list(std::string& out, std::string_view name, const std::vector<std::string>& texts) {
  out += "  " + in_quotes(name) + ":\n";
  for (const std::string& text : texts) out += "    - " + in_quotes(text) + "\n";
}

void write_lists(std::string& out, std::string_view section,
                 const std::vector<std::pair<std::string, std::vector<std::string>>>& lists) {
  if (lists.empty()) return;
  out += std::string(section) + ":\n";
  // A key stands once.
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> all;
  for (const auto& [name, texts] : lists) {
    if (!all.contains(name)) order.push_back(name);
    all[name].insert(all[name].end(), texts.begin(), texts.end());
  }
  for (const std::string& name : order) write_list(out, name, all[name]);
}

}  // namespace

std::string write_yaml(const ReadExamples& read) {
  std::vector<std::pair<std::string, std::vector<std::string>>> intents;
  std::vector<std::string> outside;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Example& example : read.examples) {
    std::string text = marked(example);
    if (!seen.emplace(example.intent, text).second) continue;
    if (example.intent.empty()) {
      outside.push_back(std::move(text));
    } else {
      intents.push_back({example.intent, {std::move(text)}});
    }
  }
  std::string out;
  write_lists(out, "intents", intents);
  if (!outside.empty()) {
    out += "out_of_scope:\n";
    for (const std::string& text : outside) out += "  - " + in_quotes(text) + "\n";
  }
  write_lists(out, "synonyms", read.synonyms);
  write_lists(out, "lookups", read.lookups);
  if (!read.regexes.empty()) out += "regexes:\n";
  std::set<std::string> patterns;
  for (const auto& [slot, pattern] : read.regexes) {
    if (patterns.insert(slot).second)
      out += "  " + in_quotes(slot) + ": " + in_quotes(pattern) + "\n";
  }
  return out;
}

}  // namespace millrace::nlu
