#include "app/wire/delivery_edge.hpp"

#include <set>

#include "app/wire/receivers.hpp"
#include "delivery/codec.hpp"
#include "egress/egress.hpp"
#include "outbox/outbox.hpp"

namespace millrace::app {
namespace {

constexpr std::string_view kUrl = "url";  // the setting that says where a receiver is

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
}

// Those that something is owed to: by nodes, which say the kind and name one of it by what they
// send, as events, for hand-overs, or for a channel.
std::vector<std::string> owed_to(const flow::Program& program) {
  std::set<const delivery::Kind*> kinds;
  for (const auto& [number, node] : program.nodes) {
    if (const auto* action = std::get_if<flow::ActionNode>(&node.does)) {
      kinds.insert(action->owes.kind);
    }
  }
  std::set<std::string_view> named{program.track, program.hand_overs, program.webhook_mode};
  for (const auto& [channel, receiver] : program.pushed) named.insert(receiver);
  std::vector<std::string> found;
  for (const auto& [name, receiver] : program.receivers) {
    if (kinds.contains(receiver.kind) || named.contains(name)) found.push_back(name);
  }
  return found;
}

}  // namespace

struct DeliveryEdge::Parts {
  Parts(Ports the_ports, Variables the_given) : ports(the_ports), given(std::move(the_given)) {}

  std::optional<outbox::Destination> destination(const runtime::DeliveryTarget& target) const;
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
    const runtime::DeliveryTarget& target) const {
  const auto complain = [&](const std::string& why) {
    ports.log.line(base::Level::warning, "outbox",
                   target.solution + " (" + target.environment + "): " + why);
    return std::nullopt;
  };
  const auto served = ports.solutions.named(target.solution);
  if (!served) return complain("is not served; what it owes waits");
  const auto found = served->program->receivers.find(target.receiver);
  const delivery::Settings* const written =
      found == served->program->receivers.end() ? nullptr : found->second.in(target.environment);
  if (written == nullptr)
    return complain("solution.yaml does not say where its " + target.receiver + " is");
  const auto rights = ports.grants.rights_of(target.solution);
  if (!rights) return complain("what it may have is not known: " + rights.error().describe());
  outbox::Destination out;
  for (const auto& [key, values] : *written) {
    for (const std::string& text : values) {
      auto value = expanded(text, *rights);
      if (!value) {
        return complain(key + " of " + target.receiver +
                        " is not known: " + value.error().describe());
      }
      if (key == kUrl && !may_reach(text, *value, *rights)) {
        return complain("where its " + target.receiver +
                        " is, is a host that is not granted to it");
      }
      out.settings[key].push_back(std::move(*value));
    }
  }
  if (found->second.kind->asks_ambiguous) {
    out.ambiguous =
        found->second.resends_ambiguous ? delivery::Ambiguous::resend : delivery::Ambiguous::hold;
  }
  return out;
}

base::Result<std::unique_ptr<DeliveryEdge>> DeliveryEdge::open(Ports ports, Variables given,
                                                               std::vector<std::string> internal) {
  auto parts = std::make_unique<Parts>(ports, std::move(given));
  egress::ClientOptions options;
  // Where a receiver is, is the operator's and the author's word; the guard keeps it from being
  // inside.
  options.rules.allowed = {"*:*"};
  options.rules.internal_allowed = std::move(internal);
  auto client = egress::Client::make(std::move(options), ports.names, ports.clock, ports.meter);
  if (!client) return std::unexpected(client.error());
  parts->client = std::move(*client);
  outbox::Settings settings;
  settings.retention_of = [&solutions = ports.solutions](std::string_view solution) {
    const auto served = solutions.named(solution);
    const auto kept = served ? served->program->retention : flow::Retention();
    return std::chrono::hours(24) * kept.deliveries_days;
  };
  parts->sender = std::make_unique<outbox::Sender>(
      outbox::Sender::Ports{ports.store, *parts->client, ports.clock, ports.random, ports.log,
                            ports.meter,
                            [raw = parts.get()](const runtime::DeliveryTarget& target) {
                              return raw->destination(target);
                            },
                            [](std::string_view receiver) -> std::unique_ptr<delivery::Codec> {
                              const auto* kind = delivery::kind_of(receivers(), receiver);
                              return kind == nullptr ? nullptr : kind->speak();
                            }},
      std::move(settings));
  return std::unique_ptr<DeliveryEdge>(new DeliveryEdge(std::move(parts)));
}

DeliveryEdge::DeliveryEdge(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
DeliveryEdge::~DeliveryEdge() {
  stop();
}

base::Result<void> DeliveryEdge::start() {
  return parts_->sender->start();
}

void DeliveryEdge::warn_of_unknown(std::string_view environment) const {
  for (const runtime::SolutionPtr& solution : parts_->ports.solutions.all()) {
    for (const std::string& receiver : owed_to(*solution->program)) {
      runtime::DeliveryTarget target;
      target.solution = solution->name;
      target.environment = environment;
      target.receiver = receiver;
      (void)parts_->destination(target);  // says what is missing
    }
  }
}

runtime::Deliveries& DeliveryEdge::deliveries() {
  return *parts_->sender;
}

void DeliveryEdge::stop() {
  parts_->sender->stop();
  parts_->client->stop();
}

}  // namespace millrace::app
