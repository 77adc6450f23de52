// What is wrong with a solution's files, as people and programs read it.
#pragma once

#include <string>

#include "base/json.hpp"
#include "flow/node.hpp"

namespace millrace::flow {

enum class Severity { warning, error };

// What is wrong, where, and what to do about it.
struct Problem {
  Severity severity = Severity::error;
  std::string file;    // relative to the solution's folder
  int line = 0;        // 1-based; 0 when the whole file is meant
  int position = 0;    // 1-based column of that line, in bytes; 0 when not known
  int length = 0;      // of what is meant, in bytes on that line; 0 when not known
  std::string column;  // CSV column header, or a key; may be empty
  std::string code;    // stable, e.g. "target_missing"
  std::string message;
  std::string remedy;   // may be empty
  NodeNumber node = 0;  // 0 when no node is meant
  std::string node_id;  // of a node without a number of its own

  // "templates/bot.csv:7:31: error: node 4: What Next?: no node 12 (add it) [target_missing]"
  std::string describe() const;
  json::object to_json() const;
};

}  // namespace millrace::flow
