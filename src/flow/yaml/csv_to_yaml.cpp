#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "flow/convert.hpp"
#include "flow/csv/cells.hpp"
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

}  // namespace

bool is_comment(std::string_view description) {
  if (description.empty()) return false;
  return std::ranges::all_of(base::split(description, '\n'), [](std::string_view line) {
    return line.starts_with("# ") && !line.ends_with(' ') && !line.ends_with('\r');
  });
}

Conversion csv_to_yaml(const std::string& csv) {
  Problems problems;
  Drafts drafts;
  read_csv_drafts(csv, drafts, problems);
  Conversion conversion;
  if (!problems.has_errors()) {
    const Names names(drafts.nodes);
    std::map<std::string, std::vector<const Draft*>> flows;
    for (const Draft& draft : drafts.nodes) {
      flows[draft.flow == Targets::kCsvFlow ? "main" : draft.flow].push_back(&draft);
    }
    if (flows.empty()) flows["main"];
    std::string columns = columns_line(read_csv(csv)->front().cells);
    std::string all;
    for (const auto& [flow, nodes] : flows) {
      std::string out = std::exchange(columns, "") + (nodes.empty() ? "nodes: {}\n" : "nodes:\n");
      for (size_t i = 0; i < nodes.size(); ++i) {
        const bool last = i + 1 == nodes.size();
        const std::string next = last ? "" : std::to_string(nodes[i + 1]->number);
        out += (i == 0 ? "" : "\n") + write_node(*nodes[i], next, names);
      }
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
