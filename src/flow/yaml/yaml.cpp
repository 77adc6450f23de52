#include "flow/yaml.hpp"

#include <charconv>
#include <set>

#include "base/text.hpp"
#include "flow/notation.hpp"

namespace millrace::flow {
namespace {

struct Unit {
  std::string_view name;
  int64_t ms;
};
constexpr Unit kUnits[] = {
    {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};

}  // namespace

YamlSpot spot_of(const YAML::Node& node) {
  const YAML::Mark mark = node.Mark();
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

void YamlFile::error(const YamlPair& pair, std::string code, std::string message,
                     std::string remedy) {
  problems_.error({.file = name_,
                   .line = pair.line,
                   .position = pair.position,
                   .length = pair.length,
                   .column = pair.key,
                   .code = std::move(code),
                   .message = std::move(message),
                   .remedy = std::move(remedy)});
}

void YamlFile::error(const YAML::Node& node, std::string key, std::string code, std::string message,
                     std::string remedy) {
  const YamlSpot spot = spot_of(node);
  problems_.error({.file = name_,
                   .line = spot.line,
                   .position = spot.position,
                   .length = length_at(spot.line, spot.position, node),
                   .column = std::move(key),
                   .code = std::move(code),
                   .message = std::move(message),
                   .remedy = std::move(remedy)});
}

void YamlFile::error(int line, std::string key, std::string code, std::string message,
                     std::string remedy) {
  problems_.error({.file = name_,
                   .line = line,
                   .column = std::move(key),
                   .code = std::move(code),
                   .message = std::move(message),
                   .remedy = std::move(remedy)});
}

std::vector<YamlPair> YamlFile::pairs(const YAML::Node& map, std::string_view what) {
  std::vector<YamlPair> out;
  if (!map.IsDefined() || map.IsNull()) return out;
  if (!map.IsMap()) {
    error(map, "", "not_a_map", std::string(what) + " must be a map of keys to values");
    return out;
  }
  std::set<std::string> seen;
  for (const auto& pair : map) {
    const YamlSpot spot = spot_of(pair.first);
    if (!pair.first.IsScalar()) {
      error(pair.first, "", "bad_key", "a key must be plain text");
      continue;
    }
    const std::string key = pair.first.Scalar();
    if (!seen.insert(key).second) {
      error(pair.first, key, "duplicate_key", "the key '" + key + "' is given twice",
            "keep one of the two");
      continue;
    }
    out.push_back({key, pair.second, spot.line, spot.position,
                   length_at(spot.line, spot.position, pair.first)});
  }
  return out;
}

std::optional<std::string> YamlFile::scalar(const YamlPair& pair) {
  if (pair.value.IsScalar()) return pair.value.Scalar();
  error(pair, "not_text", "must be plain text");
  return std::nullopt;
}

std::optional<int> YamlFile::integer(const YamlPair& pair, int min, int max) {
  const auto text = scalar(pair);
  if (!text) return std::nullopt;
  int value = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (code != std::errc() || end != text->data() + text->size() || value < min || value > max) {
    error(pair, "not_in_range",
          "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return value;
}

std::vector<std::string> YamlFile::strings(const YamlPair& pair) {
  std::vector<std::string> out;
  if (!pair.value.IsSequence()) {
    error(pair, "not_a_list", "must be a list");
    return out;
  }
  for (const auto& item : pair.value) {
    if (!item.IsScalar()) {
      error(item, pair.key, "not_text", "must be a list of plain texts");
      continue;
    }
    out.push_back(item.Scalar());
  }
  return out;
}

std::optional<int64_t> YamlFile::duration(const YamlPair& pair) {
  constexpr int64_t kMax = 30 * 86'400'000LL;
  const auto text = scalar(pair);
  if (!text) return std::nullopt;
  int64_t count = 0;
  const char* last = text->data() + text->size();
  const auto [end, code] = std::from_chars(text->data(), last, count);
  const std::string_view unit(end, static_cast<size_t>(last - end));
  for (const Unit& known : kUnits) {
    if (code != std::errc() || unit != known.name || count <= 0) continue;
    if (count <= kMax / known.ms) return count * known.ms;
  }
  error(pair, "bad_duration", "'" + *text + "' is not a duration of at most 30 days",
        "write it like 90s, 5m, 2h or 1d");
  return std::nullopt;
}

std::optional<bool> YamlFile::truth(const YamlPair& pair) {
  const auto text = scalar(pair);
  if (!text) return std::nullopt;
  if (*text == "true" || *text == "on" || *text == "yes") return true;
  if (*text == "false" || *text == "off" || *text == "no") return false;
  error(pair, "not_truth", "'" + *text + "' is neither true nor false");
  return std::nullopt;
}

std::optional<double> YamlFile::number(const YamlPair& pair) {
  const auto text = scalar(pair);
  if (!text) return std::nullopt;
  double value = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (code == std::errc() && end == text->data() + text->size()) return value;
  error(pair, "not_a_number", "'" + *text + "' is not a number");
  return std::nullopt;
}

std::vector<std::string> YamlFile::texts(const YamlPair& pair) {
  if (pair.value.IsSequence()) return strings(pair);
  auto text = scalar(pair);
  if (!text) return {};
  return {std::move(*text)};
}

Text YamlFile::text(const YamlPair& pair, std::string_view key) {
  if (auto words = scalar(pair)) return {std::move(*words), place(pair.value, key)};
  return {};
}

TextList YamlFile::text_list(const YamlPair& pair, std::string_view key) {
  TextList out{{}, place(pair.value, key)};
  if (pair.value.IsSequence()) {
    for (const auto& item : pair.value) {
      if (item.IsScalar()) {
        out.value.push_back({item.Scalar(), place(item, key)});
      } else {
        error(item, pair.key, "not_text", "must be a list of plain texts");
      }
    }
  } else if (auto words = scalar(pair)) {
    out.value.push_back({std::move(*words), out.at});
  }
  if (!out.at.given()) out.at = place(pair, key);
  return out;
}

Tree YamlFile::tree(const YAML::Node& node, std::string_view key, int depth) const {
  const Place at = place(node, key);
  if (depth <= kYamlDepthMax && node.IsMap()) {
    Tree::Map members;
    for (const auto& pair : node) {
      if (!pair.first.IsScalar()) continue;
      const std::string& name = pair.first.Scalar();
      std::erase_if(members, [&](const auto& member) { return member.first.value == name; });
      members.emplace_back(Text{name, place(pair.first, key)}, tree(pair.second, key, depth + 1));
    }
    return {std::move(members), at};
  }
  if (depth <= kYamlDepthMax && node.IsSequence()) {
    Tree::List items;
    for (const auto& item : node) items.push_back(tree(item, key, depth + 1));
    return {std::move(items), at};
  }
  return {json_from_yaml(node, depth), at};
}

Place YamlFile::place(const YAML::Node& node, std::string_view key) const {
  const YamlSpot spot = spot_of(node);
  return {key, spot.line, spot.position, length_at(spot.line, spot.position, node)};
}

Place YamlFile::place(const YamlPair& pair, std::string_view key) const {
  return {key, pair.line, pair.position, pair.length};
}

int YamlFile::length_at(int line, int position, const YAML::Node& node) const {
  if (!parsed_ || line <= 0 || static_cast<size_t>(line) > parsed_->lines.size()) return 0;
  std::string_view rest = parsed_->lines[static_cast<size_t>(line) - 1];
  if (position < 1 || static_cast<size_t>(position) > rest.size()) return 0;
  rest = base::trim(rest.substr(static_cast<size_t>(position) - 1));
  if (rest.empty()) return 0;
  const char first = rest.front();
  if (first == '\'' || first == '"') {
    for (size_t i = 1; i < rest.size(); ++i) {
      if (first == '"' && rest[i] == '\\') {
        ++i;
      } else if (rest[i] == first) {
        if (first == '"' || i + 1 == rest.size() || rest[i + 1] != first) {
          return static_cast<int>(i) + 1;
        }
        ++i;
      }
    }
    return 0;
  }
  if (!node.IsScalar()) return 0;
  return rest.starts_with(node.Scalar()) ? static_cast<int>(node.Scalar().size()) : 0;
}

std::vector<YAML::Node> YamlFile::maps(const YamlPair& pair) {
  std::vector<YAML::Node> out;
  if (!pair.value.IsSequence()) {
    error(pair, "not_a_list", "must be a list");
    return out;
  }
  for (const auto& item : pair.value) {
    if (item.IsMap()) {
      out.push_back(item);
    } else {
      error(item, pair.key, "not_a_map", "must be a list of maps");
    }
  }
  return out;
}

void YamlFile::unknown_key(const YamlPair& pair, const std::vector<std::string>& known) {
  // What other systems and other places of ours call it.
  constexpr std::pair<std::string_view, std::string_view> kOtherWords[] = {
      {"options", "choices"}, {"choices", "options"}, {"buttons", "choices"}, {"text", "say"},
      {"message", "say"},     {"question", "ask"},    {"goto", "next"},       {"then", "next"}};
  std::string near = did_you_mean(pair.key, known);
  for (const auto& [other, ours] : kOtherWords) {
    const bool is_known = std::ranges::find(known, ours) != known.end();
    if (near.empty() && pair.key == other && is_known) near = ours;
  }
  if (known.empty()) return error(pair, "unknown_key", "nothing may be said here", "remove it");
  error(pair, "unknown_key", "there is no key '" + pair.key + "' here",
        near.empty() ? "known are " + list_of(known) : "did you mean '" + near + "'?");
}

}  // namespace millrace::flow
