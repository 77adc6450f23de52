// The code flow against a provider in memory that signs with real keys: the whole way, a key that
// was rotated, and every way in which an answer is not the one that was asked for.
#include "access/oidc.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <map>

#include "base/hash.hpp"
#include "base/seal.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"

namespace millrace::access {
namespace {

using base::Code;

constexpr std::string_view kIssuer = "https://id.example";

std::string number_bytes(EVP_PKEY* key, const char* name, size_t width = 0) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  std::string out(width == 0 ? static_cast<size_t>(BN_num_bytes(number)) : width, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
  BN_free(number);
  return out;
}

// A key pair of the provider's.
class Signer {
 public:
  Signer(std::string id, bool rsa)
      : id_(std::move(id)), rsa_(rsa), key_(rsa ? EVP_RSA_gen(2'048) : EVP_EC_gen("P-256")) {}
  ~Signer() { EVP_PKEY_free(key_); }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  json::object jwk() const {
    json::object out{{"kid", id_}, {"use", "sig"}};
    if (rsa_) {
      out["kty"] = "RSA";
      out["n"] = base::to_base64url(number_bytes(key_, OSSL_PKEY_PARAM_RSA_N));
      out["e"] = base::to_base64url(number_bytes(key_, OSSL_PKEY_PARAM_RSA_E));
    } else {
      out["kty"] = "EC";
      out["crv"] = "P-256";
      out["x"] = base::to_base64url(number_bytes(key_, OSSL_PKEY_PARAM_EC_PUB_X, 32));
      out["y"] = base::to_base64url(number_bytes(key_, OSSL_PKEY_PARAM_EC_PUB_Y, 32));
    }
    return out;
  }

  std::string token(const json::object& claims, std::string_view algorithm = "") const {
    const json::object header{{"alg", algorithm.empty() ? (rsa_ ? "RS256" : "ES256") : algorithm},
                              {"kid", id_}};
    const std::string text = base::to_base64url(json::serialize(header)) + "." +
                             base::to_base64url(json::serialize(claims));
    return text + "." + base::to_base64url(signature(text));
  }

 private:
  std::string signature(std::string_view text) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
    std::array<unsigned char, 512> out{};
    size_t length = out.size();
    EVP_DigestSign(context, out.data(), &length,
                   reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_MD_CTX_free(context);
    if (rsa_) return {reinterpret_cast<char*>(out.data()), length};
    const unsigned char* at = out.data();
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length));
    std::string raw(64, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), bytes, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), bytes + 32, 32);
    ECDSA_SIG_free(pair);
    return raw;
  }

  std::string id_;
  bool rsa_;
  EVP_PKEY* key_;
};

class AccessOidc : public testing::Test {
 protected:
  AccessOidc() {
    settings_.issuer = kIssuer;
    settings_.client = "millrace";
    settings_.secret = "s&cret";
    settings_.rules = {{"bots", grant_from_text("designer@hotel").value()},
                       {"admins", grant_from_text("operator").value()}};
    signers_.push_back(&rsa_);
  }

  base::Result<web::Response> answer(const web::OutboundRequest& request) {
    asked_.push_back(request.url);
    if (request.url.ends_with("/openid-configuration")) {
      return web::json_response(
          200, json::serialize(json::object{{"issuer", names_itself_},
                                            {"authorization_endpoint", "https://id.example/auth"},
                                            {"token_endpoint", "https://id.example/token"},
                                            {"jwks_uri", "https://id.example/jwks"}}));
    }
    if (request.url.ends_with("/jwks")) {
      json::array keys;
      for (const Signer* signer : signers_) keys.emplace_back(signer->jwk());
      return web::json_response(200, json::serialize(json::object{{"keys", keys}}));
    }
    form_ = request.body;
    for (const auto& header : request.headers) {
      if (header.name == "Authorization") authorization_ = header.value;
    }
    return web::json_response(200, json::serialize(json::object{{"id_token", token_}}));
  }

  std::unique_ptr<Oidc> make() {
    auto made = std::make_unique<Oidc>(
        settings_, Oidc::Ports{[this](web::OutboundRequest request) { return answer(request); },
                               clock_, random_, std::string(base::kSealKeyBytes, 'k')});
    made->set_redirect_url("https://bots.example/api/v1/oidc/callback");
    return made;
  }

