// A solution's flows as a drawing, a list or a search needs them: every node with its place in its
// file and its ways out, as far as they can be read, also while much else is wrong.
#pragma once

#include <string>
#include <vector>

#include "flow/flow.hpp"

namespace millrace::flow {

// Bytes of a file, the second not included.
struct Span {
  size_t from = 0;
  size_t to = 0;
};
struct OutlineRoad {
  std::string kind;   // next, behind, option, result, branch, otherwise, call, fail, silence
  std::string label;  // for people; may be empty
  std::string to;     // the id of a node; as written where there is no such node
  bool leads = true;  // there is such a node
  Span span;          // of the name, where it is written; empty where nothing is
};
struct OutlineNode {
  std::string id;
  std::string kind;  // say, ask, do, if, set, call, return, wait, unknown
  std::string name;  // Node Name; may be empty
  std::string text;  // what it first says, or its command, as written
  int line = 0;
  Span span;  // from its first line to the node behind it, comments between included
  std::vector<std::string> sets;  // variables that get a value here
  std::vector<OutlineRoad> roads;
};
struct OutlineFlow {
  std::string name;  // "main"; "bot" of templates/bot.csv
  std::string file;
  std::vector<OutlineNode> nodes;  // in the order written
};
std::vector<OutlineFlow> outline(const Files& files);

}  // namespace millrace::flow
