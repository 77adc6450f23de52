#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "flow/convert.hpp"
#include "flow/csv/cells.hpp"
#include "flow/language/reading.hpp"
#include "flow/notation.hpp"
#include "flow/yaml/node_writer.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

// The header, where it is not the published one.
std::string columns_line(const std::vector<std::string>& header) {
  // Columns that a conversion adds by itself need no mention.
  std::vector<std::string> own(header);
  while (own.size() > kPublishedColumns && column_of(own.back()) >= Column::node_id) own.pop_back();
  bool published = own.size() == kPublishedColumns;
  for (size_t i = 0; published && i < own.size(); ++i) {
    published = own[i] == header_of(static_cast<Column>(i));
  }
  if (published) return "";
  std::string out = "csv_columns:\n";
  for (const std::string& name : header) out += "  - " + yaml_inline(name) + "\n";
  return out + "\n";
}

std::string indented(const std::string& text, size_t blanks) {
  std::string out;
  for (const auto line : base::split(text, '\n')) {
    if (!line.empty()) out += std::string(blanks, ' ') + std::string(line);
    out += "\n";
  }
  if (text.empty() || text.ends_with('\n')) out.pop_back();
  return out;
}

// One flow, node by node.
class FlowWriter {
 public:
  FlowWriter(const std::vector<const Draft*>& rows, const Names& names)
      : rows_(rows), names_(names) {}

  std::string run() {
    for (size_t i = 0; i < rows_.size(); ++i) {
      const bool is_last = i + 1 == rows_.size();
      const std::string next = is_last ? "" : std::to_string(rows_[i + 1]->number);
      add(*rows_[i], write_node(*rows_[i], next, names_));
    }
    return std::move(out_);
  }

 private:
  void add(const Draft& draft, const WrittenNode& node) {
    const FormPlace* form = names_.form_of(draft);
    if (form == nullptr || form->is_first) {
      out_ += (out_.empty() ? "" : "\n") + indented(node.comment, 2);
    }
    if (form == nullptr) {
      out_ += node.key + node.keys;
      return;
    }
    // The first question is where the form begins, and has its comment.
    if (form->is_first) {
      out_ += "  " + yaml_inline(form->form) + ":\n    form:\n";
    } else {
      out_ += indented(node.comment, 6);
    }
    constexpr std::string_view kAsk = "    ask: ";
    const bool only_asks = node.keys.starts_with(kAsk) && std::ranges::count(node.keys, '\n') == 1;
    out_ += "      - " + form->variable +
            (only_asks ? ": " + node.keys.substr(kAsk.size()) : ":\n" + indented(node.keys, 6));
    if (!node.next.empty()) out_ += "    next: " + yaml_inline(node.next) + "\n";
  }

  const std::vector<const Draft*>& rows_;
  const Names& names_;
  std::string out_;
};

}  // namespace

bool is_comment(std::string_view description) {
  if (description.empty()) return false;
  return std::ranges::all_of(base::split(description, '\n'), [](std::string_view line) {
    return line.starts_with("# ") && !line.ends_with(' ') && !line.ends_with('\r');
  });
}

Conversion csv_to_yaml(const std::string& csv) {
  Problems problems;
  Sources read;
  const Drafts drafts = read_drafts({{std::string(kBotFile), csv}}, read, problems);
  Conversion conversion;
  if (!problems.has_errors()) {
    const Names names(drafts);
    auto flows = names.flows();
    if (flows.empty()) flows["main"];
    std::string columns = columns_line(read_csv(csv)->front().cells);
    std::string all;
    for (const auto& [flow, rows] : flows) {
      const std::string out = std::exchange(columns, "") +
                              (rows.empty() ? "nodes: {}\n" : "nodes:\n") +
                              FlowWriter(rows, names).run();
      const auto laid_out = format_yaml(out);
      MILLRACE_CHECK(laid_out.has_value());  // what is written here is plain YAML
      all += *laid_out;
      conversion.files["flows/" + flow + ".flow.yaml"] = *laid_out;
    }
    conversion.text = std::move(all);
  }
  conversion.problems = std::move(problems).take();
  return conversion;
}

}  // namespace millrace::flow
