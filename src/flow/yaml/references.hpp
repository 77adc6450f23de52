// Where the files of a solution name its nodes, and edits of such places line by line, which leave
// everything else as it is. For the files of this room only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "flow/language/reading.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {

struct Reference {
  std::string file;
  std::string flow;     // that it stands in; "" in solution.yaml
  Place at;             // by the lines of the file
  std::string written;  // without blanks around it
  NodeNumber from = 0;  // the node that it stands in; 0 in solution.yaml
  NodeNumber to = 0;
};
// Those that lead to a node. Translations and the values of scripts are not among them.
std::vector<Reference> references(const Files& files, const Drafts& drafts, const Targets& targets);

// What is translated of a flow's nodes, in messages/<locale>.yaml.
struct TranslatedNode {
  std::string file;
  Place at;         // of the key
  std::string key;  // as written: "node" or "flow.node"
};
std::vector<TranslatedNode> translated_nodes(const Files& files, const std::string& flow);

class LineEdits {
 public:
  // What stands there becomes something else; a place is changed once.
  void replace(const std::string& file, const Place& at, std::string from, std::string to);
  // A line behind that one, which is counted from 1; several in the order given.
  void insert(const std::string& file, size_t behind, std::string text);
  // The files that change, whole, split into lines. unimplemented: the node is named inside a cell
  // there.
  using Lines = std::map<std::string, std::vector<std::string>>;
  base::Result<Lines> apply(const Files& files) const;

 private:
  struct Edit {
    int line = 0;      // from 1
    int position = 0;  // from 1
    std::string from;
    std::string to;
  };
  struct Inserted {
    size_t behind = 0;
    std::string text;
  };
  struct OfFile {
    std::vector<Edit> edits;
    std::vector<Inserted> inserted;
  };
  std::map<std::string, OfFile> files_;
};

std::vector<std::string> lines_of(std::string_view text);
std::string text_of(const std::vector<std::string>& lines);

// How a node is written whose name stands on its line: as a block with keys of their own lines
// (then how far they stand in), as {...} on one line, or otherwise.
struct NodeForm {
  enum class Kind { block, braces, other };
  Kind kind = Kind::other;
  size_t indent = 0;
};
NodeForm form_of(const std::vector<std::string>& lines, const Place& name);

// An entry of a map in a YAML file by its lines, so that it can be taken out with all that belongs
// to it.
struct EntryLines {
  std::string key;
  size_t begin = 0;  // from 0, with the comments right above the key
  size_t end = 0;    // what is behind the last of its lines
};
// nullopt where entries share lines, as in braces.
std::optional<std::vector<EntryLines>> entry_lines(YamlFile& file, const YAML::Node& map,
                                                   const std::vector<std::string>& lines);
// Takes these lines out, and gives them.
std::vector<std::string> take_lines(std::vector<std::string>& lines, const EntryLines& entry);

}  // namespace millrace::flow
