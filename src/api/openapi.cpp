#include "api/operation.hpp"
#include "api/schema.hpp"
#include "base/text.hpp"

namespace millrace::api {
namespace {

json::object reference(std::string_view kind, std::string_view name) {
  return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

json::object content(std::string_view type, json::value schema) {
  return {{type, json::object{{"schema", std::move(schema)}}}};
}

json::object list_of(std::string_view name) {
  return {{"type", "object"},
          {"required", json::array{"items", "next"}},
          {"properties",
           json::object{
               {"items", json::object{{"type", "array"}, {"items", reference("schemas", name)}}},
               {"next", json::object{{"type", json::array{"string", "null"}}}}}},
          {"additionalProperties", false}};
}

json::object answer_of(const Operation& operation) {
  using Shape = Operation::Shape;
  switch (operation.shape) {
    case Shape::nothing: return {{"description", "Done"}};
    case Shape::redirect: return {{"description", "Go on there"}};
    case Shape::lines:
      return {{"description", "Lines of JSON"},
              {"content", content("application/x-ndjson", reference("schemas", operation.gives))}};
    case Shape::list:
      return {{"description", "A page"},
              {"content", content("application/json", list_of(operation.gives))}};
    case Shape::one: break;
  }
  return {{"description", "The answer"},
          {"content", content("application/json", reference("schemas", operation.gives))}};
}

json::array parameters_of(const Operation& operation) {
  json::array out;
  for (size_t at = operation.path.find('{'); at != std::string_view::npos;
       at = operation.path.find('{', at + 1)) {
    const size_t end = operation.path.find('}', at);
    std::string_view name = operation.path.substr(at + 1, end - at - 1);
    if (name.ends_with("...")) name.remove_suffix(3);
    out.emplace_back(json::object{{"name", name},
                                  {"in", "path"},
                                  {"required", true},
                                  {"schema", json::object{{"type", "string"}}}});
  }
  for (const std::string_view name : base::split(operation.query, ' ')) {
    if (!name.empty()) out.emplace_back(reference("parameters", name));
  }
  const bool is_once = operation.method != "GET" && operation.who.kind() != Who::Kind::anyone;
  if (is_once) out.emplace_back(reference("parameters", "idempotency_key"));
  const bool is_kept = operation.method == "PATCH" || operation.id == "putRole";
  if (is_kept) out.emplace_back(reference("parameters", "if_match"));
  return out;
}

// `x-who` says what checks and tests need: "anyone", "signed_in", or the right and for what.
json::value who_of(const Who& who) {
  switch (who.kind()) {
    case Who::Kind::anyone: return "anyone";
    case Who::Kind::signed_in: return "signed_in";
    case Who::Kind::server:
    case Who::Kind::solution:
    case Who::Kind::deploy:
    case Who::Kind::thing: break;
  }
  const bool is_server = who.kind() == Who::Kind::server;
  return json::object{{"right", access::kRights(who.right())},
                      {"for", is_server ? "server" : "solution"}};
}

json::object operation_of(const Operation& operation, const Options& options) {
  json::object out{{"operationId", operation.id},
                   {"summary", operation.summary},
                   {"x-who", who_of(operation.who.in(options.environment))}};
  if (operation.who.kind() == Who::Kind::anyone) out["security"] = json::array();
  if (auto parameters = parameters_of(operation); !parameters.empty()) {
    out["parameters"] = std::move(parameters);
  }
  if (!operation.takes.empty()) {
    out["requestBody"] = json::object{
        {"required", true},
        {"content", content("application/json", reference("schemas", operation.takes))}};
  }
  out["responses"] = json::object{{std::to_string(operation.status), answer_of(operation)},
                                  {"default", reference("responses", "Refusal")}};
  return out;
}

}  // namespace

json::object openapi(const Options& options) {
  json::object paths;
  for (const Operation& operation : all_operations()) {
    std::string shown(operation.path);
    if (const size_t dots = shown.find("..."); dots != shown.npos) shown.erase(dots, 3);
    json::value& path = paths[shown];
    if (!path.is_object()) path.emplace_object();
    path.get_object()[base::to_ascii_lower(operation.method)] = operation_of(operation, options);
  }
  json::object parts = components();
  parts["responses"] = json::object{
      {"Refusal",
       json::object{{"description", "Refused, or failed"},
                    {"content", content("application/json", reference("schemas", "Refusal"))}}}};
  parts["securitySchemes"] = json::object{
      {"key", json::object{{"type", "http"}, {"scheme", "bearer"}}},
      {"session", json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-millrace"}}}};
  return {{"openapi", "3.1.0"},
          {"info", json::object{{"title", "Millrace: the operator's API"},
                                {"version", options.version},
                                {"license", json::object{{"name", "Apache-2.0"},
                                                         {"identifier", "Apache-2.0"}}}}},
          {"servers", json::array{json::object{{"url", "/api/v1"}}}},
          {"security", json::array{json::object{{"key", json::array()}},
                                   json::object{{"session", json::array()}}}},
          {"paths", std::move(paths)},
          {"components", std::move(parts)}};
}

}  // namespace millrace::api
