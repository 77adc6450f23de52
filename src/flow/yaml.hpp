// A strict subset of YAML for this room: maps, lists and scalars, every key known and given once,
// every complaint at its line.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/parts.hpp"

namespace millrace::flow {

struct YamlPair {
  std::string key;
  YAML::Node value;
  int line = 0;
};

// One YAML file being read: parses, and files its problems.
class YamlFile {
 public:
  YamlFile(std::string name, Problems& problems) : name_(std::move(name)), problems_(problems) {}

  // The document's root; nullopt, with a problem filed, when it does not parse.
  std::optional<YAML::Node> parse(const std::string& text);
  // The pairs of a map. What is not a map, and a key given twice, is filed and left out.
  std::vector<YamlPair> pairs(const YAML::Node& map, std::string_view what);
  std::optional<std::string> scalar(const YamlPair& pair);
  std::optional<int> integer(const YamlPair& pair, int min, int max);
  std::vector<std::string> strings(const YamlPair& pair);
  void unknown_key(const YamlPair& pair, const std::vector<std::string>& known);
  void error(int line, std::string key, std::string code, std::string message,
             std::string remedy = {});
  Problems& problems() { return problems_; }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  Problems& problems_;
};

}  // namespace millrace::flow
