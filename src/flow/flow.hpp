// The program of a conversation: what a solution's files say, compiled, checked and immutable.
// compile() takes the files as text and gives a Program together with every problem found, each at
// its file, row and with a remedy; it reads no disk and runs no script. The rules are those of the
// published CSV format (reference: studio-and-action-nodes.md 4); what the engine cannot do yet is
// refused here, before a consumer meets it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "flow/problem.hpp"
#include "flow/program.hpp"

namespace millrace::flow {

// The solution's files: path relative to its folder -> content.
using Files = std::map<std::string, std::string>;

// What the files alone do not tell about a solution: app.py's constants and its scripts, and which
// kinds of receivers there are.
struct AppFacts {
  std::vector<std::string> csv_bots;
  std::map<std::string, std::set<std::string>> environments;  // PARAMS: environment -> keys
  std::set<std::string> scripts;                              // commands with a usable class
  std::set<std::string> repeatable;                           // those that say repeatable = True
  delivery::Kinds kinds;
};

struct Compilation {
  std::optional<Program> program;  // absent when there is any error
  std::vector<Problem> problems;   // in the order of the files and rows
};

Compilation compile(const Files& files, const AppFacts& facts);

// Every node's id and the text it is written with, without comments: equal texts are equal nodes.
std::map<std::string, std::string> node_sources(const Files& files);

// What solution.yaml says, as far as it can be read, in a program without nodes.
Program declared_settings(const Files& files, delivery::Kinds kinds = {});
// The names under `environment:` of it.
std::vector<std::string> declared_environment(const Files& files);

// True for the files that make up a version; others (tests, layout, notes) do not count.
bool is_part_of_version(std::string_view path);

}  // namespace millrace::flow
