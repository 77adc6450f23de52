#include "app/delivery_edge.hpp"

#include "egress/egress.hpp"
#include "outbox/outbox.hpp"

namespace millrace::app {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
}

}  // namespace

struct DeliveryEdge::Parts {
  Parts(Ports the_ports, Variables the_given) : ports(the_ports), given(std::move(the_given)) {}

  std::optional<outbox::Destination> destination(std::string_view solution,
                                                 std::string_view environment) const;
  base::Result<std::string> expanded(std::string text, const secrets::Rights& rights) const;
  // Of an address that the solution's own files say; one from a variable it may have is granted.
  bool may_reach(const std::string& written, std::string_view url,
                 const secrets::Rights& rights) const;

  Ports ports;
  Variables given;
  std::unique_ptr<egress::Client> client;
  std::unique_ptr<outbox::Sender> sender;
};

base::Result<std::string> DeliveryEdge::Parts::expanded(std::string text,
                                                        const secrets::Rights& rights) const {
  for (const auto& [name, value] : given) {
    replace_all(text, "${env:" + name + "}", value);
    replace_all(text, "${secret:" + name + "}", value);
  }
  return ports.secrets.expand(text, rights);
}

bool DeliveryEdge::Parts::may_reach(const std::string& written, std::string_view url,
                                    const secrets::Rights& rights) const {
  if (written.starts_with("${env:") && written.find('}') == written.size() - 1) return true;
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return true;  // no address: it fails by itself
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  return rights.may_reach(host.substr(host.rfind('@') + 1));
}

// As the solution's latest version says: a key that was changed counts for what still waits.
std::optional<outbox::Destination> DeliveryEdge::Parts::destination(
    std::string_view solution, std::string_view environment) const {
  const auto complain = [&](const std::string& why) {
    ports.log.line(base::Level::warning, "outbox",
                   std::string(solution) + " (" + std::string(environment) + "): " + why);
    return std::nullopt;
  };
  const auto served = ports.solutions.named(solution);
  if (!served) return complain("is not served; what it owes waits");
  const auto found = served->program->braze.find(environment);
  if (found == served->program->braze.end()) {
    return complain("solution.yaml does not say where its Braze is");
  }
  const auto rights = ports.grants.rights_of(solution);
  if (!rights) return complain("what it may have is not known: " + rights.error().describe());
  auto url = expanded(found->second.url, *rights);
  if (!url) return complain("where Braze is, is not known: " + url.error().describe());
  if (!may_reach(found->second.url, *url, *rights)) {
    return complain("where its Braze is, is a host that is not granted to it");
  }
  auto key = expanded(found->second.api_key, *rights);
  if (!key) return complain("Braze's key is not known: " + key.error().describe());
  while (url->ends_with('/')) url->pop_back();
  const auto ambiguous = served->program->braze_resends_ambiguous ? delivery::Ambiguous::resend
                                                                  : delivery::Ambiguous::hold;
  return outbox::Destination{std::move(*url), std::move(*key), ambiguous};
}

base::Result<std::unique_ptr<DeliveryEdge>> DeliveryEdge::open(Ports ports, Variables given,
                                                               std::vector<std::string> internal) {
  auto parts = std::make_unique<Parts>(ports, std::move(given));
  egress::ClientOptions options;
  // Where Braze is, is the operator's and the author's word; the guard keeps it from being inside.
  options.rules.allowed = {"*:*"};
  options.rules.internal_allowed = std::move(internal);
  auto client = egress::Client::make(std::move(options), ports.names, ports.clock, ports.meter);
  if (!client) return std::unexpected(client.error());
  parts->client = std::move(*client);
  parts->sender = std::make_unique<outbox::Sender>(outbox::Sender::Ports{
      ports.store, *parts->client, ports.clock, ports.random, ports.log, ports.meter,
      [raw = parts.get()](std::string_view solution, std::string_view environment) {
        return raw->destination(solution, environment);
      }});
  return std::unique_ptr<DeliveryEdge>(new DeliveryEdge(std::move(parts)));
}

DeliveryEdge::DeliveryEdge(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
DeliveryEdge::~DeliveryEdge() {
  stop();
}

base::Result<void> DeliveryEdge::start() {
  return parts_->sender->start();
}

runtime::Deliveries& DeliveryEdge::deliveries() {
  return *parts_->sender;
}

void DeliveryEdge::stop() {
  parts_->sender->stop();
  parts_->client->stop();
}

}  // namespace millrace::app
