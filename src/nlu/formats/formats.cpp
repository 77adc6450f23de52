#include "nlu/formats/formats.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "nlu/formats/yaml.hpp"

namespace millrace::nlu {
namespace {

std::string scoped(std::string_view intent) {
  const bool is_outside = intent == "oos" || intent == "out_of_scope";
  return is_outside ? std::string() : std::string(intent);
}

void add(ReadExamples& out, Example example, int line) {
  example.intent = scoped(example.intent);
  if (base::trim(example.text).empty()) {
    out.problems.push_back({line,
                            "The example is empty. Write what a person may say, or strike "
                            "the line."});
    return;
  }
  if (example.text.size() > kExampleBytesMax || !base::is_valid_utf8(example.text)) {
    out.problems.push_back({line, "The example is not UTF-8, or longer than 4,096 bytes."});
    return;
  }
  out.examples.push_back(std::move(example));
  out.lines.push_back(line);
}

template <typename F>
void for_each_line(std::string_view text, F f) {
  int number = 1;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!base::trim(line).empty()) f(line, number);
    ++number;
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
  }
}

void read_tsv(std::string_view text, ReadExamples& out) {
  for_each_line(text, [&](std::string_view line, int number) {
    const size_t tab = line.rfind('\t');
    if (tab == std::string_view::npos) {
      out.problems.push_back({number, "The line has no tab. Write the text, a tab, the intent."});
      return;
    }
    add(out, {std::string(line.substr(0, tab)), std::string(line.substr(tab + 1)), {}}, number);
  });
}

void read_slots(const json::array& slots, Example& example, int line, ReadExamples& out) {
  for (const json::value& value : slots) {
    const auto* slot = value.if_object();
    const auto begin = slot ? json::get_integer(*slot, "start") : std::nullopt;
    const auto end = slot ? json::get_integer(*slot, "end") : std::nullopt;
    const auto name = slot ? json::get_string(*slot, "slot") : std::nullopt;
    const auto size = static_cast<int64_t>(example.text.size());
    if (!begin || !end || !name || *begin < 0 || *begin >= *end || *end > size) {
      out.problems.push_back({line, "A slot needs start, end and slot, as bytes of the text."});
      continue;
    }
    example.slots.push_back(
        {static_cast<uint32_t>(*begin), static_cast<uint32_t>(*end), std::string(*name)});
  }
}

void read_jsonl(std::string_view text, ReadExamples& out) {
  for_each_line(text, [&](std::string_view line, int number) {
    const auto object = json::parse_object(line);
    const auto said = object ? json::get_string(*object, "text") : std::nullopt;
    const auto intent = object ? json::get_string(*object, "intent") : std::nullopt;
    if (!said || !intent) {
      out.problems.push_back({number, "The line is no JSON object with text and intent."});
      return;
    }
    Example example{std::string(*said), std::string(*intent), {}};
    if (const auto* slots = json::get_array(*object, "slots")) {
      read_slots(*slots, example, number, out);
    }
    add(out, std::move(example), number);
  });
}

struct Cells {
  std::vector<std::string> cells;
  int line = 1;
};

// Rows of RFC 4180: quoted cells, doubled quotes, line breaks inside of cells.
std::vector<Cells> read_rows(std::string_view text, ReadExamples& out) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<Cells> rows;
  std::string cell;
  bool is_quoted = false;
  int line = 1;
  Cells row;
  const auto end_row = [&] {
    row.cells.push_back(std::move(cell));
    cell.clear();
    if (row.cells.size() > 1 || !row.cells[0].empty()) rows.push_back(std::move(row));
    row = {{}, line};
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (is_quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        cell += '"';
        ++i;
      } else if (c == '"') {
        is_quoted = false;
      } else {
        cell += c;
      }
    } else if (c == '"' && cell.empty()) {
      is_quoted = true;
    } else if (c == ',') {
      row.cells.push_back(std::move(cell));
      cell.clear();
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      cell += c;
    }
  }
  if (is_quoted) out.problems.push_back({row.line, "A quote that begins here is not closed."});
  if (!cell.empty() || !row.cells.empty()) end_row();
  return rows;
}

