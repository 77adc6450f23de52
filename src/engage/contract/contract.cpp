#include "engage/contract/contract.hpp"

#include "base/json.hpp"
#include "base/result.hpp"

namespace millrace::engage {

// contract/*.json
extern const std::string_view kOpenapiJson;
extern const std::string_view kAsyncapiJson;
extern const std::string_view kSchemasJson;

namespace {

std::string with_schemas(std::string_view document) {
  auto out = json::parse_object(document);
  auto schemas = json::parse_object(kSchemasJson);
  MILLRACE_CHECK(out && schemas);
  (*out)["components"].as_object()["schemas"] = std::move(*schemas);
  return json::serialize(*out);
}

}  // namespace

const std::string& openapi_document() {
  static const std::string kDocument = with_schemas(kOpenapiJson);
  return kDocument;
}

const std::string& asyncapi_document() {
  static const std::string kDocument = with_schemas(kAsyncapiJson);
  return kDocument;
}

}  // namespace millrace::engage
