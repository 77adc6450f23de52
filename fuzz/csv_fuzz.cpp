// Bytes as templates/bot.csv: read, compiled, written as YAML and back. What can be converted comes
// back as it was; a compiler that has read half of them before says the same of them.
#include <cstdlib>
#include <string_view>

#include "flow/compiler.hpp"
#include "flow/convert.hpp"
#include "flow/csv/csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto rows = flow::read_csv(text);
  if (rows) {
    std::vector<std::vector<std::string>> cells;
    for (const auto& row : *rows) cells.push_back(row.cells);
    const auto again = flow::read_csv(flow::write_csv(cells));
    if (!again || again->size() != rows->size()) std::abort();
  }
  const auto yaml = flow::csv_to_yaml(text);
  if (yaml.text) {
    const auto back = flow::yaml_to_csv({{"flows/main.flow.yaml", *yaml.text}});
    const auto there = back.text ? flow::csv_to_yaml(*back.text) : flow::Conversion{};
    if (back.text && there.text && *there.text != *yaml.text) std::abort();
  }
  const flow::AppFacts facts{{"Test"}, {}, {"SendIt"}};
  const auto compiled = flow::compile({{"templates/bot.csv", text}}, facts);
  flow::Compiler compiler;
  compiler.check({{"templates/bot.csv", text.substr(0, text.size() / 2)}}, facts);
  const auto again = compiler.check({{"templates/bot.csv", text}}, facts);
  if (again.size() != compiled.problems.size()) std::abort();
  for (size_t i = 0; i < again.size(); ++i) {
    if (again[i].describe() != compiled.problems[i].describe()) std::abort();
  }
  return 0;
}
