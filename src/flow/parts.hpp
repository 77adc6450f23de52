// The steps of compile(), for the files of this room only: settings, nodes, translations, checks.
// Each step adds what it finds wrong to the same list and goes on with what it could read.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "flow/flow.hpp"
#include "flow/language/kept.hpp"
#include "flow/language/tree.hpp"

namespace millrace::flow {

inline constexpr std::string_view kBotFile = "templates/bot.csv";
inline constexpr std::string_view kSettingsFile = "solution.yaml";

class Problems {
 public:
  void error(Problem problem) {
    problem.severity = Severity::error;
    if (problem.node != 0) nodes_.insert(problem.node);
    items_.push_back(std::move(problem));
  }
  void warning(Problem problem) {
    problem.severity = Severity::warning;
    items_.push_back(std::move(problem));
  }
  bool has_errors() const;
  void add(Problems&& others) {
    nodes_.merge(others.nodes_);
    for (Problem& problem : others.items_) items_.push_back(std::move(problem));
  }
  // The same with their lines, and the numbers of nodes without one of their own, moved so far.
  void add(const Problems& others, int lines, NodeNumber numbers = 0);
  bool empty() const { return items_.empty(); }
  // Whether something is wrong with that node already: what follows from it is not said again.
  bool has_error_at(NodeNumber node) const { return nodes_.contains(node); }
  // In the order of files, lines and positions; where these are equal, as they were found.
  std::vector<Problem> take() &&;

 private:
  std::vector<Problem> items_;
  std::set<NodeNumber> nodes_;
};

// The candidate nearest to `name` (edit distance of at most a third of it), or "".
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

// "1, 2 and 12"
std::string list_of(const std::vector<std::string>& items);

// solution.yaml -> name, locales and the rest of the program's settings. What names nodes is given
// back, for when they are known.
struct AsideTarget {
  ask::Command command;
  std::string node;
  Problem where;  // file, line and position
};
struct ParsedYaml;
using YamlMemory = std::map<std::string, std::shared_ptr<const ParsedYaml>>;  // see yaml.hpp
std::vector<AsideTarget> read_settings(const Files& files, delivery::Kinds kinds,
                                       YamlMemory& memory, Program& program, Problems& problems);
void link_asides(const std::vector<AsideTarget>& targets, Program& program, Problems& problems);

// Every text of a node that is shown to people, under the name translations give it.
void for_each_text(DialogNode& node,
                   const std::function<void(const std::string& path, Localized& text)>& visit);

// Drafts of templates/bot.csv and flows/*.flow.yaml -> program.nodes, with texts in the default
// locale only. `same_names`: `targets` are those of the last time. Gives back how many drafts were
// linked anew.
struct Drafts;
class Targets;
size_t read_nodes(const Drafts& drafts, const Targets& targets, bool same_names,
                  const AppFacts& facts, Program& program, Problems& problems);

// messages/<locale>.yaml -> the other locales of every text, and of what Millrace says by itself.
// Given back is what was translated and where it stands, for the checks.
struct Translation {
  NodeNumber node = 0;
  Template text;
  Problem where;  // file, place and field
};
std::vector<Translation> read_translations(const Files& files, YamlMemory& memory, Program& program,
                                           Problems& problems);

// templates/intent.csv and entity.csv, nlu/<locale>.yaml and the nodes' Intent -> program.intents,
// intent_nodes, lexicon, understanding.priorities.
struct Priorities {
  std::string file;
  Place at;  // of the flow's name
  std::string flow;
  std::vector<std::string> intents;
};
struct IntentsRead {
  std::vector<Intent> intents;
  nlu::Lexicon lexicon;
  std::vector<Priorities> priorities;
  std::set<std::string> filling;  // intents whose examples have slots
  Problems problems;
};
void read_intents(const Files& files, const Drafts& drafts, Kept<IntentsRead>& kept,
                  Program& program, Problems& problems);

// What the text of app.py and of the scripts gives away.
void check_sources(const Files& files, Kept<Problems>& kept, Problems& problems);

// What can only be judged over the whole program. Gives back how many nodes were checked anew.
size_t check_program(const Program& program, const AppFacts& facts, const Drafts& drafts,
                     const std::vector<Translation>& translations, Problems& problems);

}  // namespace millrace::flow