  static std::string parameter(const std::string& url, const std::string& name) {
    web::Request request;
    request.query = url.substr(url.find('?') + 1);
    return request.query_parameter(name).value_or("");
  }

  json::object claims(const std::string& nonce) {
    return {{"iss", kIssuer},
            {"aud", "millrace"},
            {"sub", "42"},
            {"nonce", nonce},
            {"iat", clock_.now().ms / 1'000},
            {"exp", clock_.now().ms / 1'000 + 300},
            {"preferred_username", "ben"},
            {"groups", json::array{"bots", "others"}}};
  }

  // Begins, lets `change` spoil the claims, and comes back.
  base::Result<Oidc::Ended> go(const std::function<void(json::object&)>& change = {},
                               const Signer* by = nullptr, std::string_view algorithm = "") {
    auto begun = oidc_->begin("/studio?x=1").value();
    json::object said = claims(parameter(begun.url, "nonce"));
    if (change) change(said);
    token_ = (by == nullptr ? rsa_ : *by).token(said, algorithm);
    return oidc_->end(parameter(begun.url, "state"), "the-code", begun.cookie);
  }

  static inline const Signer rsa_{"r1", true};
  static inline const Signer ec_{"e1", false};
  static inline const Signer stranger_{"r1", true};
  OidcSettings settings_;
  fakes::Clock clock_;
  fakes::SeededChance random_;
  std::vector<const Signer*> signers_;
  std::string names_itself_{kIssuer};
  std::string token_;
  std::string form_;
  std::string authorization_;
  std::vector<std::string> asked_;
  std::unique_ptr<Oidc> oidc_ = nullptr;
};

TEST_F(AccessOidc, GoesTheWholeWay) {
  oidc_ = make();
  const auto begun = oidc_->begin("/studio").value();
  EXPECT_TRUE(
      begun.url.starts_with("https://id.example/auth?response_type=code&client_id=millrace"));
  EXPECT_EQ(parameter(begun.url, "code_challenge_method"), "S256");
  const auto ended = go();
  ASSERT_TRUE(ended) << ended.error().describe();
  EXPECT_EQ(ended->who.subject, "https://id.example 42");
  EXPECT_EQ(ended->who.name, "ben");
  ASSERT_EQ(ended->who.grants.size(), 1u);
  EXPECT_EQ(to_text(ended->who.grants.front()), "designer@hotel");
  EXPECT_EQ(ended->return_to, "/studio?x=1");
  // client_secret_basic, each half percent-encoded (RFC 6749 2.3.1): "millrace:s%26cret".
  EXPECT_EQ(authorization_, "Basic bWlsbHJhY2U6cyUyNmNyZXQ=");
  EXPECT_TRUE(form_.contains("grant_type=authorization_code&code=the-code"));
  EXPECT_FALSE(form_.contains("cret"));
}

TEST_F(AccessOidc, ShowsTheVerifierOfItsChallenge) {
  oidc_ = make();
  const auto begun = oidc_->begin("/").value();
  token_ = rsa_.token(claims(parameter(begun.url, "nonce")));
  ASSERT_TRUE(oidc_->end(parameter(begun.url, "state"), "c", begun.cookie));
  const std::string verifier = form_.substr(form_.find("code_verifier=") + 14);
  EXPECT_EQ(base::to_base64url(base::sha256(verifier)), parameter(begun.url, "code_challenge"));
}

TEST_F(AccessOidc, AsksForKeysAnewWhenTheyWereRotated) {
  oidc_ = make();
  ASSERT_TRUE(go());
  signers_ = {&ec_};
  EXPECT_FALSE(go({}, &ec_)) << "asked a moment ago";
  clock_.pass(std::chrono::minutes(2));
  const auto ended = go({}, &ec_);
  EXPECT_TRUE(ended) << ended.error().describe();
}

TEST_F(AccessOidc, RefusesATokenThatIsNotTheAnswer) {
  oidc_ = make();
  signers_ = {&rsa_, &ec_};
  const auto now = clock_.now().ms / 1'000;
  const std::map<std::string, std::function<void(json::object&)>> spoiled{
      {"issuer", [](json::object& said) { said["iss"] = "https://evil.example"; }},
      {"audience", [](json::object& said) { said["aud"] = "another"; }},
      {"party", [](json::object& said) { said["azp"] = "another"; }},
      {"audiences", [](json::object& said) { said["aud"] = json::array{"millrace", "another"}; }},
      {"nonce", [](json::object& said) { said["nonce"] = "another"; }},
      {"no nonce", [](json::object& said) { said.erase("nonce"); }},
      {"over", [&](json::object& said) { said["exp"] = now - 120; }},
      {"no end", [](json::object& said) { said.erase("exp"); }},
      {"future", [&](json::object& said) { said["iat"] = now + 600; }},
      {"nobody", [](json::object& said) { said.erase("sub"); }}};
  for (const auto& [what, change] : spoiled) {
    const auto ended = go(change);
    ASSERT_FALSE(ended) << what;
    EXPECT_EQ(ended.error().code, Code::unauthenticated) << what;
  }
  EXPECT_EQ(go({}, &stranger_).error().code, Code::unauthenticated) << "another's signature";
  for (const char* algorithm : {"none", "HS256", "ES256", "RS512"}) {
    EXPECT_FALSE(go({}, nullptr, algorithm)) << algorithm;
  }
  EXPECT_TRUE(go({}, &ec_));
  EXPECT_TRUE(go());
}

TEST_F(AccessOidc, RefusesTheAnswerInAnotherBrowserAndTooLate) {
  oidc_ = make();
  const auto mine = oidc_->begin("/").value();
  const auto theirs = oidc_->begin("/").value();
  token_ = rsa_.token(claims(parameter(mine.url, "nonce")));
  const std::string state = parameter(mine.url, "state");
  EXPECT_FALSE(oidc_->end(state, "c", theirs.cookie));
  EXPECT_FALSE(oidc_->end(state, "c", ""));
  EXPECT_FALSE(oidc_->end("", "c", mine.cookie));
  EXPECT_FALSE(oidc_->end(state, "", mine.cookie));
  clock_.pass(std::chrono::minutes(11));
  EXPECT_FALSE(oidc_->end(state, "c", mine.cookie));
}

TEST_F(AccessOidc, LetsNobodyInWhomNoRuleNames) {
  oidc_ = make();
  const auto ended = go([](json::object& said) { said["groups"] = json::array{"others"}; });
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::permission_denied);
  EXPECT_FALSE(go([](json::object& said) { said.erase("groups"); }));
  EXPECT_TRUE(go([](json::object& said) { said["groups"] = "admins"; }));
}

TEST_F(AccessOidc, ReturnsToItsOwnPagesAlone) {
  oidc_ = make();
  for (const char* path :
       {"//evil.example", "https://evil.example", "/\\evil.example", "", "/a b"}) {
    const auto begun = oidc_->begin(path).value();
    token_ = rsa_.token(claims(parameter(begun.url, "nonce")));
    EXPECT_EQ(oidc_->end(parameter(begun.url, "state"), "c", begun.cookie)->return_to, "/") << path;
  }
}

TEST_F(AccessOidc, DoesNotFollowAProviderOfAnotherName) {
  names_itself_ = "https://evil.example";
  oidc_ = make();
  EXPECT_FALSE(oidc_->begin("/"));
}

TEST_F(AccessOidc, ReadsItsSettingsStrictly) {
  const auto read = [](const char* text) {
    return oidc_settings_from(json::parse_object(text).value());
  };
  EXPECT_TRUE(read(R"({"issuer":"https://x","client":"c","roles":{"a":["viewer","designer@b"]}})"));
  EXPECT_EQ(read(R"({"issuer":"https://x","client":"c","roles":{"*":"viewer"},"scopes":["email"]})")
                ->scopes,
            (std::vector<std::string>{"openid", "email"}));
  for (const char* wrong :
       {R"({})", R"({"issuer":"x","client":"c","roles":{"*":"viewer"}})",
        R"({"issuer":"https://x","roles":{"*":"viewer"}})",
        R"({"issuer":"https://x","client":"c"})",
        R"({"issuer":"https://x","client":"c","roles":{"*":"King"}})",
        R"({"issuer":"https://x","client":"c","roles":[]})",
        R"({"issuer":"https://x","client":"c","roles":{"*":"viewer"},"scope":"x"})"}) {
    EXPECT_FALSE(read(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace millrace::access
