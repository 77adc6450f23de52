// From one notation to the other. A CSV flow becomes a YAML flow of the same cells and back again,
// cell for cell; a YAML flow becomes CSV as far as the format can say it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flow/flow.hpp"

namespace millrace::flow {

struct Conversion {
  std::optional<std::string> text;  // of bot.csv, or of all flows; absent when there is any error
  Files files;                      // the same by path: a CSV with named nodes may be several flows
  std::vector<Problem> problems;
};

// templates/bot.csv -> flows/main.flow.yaml
Conversion csv_to_yaml(const std::string& csv);

// All flows/*.flow.yaml -> templates/bot.csv. Named nodes get numbers; what only YAML can say is an
// error at its line.
Conversion yaml_to_csv(const Files& files);

// All that yaml_to_csv() refuses, as "the CSV format cannot say ..." goes on; "…" stands for the
// author's words. docs/flows.md has an example of each.
const std::vector<std::string_view>& not_in_csv();

}  // namespace millrace::flow
