// How long `check` takes over a flow of 1,000 nodes, 300 variables and jumps all over it: from the
// files' text to the list of problems. One thread, no I/O; prints CPU time, the median of several.
#include <algorithm>
#include <iostream>

#include "bench/measure.hpp"
#include "flow/convert.hpp"
#include "tests/big_bot.hpp"
#include "tests/many_nodes.hpp"

namespace {

using namespace millrace;

template <typename Work>
double median_ms(int rounds, Work work) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const double begin = bench::cpu_seconds();
    work();
    times.push_back((bench::cpu_seconds() - begin) * 1'000);
  }
  std::ranges::nth_element(times, times.begin() + rounds / 2);
  return times[static_cast<size_t>(rounds / 2)];
}

void measure(const char* what, const flow::Files& files, const flow::AppFacts& facts) {
  const auto compiled = flow::compile(files, facts);
  for (const auto& problem : compiled.problems) std::cerr << problem.describe() << "\n";
  if (!compiled.program) std::abort();
  const double ms = median_ms(21, [&] { (void)flow::compile(files, facts); });
  std::cout << what << ", " << compiled.program->nodes.size() << " nodes: " << ms << " ms\n";
}

}  // namespace

int main() {
  const testing_support::ManyNodes many;
  measure("check of a flow in YAML", many.files(), {{"Bench"}, {}, {}});
  const testing_support::BigBot big(50);
  measure("check of a bot.csv", big.files(), testing_support::BigBot::facts());
}