void read_csv(std::string_view text, ReadExamples& out) {
  const auto rows = read_rows(text, out);
  size_t utterance = SIZE_MAX, intent = SIZE_MAX;
  if (!rows.empty()) {
    const auto& head = rows[0].cells;
    for (size_t i = 0; i < head.size(); ++i) {
      if (base::equals_ignoring_case(base::trim(head[i]), "Utterance")) utterance = i;
      if (base::equals_ignoring_case(base::trim(head[i]), "Intent")) intent = i;
    }
  }
  if (utterance == SIZE_MAX || intent == SIZE_MAX) {
    out.problems.push_back({1, "The first row has to name the columns Utterance and Intent."});
    return;
  }
  for (size_t r = 1; r < rows.size(); ++r) {
    const auto& cells = rows[r].cells;
    if (std::max(utterance, intent) >= cells.size()) {
      out.problems.push_back({rows[r].line, "The row has too few cells."});
      continue;
    }
    add(out, unmarked(cells[utterance], std::string(base::trim(cells[intent]))), rows[r].line);
  }
}

}  // namespace

Example unmarked(std::string_view text, std::string intent) {
  Example out{{}, std::move(intent), {}};
  while (!text.empty()) {
    const size_t open = text.find('[');
    const size_t shut = open == std::string_view::npos ? open : text.find(']', open);
    const char next = shut < text.size() - 1 ? text[shut + 1] : '\0';
    const char closing = next == '(' ? ')' : next == '{' ? '}' : '\0';
    const size_t end = closing == '\0' ? std::string_view::npos : text.find(closing, shut);
    if (shut == std::string_view::npos || end == std::string_view::npos) {
      out.text += text.substr(0, shut == std::string_view::npos ? shut : shut + 1);
      text = shut == std::string_view::npos ? "" : text.substr(shut + 1);
      continue;
    }
    out.text += text.substr(0, open);
    const auto begin = static_cast<uint32_t>(out.text.size());
    out.text += text.substr(open + 1, shut - open - 1);
    std::string slot(text.substr(shut + 2, end - shut - 2));
    if (closing == '}') {
      const auto object = json::parse_object("{" + slot + "}");
      const auto name = object ? json::get_string(*object, "entity") : std::nullopt;
      slot = std::string(name.value_or(""));
    }
    slot = slot.substr(0, slot.find(':'));
    if (!slot.empty() && begin < out.text.size()) {
      out.slots.push_back({begin, static_cast<uint32_t>(out.text.size()), std::move(slot)});
    }
    text = text.substr(end + 1);
  }
  return out;
}

ReadExamples read_examples(std::string_view name, std::string_view text) {
  ReadExamples out;
  if (name.ends_with(".csv")) {
    read_csv(text, out);
  } else if (name.ends_with(".tsv")) {
    read_tsv(text, out);
  } else if (name.ends_with(".jsonl")) {
    read_jsonl(text, out);
  } else if (name.ends_with(".yaml") || name.ends_with(".yml")) {
    ReadExamples found;
    read_yaml(text, found);
    for (size_t i = 0; i < found.examples.size(); ++i) {
      add(out, std::move(found.examples[i]), found.lines[i]);
    }
    out.synonyms = std::move(found.synonyms);
    out.lookups = std::move(found.lookups);
    out.regexes = std::move(found.regexes);
    out.problems.insert(out.problems.end(), found.problems.begin(), found.problems.end());
  } else {
    out.problems.push_back({0, "Examples are read from .csv, .tsv, .jsonl, .yaml and .yml."});
  }
  return out;
}

std::string write_tsv(const std::vector<Example>& examples) {
  std::string out;
  for (const Example& example : examples) {
    std::string text = example.text;
    std::ranges::replace_if(text, [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
    out += text + '\t' + (example.intent.empty() ? "out_of_scope" : example.intent) + '\n';
  }
  return out;
}

}  // namespace millrace::nlu
