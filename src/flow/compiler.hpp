// Compiles a solution that is being edited, again and again: a studio, a language server, an
// operator's API. What has not changed since the last time is neither read nor compiled again.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "flow/flow.hpp"

namespace millrace::flow {

// One solution's files, as they change. It keeps
//  - every file by its text: solution.yaml, messages/ and nlu/ parsed, scripts looked through;
//  - every node of a YAML flow and every row of bot.csv by its text, read, linked and checked. A
//    node is linked again when a name that it mentions means another node, and checked again when
//    something that its checks asked for is answered differently: a variable, a handler for errors,
//    an output of another node.
// What can be judged only over the whole program (branches, circles, variables before they are set)
// is judged every time. The answers are those that compile() gives of the same files.
//
// It holds about as much memory as the files and their program take. Not for two threads at once.
class Compiler {
 public:
  Compiler();
  ~Compiler();
  Compiler(Compiler&&) noexcept;
  Compiler& operator=(Compiler&&) noexcept;

  // What is wrong, in the order of the files and rows.
  std::vector<Problem> check(const Files& files, const AppFacts& facts);
  // The same, and a copy of the program when nothing is.
  Compilation compile(const Files& files, const AppFacts& facts);

  // What the last call had to do anew.
  struct Work {
    size_t read = 0;     // nodes and rows
    size_t linked = 0;   // nodes
    size_t checked = 0;  // nodes
  };
  const Work& last_work() const;

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;

  friend Compilation compile(const Files& files, const AppFacts& facts);
};

}  // namespace millrace::flow
