#include <algorithm>
#include <cstdio>

#include "base/escape.hpp"
#include "trial/trial.hpp"

namespace millrace::trial {
namespace {

std::string number(double value, int digits) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
  return buffer;
}

// XML has no place for other control characters, escaped or not.
std::string xml(std::string_view text) {
  std::string out = base::html_escape(text);
  std::erase_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t'; });
  return out;
}

std::vector<const flow::Node*> in_order(const flow::Program& program) {
  std::vector<const flow::Node*> nodes;
  for (const auto& [key, node] : program.nodes) nodes.push_back(&node);
  std::ranges::sort(nodes, {},
                    [](const flow::Node* node) { return std::pair(node->file, node->row); });
  return nodes;
}

}  // namespace

std::string text_report(const std::vector<Outcome>& outcomes, const Coverage& coverage,
                        double seconds, bool colour) {
  const auto painted = [&](std::string_view code, const std::string& text) {
    return colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
  };
  std::string out;
  size_t failed = 0;
  for (const Outcome& outcome : outcomes) {
    if (outcome.passed) {
      out += painted("32", "passed") + " " + outcome.test->name + " " +
             painted("2", "(" + number(outcome.seconds * 1'000, 1) + " ms)") + "\n";
      continue;
    }
    ++failed;
    out += painted("31", "FAILED") + " " + outcome.test->name + "\n  " + outcome.test->file + ":" +
           std::to_string(outcome.line) + ": " + outcome.failure + "\n";
    std::string_view rest = outcome.transcript;
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      out += "    " + std::string(rest.substr(0, end)) + "\n";
      rest.remove_prefix(end + 1);
    }
  }
  for (const flow::Node* node : in_order(coverage.program())) {
    for (const flow::Outgoing& road : flow::roads_of(*node)) {
      if (coverage.has_road({node->number, road.kind, road.index})) continue;
      out += "not covered: " + node->file + ":" + std::to_string(node->row) + ": " + node->id +
             " --" + road.label + "--> " + coverage.program().find(road.target)->id + "\n";
    }
  }
  const std::string counts = std::to_string(outcomes.size() - failed) + " of " +
                             std::to_string(outcomes.size()) + " tests passed in " +
                             number(seconds * 1'000, 0) + " ms";
  out += painted(failed == 0 ? "32" : "31", counts) +
         "\ncoverage: " + std::to_string(coverage.nodes_seen()) + " of " +
         std::to_string(coverage.nodes_all()) + " nodes, " + std::to_string(coverage.roads_seen()) +
         " of " + std::to_string(coverage.roads_all()) + " branches (" +
         number(coverage.percent(), 1) + "%)\n";
  return out;
}

std::string junit_report(const std::vector<Outcome>& outcomes, std::string_view solution,
                         double seconds) {
  const auto failed =
      std::ranges::count_if(outcomes, [](const Outcome& outcome) { return !outcome.passed; });
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"" +
      xml(solution) + "\" tests=\"" + std::to_string(outcomes.size()) + "\" failures=\"" +
      std::to_string(failed) + "\" time=\"" + number(seconds, 3) + "\">\n";
  for (const Outcome& outcome : outcomes) {
    out += "    <testcase classname=\"" + xml(outcome.test->file) + "\" name=\"" +
           xml(outcome.test->name) + "\"";
    if (outcome.passed) {
      out += "/>\n";
      continue;
    }
    out += ">\n      <failure message=\"" +
           xml(outcome.test->file + ":" + std::to_string(outcome.line)) + "\">" +
           xml(outcome.failure) + "\n\n" + xml(outcome.transcript) +
           "</failure>\n    </testcase>\n";
  }
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace millrace::trial
