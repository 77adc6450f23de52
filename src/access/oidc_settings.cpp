#include <algorithm>

#include "access/oidc.hpp"

namespace millrace::access {
namespace {

using base::Code;
using base::fail;

base::Result<void> add_rule(OidcSettings& settings, std::string_view value,
                            const json::value& grant) {
  if (grant.is_array()) {
    for (const json::value& each : grant.get_array()) {
      if (auto added = add_rule(settings, value, each); !added) return added;
    }
    return {};
  }
  const auto read = grant_from_text(json::to_text(grant));
  if (!read) {
    return fail(Code::invalid_argument, read.error().message, "roles: " + std::string(value));
  }
  settings.rules.emplace_back(value, *read);
  return {};
}

}  // namespace

base::Result<OidcSettings> oidc_settings_from(const json::object& written) {
  OidcSettings settings;
  for (const auto& [key, value] : written) {
    const std::string_view name = key;
    if (name == "roles") {
      if (!value.is_object()) return fail(Code::invalid_argument, "roles is a table", "roles");
      for (const auto& [claimed, grant] : value.get_object()) {
        if (auto added = add_rule(settings, claimed, grant); !added) {
          return std::unexpected(added.error());
        }
      }
      continue;
    }
    if (name == "scopes" && value.is_array()) {
      settings.scopes.clear();
      for (const json::value& each : value.get_array()) {
        settings.scopes.push_back(json::to_text(each));
      }
      continue;
    }
    std::string* const field = name == "issuer"   ? &settings.issuer
                               : name == "client" ? &settings.client
                               : name == "secret" ? &settings.secret
                               : name == "label"  ? &settings.label
                               : name == "claim"  ? &settings.claim
                                                  : nullptr;
    if (field == nullptr || !value.is_string()) {
      return fail(Code::invalid_argument,
                  "there are issuer, client, secret, label, claim, roles and scopes",
                  std::string(name));
    }
    *field = value.get_string();
  }
  if (!settings.issuer.starts_with("https://") && !settings.issuer.starts_with("http://")) {
    return fail(Code::invalid_argument, "is the provider's https address", "issuer");
  }
  if (settings.client.empty()) return fail(Code::invalid_argument, "is missing", "client");
  if (settings.rules.empty()) {
    return fail(Code::invalid_argument, "says who may do what; without it nobody may", "roles");
  }
  if (std::ranges::find(settings.scopes, "openid") == settings.scopes.end()) {
    settings.scopes.insert(settings.scopes.begin(), "openid");
  }
  return settings;
}

}  // namespace millrace::access
