#include "access/oidc.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/hash.hpp"
#include "base/seal.hpp"
#include "base/text.hpp"

namespace millrace::access {
namespace {

using base::Code;
using base::fail;

constexpr int64_t kAwayMs = 10 * kMinuteMs;
constexpr int64_t kProviderMs = kHourMs;
constexpr int64_t kKeysAnewMs = kMinuteMs;  // keys that are not known are asked for so often
constexpr size_t kAnswerBytesMax = 256 << 10;
constexpr std::chrono::milliseconds kDeadline{10'000};
constexpr std::string_view kSealedAs = "oidc";

std::string encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || std::string_view("-._~").contains(c);
    if (is_plain) {
      out.push_back(c);
    } else {
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out;
}

using Parameters = std::vector<std::pair<std::string_view, std::string_view>>;
std::string form(const Parameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out += std::string(name) + '=' + encoded(value);
  }
  return out;
}

std::string basic(std::string_view client, std::string_view secret) {
  const std::string pair = encoded(client) + ":" + encoded(secret);
  std::string out(sodium_base64_ENCODED_LEN(pair.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(pair.data()),
                    pair.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // its zero
  return "Basic " + out;
}

// A path of this server's pages and nothing that a browser takes for another server.
std::string safe_path(std::string_view path) {
  const bool is_path = path.starts_with('/') && !path.starts_with("//") &&
                       path.find('\\') == path.npos && path.size() <= 512;
  return is_path && std::ranges::all_of(path, [](char c) { return c > ' ' && c < 127; })
             ? std::string(path)
             : "/";
}

}  // namespace

void Oidc::set_redirect_url(std::string url) {
  const std::lock_guard lock(mutex_);
  redirect_url_ = std::move(url);
}

std::string Oidc::redirect_url() {
  const std::lock_guard lock(mutex_);
  return redirect_url_;
}

std::string Oidc::new_secret() {
  std::string bytes(32, '\0');
  ports_.random.fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return base::to_base64url(bytes);
}

base::Result<json::object> Oidc::fetch_object(web::OutboundRequest request) {
  request.deadline = kDeadline;
  request.answer_bytes_max = kAnswerBytesMax;
  request.headers.push_back({"Accept", "application/json"});
  const std::string host = request.url.substr(0, request.url.find('?'));
  const auto answer = ports_.fetch(std::move(request));
  if (!answer) return std::unexpected(answer.error());
  auto parsed = json::parse_object(answer->body);
  if (answer->status == 200 && parsed) return parsed;
  // Its words are not repeated: what was sent may stand in them.
  const auto why = parsed ? json::get_string(*parsed, "error").value_or("") : "";
  return fail(
      answer->status >= 500 || answer->status == 429 ? Code::unavailable : Code::unauthenticated,
      "the provider answered " + std::to_string(answer->status) +
          (why.empty() ? "" : " (" + std::string(base::utf8_prefix(why, 64)) + ")"),
      host);
}

base::Result<Oidc::Provider> Oidc::provider() {
  {
    const std::lock_guard lock(mutex_);
    if (provider_ && ports_.clock.now().ms - provider_->read_at.ms < kProviderMs) {
      return *provider_;
    }
  }
  web::OutboundRequest request;
  request.method = "GET";
  std::string issuer = settings_.issuer;
  while (issuer.ends_with('/')) issuer.pop_back();
  request.url = issuer + "/.well-known/openid-configuration";
  const auto said = fetch_object(std::move(request));
  if (!said) return std::unexpected(said.error());
  const auto text = [&](std::string_view name) {
    return std::string(json::get_string(*said, name).value_or(""));
  };
  Provider found{text("authorization_endpoint"), text("token_endpoint"), text("jwks_uri"),
                 ports_.clock.now()};
  // OpenID Connect Discovery 4.3.
  if (text("issuer") != settings_.issuer) {
    return fail(Code::failed_precondition, "the provider calls itself by another name",
                settings_.issuer);
  }
  const std::string scheme = settings_.issuer.substr(0, settings_.issuer.find("://") + 3);
  for (const std::string* url :
       {&found.authorization_endpoint, &found.token_endpoint, &found.keys_url}) {
    if (!url->starts_with("https://") && !url->starts_with(scheme)) {
      return fail(Code::failed_precondition, "the provider's endpoints are not https", *url);
    }
  }
  const std::lock_guard lock(mutex_);
  provider_ = found;
  return found;
}

base::Result<std::vector<Jwk>> Oidc::keys(const Provider& provider, bool anew) {
  {
    const std::lock_guard lock(mutex_);
    const int64_t age = ports_.clock.now().ms - keys_read_at_.ms;
    if (!keys_.empty() && (anew ? age < kKeysAnewMs : age < kProviderMs)) return keys_;
  }
  web::OutboundRequest request;
  request.method = "GET";
  request.url = provider.keys_url;
  const auto said = fetch_object(std::move(request));
  if (!said) return std::unexpected(said.error());
  const std::lock_guard lock(mutex_);
  keys_ = keys_of(*said);
  keys_read_at_ = ports_.clock.now();
  return keys_;
}

base::Result<Oidc::Begun> Oidc::begin(std::string_view return_to) {
  const auto provider = this->provider();
  if (!provider) return std::unexpected(provider.error());
  const std::string state = new_secret();
  const std::string nonce = new_secret();
  const std::string verifier = new_secret();
  const json::object kept{{"state", state},
                          {"nonce", nonce},
                          {"verifier", verifier},
                          {"to", safe_path(return_to)},
                          {"until", ports_.clock.now().ms + kAwayMs}};
  std::string scope;
  for (const std::string& each : settings_.scopes) scope += (scope.empty() ? "" : " ") + each;
  const std::string back = redirect_url();
  const std::string challenge = base::to_base64url(base::sha256(verifier));
  const char* const joint = provider->authorization_endpoint.contains('?') ? "&" : "?";
  return Begun{provider->authorization_endpoint + joint +
                   form({{"response_type", "code"},
                         {"client_id", settings_.client},
                         {"redirect_uri", back},
                         {"scope", scope},
                         {"state", state},
                         {"nonce", nonce},
                         {"code_challenge", challenge},
                         {"code_challenge_method", "S256"}}),
               base::seal(ports_.seal_key, kSealedAs, json::serialize(kept))};
}

base::Result<std::string> Oidc::token_for(const Provider& provider, std::string_view code,
                                          std::string_view verifier) {
  const std::string back = redirect_url();
  web::OutboundRequest request;
  request.url = provider.token_endpoint;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  Parameters parameters{{"grant_type", "authorization_code"},
                        {"code", code},
                        {"redirect_uri", back},
                        {"code_verifier", verifier}};
  if (settings_.secret.empty()) {
    parameters.emplace_back("client_id", settings_.client);
  } else {
    request.headers.push_back({"Authorization", basic(settings_.client, settings_.secret)});
  }
  request.body = form(parameters);
  const auto said = fetch_object(std::move(request));
  if (!said) return std::unexpected(said.error());
  const auto token = json::get_string(*said, "id_token");
  if (!token) return fail(Code::unauthenticated, "the provider gave no ID token");
  return std::string(*token);
}

base::Result<Oidc::Ended> Oidc::end(std::string_view state, std::string_view code,
                                    std::string_view cookie) {
  const auto opened = base::unseal(ports_.seal_key, kSealedAs, cookie);
  const auto kept = opened ? json::parse_object(*opened) : fail(Code::data_loss, "");
  const auto text = [&](std::string_view name) {
    return kept ? json::get_string(*kept, name).value_or("") : std::string_view();
  };
  const bool is_ours = kept && !state.empty() && base::equal_constant_time(text("state"), state) &&
                       ports_.clock.now().ms < json::get_integer(*kept, "until").value_or(0);
  if (!is_ours || code.empty()) {
    return fail(
        Code::unauthenticated,
        "this is not the answer to what was begun here in the last ten minutes; begin anew");
  }
  const auto provider = this->provider();
  if (!provider) return std::unexpected(provider.error());
  const auto token = token_for(*provider, code, text("verifier"));
  if (!token) return std::unexpected(token.error());
  const TokenExpected expected{settings_.issuer, settings_.client, text("nonce"),
                               ports_.clock.now()};
  auto known = keys(*provider, false);
  if (!known) return std::unexpected(known.error());
  auto claims = read_id_token(*token, *known, expected);
  if (!claims && claims.error().code == Code::not_found) {
    known = keys(*provider, true);
    if (!known) return std::unexpected(known.error());
    claims = read_id_token(*token, *known, expected);
  }
  if (!claims) return fail(Code::unauthenticated, claims.error().message);
  auto who = vouched(*claims);
  if (!who) return std::unexpected(who.error());
  return Ended{std::move(*who), std::string(text("to"))};
}

base::Result<Vouched> Oidc::vouched(const json::object& claims) const {
  Vouched who;
  who.subject = settings_.issuer + " " + std::string(*json::get_string(claims, "sub"));
  for (const char* name : {"preferred_username", "email", "name", "sub"}) {
    if (who.name.empty()) who.name = json::get_string(claims, name).value_or("");
  }
  const json::value* claimed = claims.if_contains(settings_.claim);
  const auto has = [&](const std::string& value) {
    if (value == "*") return true;
    if (claimed == nullptr) return false;
    if (claimed->is_string()) return claimed->get_string() == value;
    return claimed->is_array() &&
           std::ranges::any_of(claimed->get_array(), [&](const json::value& each) {
             return each.is_string() && each.get_string() == value;
           });
  };
  for (const auto& [value, grant] : settings_.rules) {
    const bool is_new = std::ranges::find(who.grants, grant) == who.grants.end();
    if (has(value) && is_new && who.grants.size() < kGrantsMax) who.grants.push_back(grant);
  }
  if (who.grants.empty()) {
    return fail(Code::permission_denied, "the provider knows you, and no rule here lets you in");
  }
  return who;
}

}  // namespace millrace::access
