#include "braze/front/authentication.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "braze/front/answers.hpp"

namespace millrace::braze {
namespace {

struct Credential {
  enum class Form { none, bearer, bare, legacy };
  Form form = Form::none;
  std::string key;  // as sent
};

Credential credential_of(const web::Request& request, const json::object& body,
                         const SandboxOptions& options) {
  using Form = Credential::Form;
  if (const auto token = request.bearer_token()) return {Form::bearer, std::string(*token)};
  if (const auto header = request.header("Authorization")) {
    return {Form::bare, std::string(*header)};
  }
  if (!options.accepts_legacy_key) return {};
  if (const auto in_body = json::get_string(body, "api_key"); in_body && !in_body->empty()) {
    return {Form::legacy, std::string(*in_body)};
  }
  if (auto in_query = request.query_parameter("api_key"); in_query && !in_query->empty()) {
    return {Form::legacy, std::move(*in_query)};
  }
  return {};
}

const ApiKey* key_that_is(std::string_view sent, const SandboxOptions& options) {
  const ApiKey* found = nullptr;
  for (const ApiKey& candidate : options.keys) {
    if (base::equal_constant_time(candidate.key, sent)) found = &candidate;
  }
  return found;
}

bool is_quoted(std::string_view text) {
  return text.size() > 1 && (text.front() == '"' || text.front() == '\'') &&
         text.back() == text.front();
}

void note_unknown(const Credential& credential, Diagnostics& diagnostics) {
  if (credential.form == Credential::Form::none) {
    diagnostics.add("BRZ_NO_KEY", "No key was sent. Send `Authorization: Bearer <key>`.");
  } else if (is_quoted(credential.key)) {
    diagnostics.add("BRZ_QUOTED_KEY", "The key is in quotes; send it without them.");
  } else {
    diagnostics.add("BRZ_UNKNOWN_KEY", "The sandbox knows no such key.");
  }
}

}  // namespace

std::string name_of(const ApiKey& key, const SandboxOptions& options) {
  if (!key.name.empty()) return key.name;
  for (size_t i = 0; i < options.keys.size(); ++i) {
    if (&options.keys[i] == &key) return "key #" + std::to_string(i + 1);
  }
  return "a key";
}

bool may_hold_key_in_body(const web::Request& request, const SandboxOptions& options) {
  return options.accepts_legacy_key && !request.header("Authorization");
}

std::expected<const ApiKey*, web::Response> authenticate(const web::Request& request,
                                                         const json::object& body,
                                                         const SandboxOptions& options,
                                                         Diagnostics& diagnostics) {
  using Form = Credential::Form;
  const Credential credential = credential_of(request, body, options);
  const ApiKey* key =
      credential.form == Form::none ? nullptr : key_that_is(credential.key, options);
  if (key == nullptr) note_unknown(credential, diagnostics);
  if (credential.form == Form::bare) {
    diagnostics.add("BRZ_MISSING_BEARER",
                    key == nullptr ? "Send `Authorization: Bearer <key>`: the word Bearer before "
                                     "the key is missing."
                                   : "Send `Authorization: Bearer <key>`: the word Bearer before "
                                     "it is missing; the key itself matches " +
                                         name_of(*key, options) + ".");
  }
  if (key == nullptr || credential.form == Form::bare) {
    // Braze repeats the key as it was sent; clients must redact it before they log.
    return std::unexpected(message_response(401, "Invalid API key: " + credential.key));
  }
  if (credential.form == Form::legacy) {
    diagnostics.add("BRZ_LEGACY_API_KEY",
                    "The key came as api_key in the body or the query, as before 2020; send it as "
                    "`Authorization: Bearer <key>`.");
  }
  return key;
}

std::optional<web::Response> refuse_without_permission(const ApiKey& key,
                                                       std::string_view permission,
                                                       Diagnostics& diagnostics) {
  if (key.permissions.contains("*") || key.permissions.contains(std::string(permission))) {
    return std::nullopt;
  }
  diagnostics.add("BRZ_MISSING_PERMISSION",
                  "The key lacks the permission " + std::string(permission) + ".");
  return message_response(403, "Access Denied");
}

}  // namespace millrace::braze
