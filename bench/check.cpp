// How long `check` takes over a flow of 1,000 nodes, 300 variables and jumps all over it, from the
// files' text to the list of problems: all of it from nothing, and again after an edit, when only
// what changed is read and compiled (flow::Compiler). One thread, no I/O; prints CPU time, the
// median of several.
#include <algorithm>
#include <functional>
#include <iostream>

#include "bench/measure.hpp"
#include "flow/compiler.hpp"
#include "tests/big_bot.hpp"
#include "tests/many_nodes.hpp"

namespace {

using namespace millrace;
using Edit = std::function<void(std::string& text, int round)>;

template <typename Work>
double median_ms(int rounds, Work work) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const double begin = bench::cpu_seconds();
    work(i);
    times.push_back((bench::cpu_seconds() - begin) * 1'000);
  }
  std::ranges::nth_element(times, times.begin() + rounds / 2);
  return times[static_cast<size_t>(rounds / 2)];
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  if (at == std::string::npos) std::abort();
  text.replace(at, from.size(), to);
}

void measure(const char* what, const flow::Files& files, const flow::AppFacts& facts) {
  const auto compiled = flow::compile(files, facts);
  for (const auto& problem : compiled.problems) std::cerr << problem.describe() << "\n";
  if (!compiled.program) std::abort();
  const double ms = median_ms(21, [&](int) { (void)flow::compile(files, facts); });
  std::cout << what << ", " << compiled.program->nodes.size() << " nodes: " << ms << " ms\n";
}

// Each round makes the edit in the file and has the whole checked; the edit itself is not counted.
void measure_again(const char* what, const flow::Files& files, const std::string& path,
                   const flow::AppFacts& facts, const Edit& edit) {
  flow::Compiler compiler;
  compiler.check(files, facts);
  flow::Compiler::Work work;
  std::vector<double> times;
  for (int i = 0; i < 41; ++i) {
    flow::Files edited = files;
    edit(edited[path], i);
    const double begin = bench::cpu_seconds();
    (void)compiler.check(edited, facts);
    times.push_back((bench::cpu_seconds() - begin) * 1'000);
    work = compiler.last_work();
  }
  std::ranges::sort(times);
  std::cout << "  " << what << ": " << times[20] << " ms, at worst " << times[40] << " ms ("
            << work.read << " read, " << work.linked << " linked, " << work.checked
            << " checked)\n";
}

}  // namespace

int main() {
  const testing_support::ManyNodes many;
  const flow::AppFacts facts{{"Bench"}, {}, {}};
  const std::string flow_file = "flows/main.flow.yaml";
  measure("check of a flow in YAML", many.files(), facts);
  measure_again("again, one text changed", many.files(), flow_file, facts,
                [](std::string& text, int round) {
                  replace(text, "n503: Here", "n503: Number " + std::to_string(round));
                });
  measure_again("again, one jump changed", many.files(), flow_file, facts,
                [](std::string& text, int round) {
                  const size_t at = text.find("on_fail: ", text.find("  n500:")) + 9;
                  text.replace(at, text.find('\n', at) - at, "n" + std::to_string(round * 4));
                });
  measure_again("again, a variable renamed in one node", many.files(), flow_file, facts,
                [](std::string& text, int round) {
                  const size_t at = text.find("variable: ", text.find("  n500:")) + 10;
                  text.replace(at, text.find('\n', at) - at, "NEW" + std::to_string(round));
                });
  measure_again("again, a node put in front of all others", many.files(), flow_file, facts,
                [](std::string& text, int round) {
                  text.insert(7, "  first" + std::to_string(round) + ": Welcome.\n");
                });
  measure_again("again, a quote left open in the middle", many.files(), flow_file, facts,
                [](std::string& text, int round) {
                  replace(text, "n503: Here", "n503: 'Number " + std::to_string(round));
                });
  const testing_support::BigBot big(50);
  const auto big_facts = testing_support::BigBot::facts();
  measure("check of a bot.csv", big.files(), big_facts);
  measure_again("again, one text changed", big.files(), "templates/bot.csv", big_facts,
                [](std::string& text, int round) {
                  replace(text, "Goodbye.", "Goodbye " + std::to_string(round));
                });
}
