#include "app/operators/service.hpp"

#include "app/cli/cli.hpp"

namespace millrace::app {

void add_operator_options(cli::App& command, ServeOptions& options) {
  const auto read = [](const std::string& option, const auto& parsed, auto& into) {
    if (!parsed) cli::refuse(option, parsed.error().message);
    into = *parsed;
  };
  command
      .add_option("--operator",
                  "Where the operator's API (/api/v1) is answered: HOST:PORT, a listener of its "
                  "own; same, beside the rest; off; auto, beside the rest while only this machine "
                  "can ask, otherwise off")
      ->default_str("auto")
      ->each([&options, read](const std::string& text) {
        if (text == "auto") return;
        if (text == "same") {
          options.operators = Exposure();
        } else {
          read("--operator", parse_exposure(text), options.operators);
        }
      });
  command
      .add_option("--operator-url",
                  "Where operators reach the API, such as https://ops.example.com; without it "
                  "--public-url, or the address of its own listener")
      ->each([&options, read](const std::string& text) {
        read("--operator-url", parse_public_url(text), options.operators_url);
      });
  command
      .add_option("--audit-days", options.audit_days,
                  "How many days rows of the audit log are kept; 0: for ever")
      ->default_str("0")
      ->check(cli::Range(0, 36'500));
  command
      .add_option("--oidc", options.oidc,
                  "YAML file of the OpenID Connect provider that vouches for operators, and of "
                  "what it gives them (docs/access.md)")
      ->check(cli::kExistingFile);
}

base::Result<std::unique_ptr<OperatorEdge>> open_operator_edge(const ServeOptions& options,
                                                               OperatorEdge::Options edge,
                                                               OperatorEdge::Ports ports) {
  const Exposure exposure = operators_exposure(options);
  if (exposure.is_off) return nullptr;
  PublicUrl url = options.operators_url;
  if (!url.is_given() && !exposure.own) url = options.public_url;
  edge.data = options.data;
  edge.oidc = options.oidc;
  edge.environment = options.environment;
  edge.url = url.origin + url.prefix;
  edge.is_secure = url.is_https() || (!url.is_given() && !options.tls_certificate.empty());
  edge.origins = {reach_of(options, exposure).is_loopback && !url.is_given(), url.origin};
  edge.world = options.world;
  edge.audit_days = options.audit_days;
  return OperatorEdge::open(std::move(edge), std::move(ports));
}

void tell_where(OperatorEdge& operators, const Listeners& listeners, Ready& ready) {
  operators.listens_at(listeners.url_of(Surface::operators));
  ready.api_url = operators.url() + "/api/v1";
  if (!operators.owner_path().empty()) ready.owner_link = operators.url() + operators.owner_path();
}

}  // namespace millrace::app
