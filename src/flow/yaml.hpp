// A strict subset of YAML for this room: maps, lists and scalars, every key known and given once,
// every complaint at its line.
#pragma once

#include <yaml-cpp/yaml.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/language/tree.hpp"
#include "flow/parts.hpp"

namespace millrace::flow {

struct YamlPair {
  std::string key;
  YAML::Node value;
  int line = 0;
  int position = 0;  // 1-based column of the key
  int length = 0;
};

// Where a node of the document begins, both from 1.
struct YamlSpot {
  int line = 0;
  int position = 0;
};
YamlSpot spot_of(const YAML::Node& node);

// As YAML::Load(), which throws; also what that does not read: a plain text with a question mark in
// a flow of values, and an emoji as JSON writes it.
YAML::Node load_yaml(const std::string& text);

// A file's text and what the parser made of it.
struct ParsedYaml {
  std::string text;
  std::vector<std::string_view> lines;
  std::optional<YAML::Node> root;
  Problems problems;
};
// YamlMemory has them by path: what has been parsed is not parsed again while its text stays the
// same.

// One YAML file being read: parses, and files its problems.
class YamlFile {
 public:
  YamlFile(std::string name, Problems& problems, YamlMemory* memory = nullptr)
      : name_(std::move(name)), problems_(problems), memory_(memory) {}
  // The same file, which files what is found from here on elsewhere.
  YamlFile(const YamlFile& file, Problems& problems)
      : name_(file.name_), problems_(problems), parsed_(file.parsed_) {}

  // The document's root; nullopt, with a problem filed, when it does not parse.
  std::optional<YAML::Node> parse(const std::string& text);
  // The pairs of a map. What is not a map, and a key given twice, is filed and left out.
  std::vector<YamlPair> pairs(const YAML::Node& map, std::string_view what);
  std::optional<std::string> scalar(const YamlPair& pair);
  std::optional<int> integer(const YamlPair& pair, int min, int max);
  std::vector<std::string> strings(const YamlPair& pair);
  // "90s", "5m", "2h", "1d", "500ms" in milliseconds, from 1 ms to 30 days.
  std::optional<int64_t> duration(const YamlPair& pair);
  std::optional<bool> truth(const YamlPair& pair);
  std::optional<double> number(const YamlPair& pair);
  // One text, or a list of them.
  std::vector<std::string> texts(const YamlPair& pair);
  // The same with their places. `key` is what the author calls them, of static storage.
  Text text(const YamlPair& pair, std::string_view key);
  TextList text_list(const YamlPair& pair, std::string_view key);
  Tree tree(const YAML::Node& node, std::string_view key, int depth = 0) const;
  Place place(const YAML::Node& node, std::string_view key) const;
  Place place(const YamlPair& pair, std::string_view key) const;  // of its key
  // The maps of a list of maps; anything else is filed and left out.
  std::vector<YAML::Node> maps(const YamlPair& pair);
  void unknown_key(const YamlPair& pair, const std::vector<std::string>& known);
  void error(int line, std::string key, std::string code, std::string message,
             std::string remedy = {});
  void error(const YamlPair& pair, std::string code, std::string message, std::string remedy = {});
  void error(const YAML::Node& node, std::string key, std::string code, std::string message,
             std::string remedy = {});
  Problems& problems() { return problems_; }
  const std::string& name() const { return name_; }

 private:
  // How far what begins there goes on its line; 0 where it goes further.
  int length_at(int line, int position, const YAML::Node& node) const;

  std::string name_;
  Problems& problems_;
  YamlMemory* memory_ = nullptr;
  std::shared_ptr<const ParsedYaml> parsed_;
};

// "0.8" in thousandths; 0, with a problem filed, when it is not above 0 and at most 1.
int read_threshold(YamlFile& file, const YamlPair& pair);

// The number of the locale whose file in that folder ("messages/") this is; a file of none is filed
// as an error.
std::optional<size_t> locale_of(YamlFile& file, std::string_view folder,
                                const std::vector<std::string>& locales);

}  // namespace millrace::flow
