#include "flow/schema.hpp"

#include "flow/csv/cells.hpp"
#include "flow/settings/settings_keys.hpp"

namespace millrace::flow {
namespace {

json::array words(const std::vector<std::string>& names) {
  json::array out;
  for (const std::string& name : names) out.emplace_back(name);
  return out;
}

json::object text() {
  return {{"type", "string"}};
}

json::object list_of_texts() {
  return {{"type", "array"}, {"items", text()}};
}

json::object texts() {
  json::object several = list_of_texts();
  several["minItems"] = 1;
  return {{"oneOf", json::array{text(), std::move(several)}}};
}

json::object map_of(json::object value) {
  return {{"type", "object"}, {"additionalProperties", std::move(value)}};
}

json::object node() {
  return {{"description", "A node of this flow, flow.node, a flow's name, or a node's number"},
          {"type", json::array{"string", "integer"}}};
}

json::object variable() {
  return {{"type", "string"}, {"pattern", "^[A-Z][A-Z0-9_]{0,63}$"}};
}

json::object duration() {
  return {{"type", "string"}, {"pattern", "^[0-9]+(ms|s|m|h|d)$"}};
}

// That, or a text.
json::object or_text(json::object value) {
  return {{"oneOf", json::array{text(), std::move(value)}}};
}

json::object with_required(json::object map, std::initializer_list<std::string_view> keys) {
  json::array names;
  for (const std::string_view key : keys) names.emplace_back(key);
  map["required"] = std::move(names);
  return map;
}

json::object list(json::object items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

json::object choices() {
  json::object short_form = map_of(node());
  short_form["description"] = "{Label: node}";
  short_form["minProperties"] = 1;
  short_form["maxProperties"] = 1;
  short_form["not"] = json::object{{"required", json::array{"label"}}};
  return list({{"oneOf", json::array{text(), std::move(short_form),
                                     with_required(schema_of(choice_keys()), {"label"})}}});
}

json::object cases() {
  const auto keys = case_keys();
  return list({{"oneOf", json::array{with_required(schema_of(keys.first(2)), {"when", "to"}),
                                     with_required(schema_of(keys.last(1)), {"else"})}}});
}

json::object node_or_text() {
  return {{"oneOf", json::array{text(), json::object{{"$ref", "#/$defs/node"}}}}};
}

json::object form() {
  json::object ask = map_of(node_or_text());
  ask["minProperties"] = 1;
  ask["maxProperties"] = 1;
  ask["propertyNames"] = variable();
  json::object asks = list(std::move(ask));
  asks["minItems"] = 1;
  return asks;
}

json::object assignments() {
  json::object out = map_of({{"type", json::array{"string", "integer", "number", "boolean"}}});
  out["propertyNames"] = variable();
  return out;
}

json::object asset() {
  json::object kind{{"enum", words(asset_kinds())}};
  json::object type{{"enum", json::array{"static", "dynamic", "action_node", "direct_post"}}};
  json::object properties{
      {"kind", std::move(kind)}, {"content", text()}, {"type", std::move(type)}};
  return {
      {"type", "object"}, {"required", json::array{"kind"}}, {"properties", std::move(properties)}};
}

json::object shown() {
  json::array names;
  for (const ShowWord& show : show_words()) names.emplace_back(show.word);
  return {{"enum", std::move(names)}};
}

json::object shape_of(const Key& key) {
  switch (key.shape) {
    case Shape::text: return text();
    case Shape::texts: return texts();
    case Shape::list: return list_of_texts();
    case Shape::truth: return {{"type", "boolean"}};
    case Shape::always: return {{"const", true}};
    case Shape::integer: {
      json::object out{{"type", "integer"}};
      if (key.max > 0) {
        out["minimum"] = key.min;
        out["maximum"] = key.max;
      }
      return out;
    }
    case Shape::number: return {{"type", "number"}};
    case Shape::day: return text();
    case Shape::duration: return duration();
    case Shape::node: return node();
    case Shape::object: return {{"type", json::array{"object", "string"}}};
    case Shape::map: return {{"type", "object"}};
    case Shape::variable: return variable();
    case Shape::variables: return list(variable());
    case Shape::nodes: return or_text(map_of(node()));
    case Shape::buttons: return or_text(choices());
    case Shape::choices: return choices();
    case Shape::behaviours: return list({{"enum", words(behaviour_names())}});
    case Shape::asset: return asset();
    case Shape::cells: return map_of({{"type", json::array{"string", "integer"}}});
    case Shape::cases: return cases();
    case Shape::assignments: return assignments();
    case Shape::form: return form();
    case Shape::type: return {{"enum", words(answer_types())}};
    case Shape::show: return shown();
    case Shape::reminders: return list(with_required(schema_of(reminder_keys()), {"after"}));
    case Shape::secret: return {{"type", "string"}, {"pattern", "\\$\\{"}};
    case Shape::words: return {{"enum", words(*key.words)}};
    case Shape::word_list: return list({{"enum", words(*key.words)}});
    case Shape::section: return schema_of(key.section);
    case Shape::sections: return map_of(schema_of(key.section));
    case Shape::text_or_section: return or_text(schema_of(key.section));
    case Shape::text_or_true: return {{"type", json::array{"string", "boolean"}}};
    case Shape::phrases: return map_of(texts());
    case Shape::silence_reminders: return list(with_required(schema_of(key.section), {"after"}));
    case Shape::channels:
      return {{"anyOf",
               json::array{list_of_texts(), map_of({{"type", json::array{"string", "null"}}})}}};
    case Shape::aside:
      return {{"oneOf", json::array{json::object{{"type", json::array{"boolean", "string"}}},
                                    with_required(schema_of(key.section), {"to"})}}};
  }
  return {};
}

json::object flow_schema() {
  json::object nodes = map_of(node_or_text());
  const auto keys = flow_keys();
  json::object out = with_required(schema_of(keys), {"nodes"});
  nodes["description"] = keys.front().help;
  out["properties"].get_object()["nodes"] = std::move(nodes);
  out["$defs"] = json::object{{"node", schema_of(node_keys())}};
  return out;
}

json::object messages_schema() {
  json::object system, phrases;
  for (const std::string_view key : ask::stock_keys()) system[key] = text();
  for (size_t i = 0; i < ask::kCommandCount; ++i) {
    phrases[ask::to_string(static_cast<ask::Command>(i))] = texts();
  }
  const auto closed = [](json::object properties) {
    return json::object{
        {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  };
  json::object flows = map_of({{"type", "object"}});
  flows["description"] = "A flow's name, or bot for the CSV flow; below it nodes and their texts";
  return {{"type", "object"},
          {"properties", json::object{{"system", closed(std::move(system))},
                                      {"phrases", closed(std::move(phrases))}}},
          {"additionalProperties", std::move(flows)}};
}

json::object setting(const delivery::SettingRule& rule) {
  json::object one = shape_of({"", rule.is_secret ? Shape::secret : Shape::text});
  if (!rule.may_be_several) return one;
  json::object several = list(one);
  return {{"oneOf", json::array{std::move(one), std::move(several)}}};
}

json::object receiver(const delivery::Kind& kind) {
  json::object properties;
  for (const delivery::SettingRule& rule : kind.settings) {
    properties[rule.name] = setting(rule);
  }
  json::object settings{
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (kind.is_named) {
    json::object named = map_of(std::move(settings));
    named["propertyNames"] = json::object{{"pattern", "^[a-z0-9_-]{1,40}$"}};
    return named;
  }
  json::object environments{{"sandbox", settings}, {"live", settings}};
  if (kind.asks_ambiguous) {
    environments["ambiguous"] = json::object{{"enum", json::array{"hold", "resend"}}};
  }
  return {
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(environments)}};
}

json::object solution_schema(delivery::Kinds receivers) {
  json::object out = schema_of(settings_keys());
  json::object& properties = out["properties"].get_object();
  for (const delivery::Kind* kind : receivers) properties[kind->section] = receiver(*kind);
  return out;
}

void write(const json::value& value, const std::string& indent, std::string& out) {
  const std::string deeper = indent + "  ";
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    std::string separator = "{\n";
    for (const auto& member : *object) {
      out += separator + deeper + json::serialize(json::value(member.key())) + ": ";
      write(member.value(), deeper, out);
      separator = ",\n";
    }
    out += "\n" + indent + "}";
  } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
    std::string separator = "[\n";
    for (const json::value& item : *array) {
      out += separator + deeper;
      write(item, deeper, out);
      separator = ",\n";
    }
    out += "\n" + indent + "]";
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

json::object schema_of(const Key& key) {
  json::object out = shape_of(key);
  if (!key.help.empty()) out["description"] = key.help;
  return out;
}

json::object schema_of(std::span<const Key> keys) {
  json::object properties;
  for (const Key& key : keys) properties[key.name] = schema_of(key);
  return {
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

std::string schema_file(std::string_view title, json::object schema) {
  json::object all{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
  for (auto& member : schema) all[member.key()] = std::move(member.value());
  std::string out;
  write(all, "", out);
  return out + "\n";
}

std::optional<std::string> json_schema(std::string_view kind, delivery::Kinds receivers) {
  if (kind == "flow") {
    return schema_file("A Millrace flow (flows/<name>.flow.yaml)", flow_schema());
  }
  if (kind == "solution") {
    return schema_file("A Millrace solution's settings (solution.yaml)",
                       solution_schema(receivers));
  }
  if (kind == "messages") {
    return schema_file("Translations (messages/<locale>.yaml)", messages_schema());
  }
  if (kind == "nlu") {
    return schema_file("What people say (nlu/<locale>.yaml)", schema_of(nlu_keys()));
  }
  return std::nullopt;
}

std::string key_table() {
  std::string out = "| Key | Says |\n|---|---|\n";
  for (const Key& key : node_keys()) {
    out += "| `" + std::string(key.name) + "` | " + std::string(key.help) + " |\n";
  }
  return out;
}

}  // namespace millrace::flow
