#include "flow/notation.hpp"

#include <charconv>

#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

json::value plain_scalar(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (text.empty() || text == "null" || text == "~") return nullptr;
  int64_t whole = 0;
  const char* end = text.data() + text.size();
  if (const auto parsed = std::from_chars(text.data(), end, whole);
      parsed.ptr == end && std::to_string(whole) == text) {
    return whole;
  }
  return json::value(text);
}

}  // namespace

std::string spaced_json(const json::value& value) {
  if (const auto* object = value.if_object()) {
    std::string out = "{";
    for (const auto& member : *object) {
      if (out.size() > 1) out += ", ";
      out += json::serialize(json::value(member.key())) + ": " + spaced_json(member.value());
    }
    return out + "}";
  }
  if (const auto* array = value.if_array()) {
    std::string out = "[";
    for (const json::value& item : *array) {
      if (out.size() > 1) out += ", ";
      out += spaced_json(item);
    }
    return out + "]";
  }
  return json::serialize(value);
}

json::value json_from_yaml(const YAML::Node& node, int depth) {
  if (depth > kYamlDepthMax) return nullptr;
  if (node.IsMap()) {
    json::object out;
    for (const auto& pair : node) {
      if (pair.first.IsScalar()) {
        out[pair.first.Scalar()] = json_from_yaml(pair.second, depth + 1);
      }
    }
    return out;
  }
  if (node.IsSequence()) {
    json::array out;
    for (const auto& item : node) out.push_back(json_from_yaml(item, depth + 1));
    return out;
  }
  if (!node.IsScalar()) return nullptr;
  return node.Tag() == "!" ? json::value(node.Scalar()) : plain_scalar(node.Scalar());
}

std::string yaml_value(const json::value& value) {
  if (const auto* object = value.if_object()) {
    std::string out = "{";
    for (const auto& member : *object) {
      out += (out.size() > 1 ? ", " : "") + yaml_inline(member.key()) + ": " +
             yaml_value(member.value());
    }
    return out + "}";
  }
  if (const auto* array = value.if_array()) {
    std::string out = "[";
    for (const json::value& item : *array) {
      out += (out.size() > 1 ? ", " : "") + yaml_value(item);
    }
    return out + "]";
  }
  if (const auto* text = value.if_string()) {
    return yaml_inline(*text, reads_as_typed(std::string_view(*text)));
  }
  return json::serialize(value);
}

}  // namespace millrace::flow
