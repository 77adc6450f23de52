// Signing in by an OpenID Connect provider: the authorization code flow with PKCE (RFC 7636), done
// by the server. What has to be remembered between leaving and coming back is sealed in a cookie of
// the browser's, so the answer counts in that browser alone and nothing is kept here.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.hpp"
#include "access/id_token.hpp"
#include "base/web/outbound.hpp"

namespace millrace::access {

struct OidcSettings {
  std::string issuer;  // "https://id.example.com", as the provider spells it
  std::string client;
  std::string secret;  // "" = a public client
  std::string label;   // on the button; "" = the issuer's host
  std::string claim = "groups";
  // What a value of the claim gives; the value "*" is everybody's whom the provider vouches for.
  std::vector<std::pair<std::string, Grant>> rules;
  std::vector<std::string> scopes{"openid", "profile"};
};
// The settings as an operator writes them (docs/access.md): {issuer, client, secret, label, claim,
// roles: {VALUE: GRANT or [GRANT]}, scopes}. invalid_argument, with the place.
base::Result<OidcSettings> oidc_settings_from(const json::object& written);

class Oidc {
 public:
  // Blocks until there is an answer.
  using Fetch = std::function<base::Result<web::Response>(web::OutboundRequest)>;
  struct Ports {
    Fetch fetch;
    base::Clock& clock;
    base::Random& random;
    std::string seal_key;
  };
  Oidc(OidcSettings settings, Ports ports)
      : settings_(std::move(settings)), ports_(std::move(ports)) {}

  const OidcSettings& settings() const { return settings_; }
  // Where the provider sends people back, as it has it: known once the server listens.
  void set_redirect_url(std::string url);

  struct Begun {
    std::string url;     // where the browser goes
    std::string cookie;  // what it brings back; counts for ten minutes
  };
  // `return_to`: a path of ours. unavailable: the provider cannot be asked.
  base::Result<Begun> begin(std::string_view return_to);

  struct Ended {
    Vouched who;
    std::string return_to;
  };
  // unauthenticated: not the answer to what was begun in this browser, or not vouched for.
  // permission_denied: no rule gives this person anything.
  base::Result<Ended> end(std::string_view state, std::string_view code, std::string_view cookie);

 private:
  struct Provider {
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string keys_url;
    base::Timestamp read_at;
  };
  base::Result<Provider> provider();
  base::Result<json::object> fetch_object(web::OutboundRequest request);
  base::Result<std::vector<Jwk>> keys(const Provider& provider, bool anew);
  base::Result<std::string> token_for(const Provider& provider, std::string_view code,
                                      std::string_view verifier);
  base::Result<Vouched> vouched(const json::object& claims) const;
  std::string new_secret();

  const OidcSettings settings_;
  const Ports ports_;
  std::string redirect_url();

  std::mutex mutex_;  // of what follows
  std::string redirect_url_;
  std::optional<Provider> provider_;
  std::vector<Jwk> keys_;
  base::Timestamp keys_read_at_;
};

}  // namespace millrace::access
