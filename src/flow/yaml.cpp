#include "flow/yaml.hpp"

#include <charconv>
#include <set>

namespace millrace::flow {
namespace {
int line_of(const YAML::Node& node) {
  return node.Mark().line + 1;
}
}  // namespace

void YamlFile::error(int line, std::string key, std::string code, std::string message,
                     std::string remedy) {
  problems_.error({.file = name_,
                   .line = line,
                   .column = std::move(key),
                   .code = std::move(code),
                   .message = std::move(message),
                   .remedy = std::move(remedy)});
}

std::optional<YAML::Node> YamlFile::parse(const std::string& text) {
  constexpr size_t kBytesMax = 4 << 20;
  if (text.size() > kBytesMax) {
    error(0, "", "file_too_large", "the file is larger than 4 MiB");
    return std::nullopt;
  }
  try {
    return YAML::Load(text);
  } catch (const YAML::Exception& problem) {
    error(problem.mark.is_null() ? 0 : problem.mark.line + 1, "", "yaml_syntax", problem.msg);
  } catch (const std::exception& problem) {
    error(0, "", "yaml_syntax", problem.what());
  }
  return std::nullopt;
}

std::vector<YamlPair> YamlFile::pairs(const YAML::Node& map, std::string_view what) {
  std::vector<YamlPair> out;
  if (!map.IsDefined() || map.IsNull()) return out;
  if (!map.IsMap()) {
    error(line_of(map), "", "not_a_map", std::string(what) + " must be a map of keys to values");
    return out;
  }
  std::set<std::string> seen;
  for (const auto& pair : map) {
    const int line = line_of(pair.first);
    if (!pair.first.IsScalar()) {
      error(line, "", "bad_key", "a key must be plain text");
      continue;
    }
    const std::string key = pair.first.Scalar();
    if (!seen.insert(key).second) {
      error(line, key, "duplicate_key", "the key '" + key + "' is given twice",
            "keep one of the two");
      continue;
    }
    out.push_back({key, pair.second, line});
  }
  return out;
}

std::optional<std::string> YamlFile::scalar(const YamlPair& pair) {
  if (pair.value.IsScalar()) return pair.value.Scalar();
  error(pair.line, pair.key, "not_text", "must be plain text");
  return std::nullopt;
}

std::optional<int> YamlFile::integer(const YamlPair& pair, int min, int max) {
  const auto text = scalar(pair);
  if (!text) return std::nullopt;
  int value = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (code != std::errc() || end != text->data() + text->size() || value < min || value > max) {
    error(pair.line, pair.key, "not_in_range",
          "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return value;
}

std::vector<std::string> YamlFile::strings(const YamlPair& pair) {
  std::vector<std::string> out;
  if (!pair.value.IsSequence()) {
    error(pair.line, pair.key, "not_a_list", "must be a list");
    return out;
  }
  for (const auto& item : pair.value) {
    if (!item.IsScalar()) {
      error(line_of(item), pair.key, "not_text", "must be a list of plain texts");
      continue;
    }
    out.push_back(item.Scalar());
  }
  return out;
}

void YamlFile::unknown_key(const YamlPair& pair, const std::vector<std::string>& known) {
  const std::string near = did_you_mean(pair.key, known);
  error(pair.line, pair.key, "unknown_key", "there is no key '" + pair.key + "' here",
        near.empty() ? "known are " + list_of(known) : "did you mean '" + near + "'?");
}

}  // namespace millrace::flow
