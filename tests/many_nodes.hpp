// A YAML flow of as many nodes and variables as wanted, with jumps all over it: what `check` is
// measured on. The same for the same numbers.
#pragma once

#include <string>

#include "flow/flow.hpp"

namespace millrace::testing_support {

struct ManyNodes {
  int nodes = 1'000;
  int variables = 300;

  // Asks, assignments, conditions and messages in turn. Every node but a message jumps somewhere in
  // the flow as well as on, so that roads meet everywhere; `changed` says something else in one.
  std::string flow(bool changed = false) const {
    std::string out = "nodes:\n";
    for (int i = 0; i < nodes; ++i) out += node(i, changed && i == nodes / 8 * 4 + 3) + "\n";
    return out + "  last:\n    say: Thank you, {V0}!\n    end: true\n";
  }
  flow::Files files(bool changed = false) const {
    return {{"flows/main.flow.yaml", flow(changed)}};
  }

 private:
  static std::string name(int i) { return "n" + std::to_string(i); }
  std::string variable(int i) const { return "V" + std::to_string(i % variables); }
  // A question; spread over the whole flow, the same each time.
  std::string jump(int i) const { return name(static_cast<int>(i * 7'919LL % nodes) / 4 * 4); }

  std::string node(int i, bool changed) const {
    const std::string text = changed ? "Something else" : "Here";
    switch (i % 4) {
      case 0:
        return "  " + name(i) + ":\n    ask: What is number " + std::to_string(i) +
               "?\n    type: text\n    variable: " + variable(i / 4) +
               "\n    max_tries: 3\n    on_fail: " + jump(i) + "\n";
      case 1:
        return "  " + name(i) + ":\n    set: {" + variable(i / 4 + 1) + ": '= length(" +
               variable(i / 4) + ")'}\n";
      case 2:
        return "  " + name(i) + ":\n    if:\n      - {when: " + variable(i / 4) +
               " = 'yes', to: " + jump(i) + "}\n      - {when: is_set(" + variable(i / 4) +
               "), to: " + jump(i + 1) +
               "}\n      - {else: " + (i + 1 < nodes ? name(i + 1) : "last") + "}\n";
      default: return "  " + name(i) + ": " + text + " is {V0}.\n";
    }
  }
};

}  // namespace millrace::testing_support
