#include "app/operators/edge.hpp"

#include <yaml-cpp/yaml.h>

#include <future>

#include "app/wire/data/manifest.hpp"
#include "egress/egress.hpp"
#include "posix/files.hpp"
#include "posix/threads.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr const char* kAccess = "access.db";
constexpr size_t kOidcBytesMax = 64 << 10;
constexpr std::chrono::minutes kTidyEvery{60};

// Two levels, and nothing else is looked at.
json::value value_of(const YAML::Node& node, int levels) {
  if (node.IsScalar()) return json::value(node.Scalar());
  if (levels == 0) return nullptr;
  if (node.IsSequence()) {
    json::array items;
    for (const YAML::Node& item : node) items.push_back(value_of(item, levels - 1));
    return items;
  }
  json::object members;
  if (node.IsMap()) {
    for (const auto& member : node) {
      members[member.first.Scalar()] = value_of(member.second, levels - 1);
    }
  }
  return members;
}

base::Result<access::OidcSettings> read_oidc(const fs::path& file,
                                             const secrets::Resolver& secrets) {
  const auto text = posix::read_file(file);
  if (!text) return std::unexpected(text.error());
  if (text->size() > kOidcBytesMax || text->contains('&')) {
    return fail(Code::invalid_argument, "is over 64 KiB, or has anchors", file.string());
  }
  // The library tells of what it cannot read by throwing.
  try {
    auto written = value_of(YAML::Load(*text), 3);
    if (!written.is_object()) {
      return fail(Code::invalid_argument, "is not a table", file.string());
    }
    auto settings = access::oidc_settings_from(written.get_object());
    if (!settings) {
      return fail(settings.error().code, settings.error().describe(), file.string());
    }
    auto secret = secrets.expand(settings->secret, secrets::Rights::all());
    if (!secret) return std::unexpected(secret.error());
    settings->secret = std::move(*secret);
    return settings;
  } catch (const YAML::Exception& wrong) {
    return fail(Code::invalid_argument, wrong.what(), file.string());
  }
}

// The API's threads may wait; the client's must not.
base::Result<web::Response> fetch(web::Outbound& client, web::OutboundRequest request) {
  auto promise = std::make_shared<std::promise<web::OutboundAnswer>>();
  auto future = promise->get_future();
  client.send(std::move(request),
              [promise](web::OutboundAnswer answer) { promise->set_value(std::move(answer)); });
  web::OutboundAnswer answer = future.get();
  if (answer.kind == web::OutboundAnswer::Kind::answered) return std::move(answer.response);
  return fail(Code::unavailable, "the provider cannot be asked: " + answer.message);
}

}  // namespace

fs::path access_file_in(const fs::path& data) {
  return data / kAccess;
}

base::Result<std::unique_ptr<access::Transactions>> open_access_file(const fs::path& data) {
  auto manifest = Manifest::read(data);
  if (!manifest) return std::unexpected(manifest.error());
  std::error_code failed;
  if (manifest->holds(kAccess) && !fs::exists(access_file_in(data), failed)) {
    return fail(Code::failed_precondition,
                "the file of people, keys and the audit log is missing. Put it back from a backup. "
                "If there is none, accept the loss: everybody and every key has to be added anew; "
                "then start once with --make-anew access.db",
                access_file_in(data).string());
  }
  auto opened = storage::open_transactions(access_file_in(data));
  if (!opened) return opened;
  if (auto noted = manifest->add({kAccess}); !noted) return std::unexpected(noted.error());
  return opened;
}

struct OperatorEdge::Parts {
  Parts(Options the_options, Ports the_ports)
      : options(std::move(the_options)), ports(std::move(the_ports)) {}

  base::Result<void> open();
  base::Result<void> open_oidc();
  void tidy(const std::stop_token& asked_to_stop);

  Options options;
  Ports ports;
  std::unique_ptr<access::Transactions> pairs;
  std::unique_ptr<access::Access> access;
  std::unique_ptr<egress::Client> client;
  std::unique_ptr<access::Oidc> oidc;
  std::unique_ptr<OperatorRecords> records;
  std::unique_ptr<OperatorDesk> desk;
  std::unique_ptr<OperatorStudio> studio;
  std::unique_ptr<api::Api> api;
  std::string owner_path;
  std::mutex mutex;
  std::condition_variable_any changed;
  std::jthread tidier;
};

base::Result<void> OperatorEdge::Parts::open_oidc() {
  if (options.oidc.empty()) return {};
  auto settings = read_oidc(options.oidc, ports.secrets);
  if (!settings) return std::unexpected(settings.error());
  egress::ClientOptions client_options;
  client_options.rules.allowed = {"*:*"};
  client_options.rules.internal_allowed = options.world.allow_internal;
  auto made =
      egress::Client::make(std::move(client_options), ports.names, ports.clock, ports.meter);
  if (!made) return std::unexpected(made.error());
  client = std::move(*made);
  oidc = std::make_unique<access::Oidc>(
      std::move(*settings), access::Oidc::Ports{[this](web::OutboundRequest request) {
                                                  return fetch(*client, std::move(request));
                                                },
                                                ports.clock, ports.random, options.seal_key});
  return {};
}

base::Result<void> OperatorEdge::Parts::open() {
  auto opened = open_access_file(options.data);
  if (!opened) return std::unexpected(opened.error());
  pairs = std::move(*opened);
  access = std::make_unique<access::Access>(
      access::Access::Ports{*pairs, ports.clock, ports.random, options.seal_key});
  if (auto done = open_oidc(); !done) return done;
  const auto some = access->has_users();
  if (!some) return std::unexpected(some.error());
  if (!*some) {
    const auto token = access->link_for_first_owner();
    if (!token) return std::unexpected(token.error());
    owner_path = "/operator/#" + *token;
  }
  records = std::make_unique<OperatorRecords>(ports.records);
  desk = std::make_unique<OperatorDesk>(OperatorDesk::Ports{
      options.data, ports.inspector, ports.solutions, ports.clock, options.seal_key});
  studio = std::make_unique<OperatorStudio>(
      OperatorStudio::Options{options.data, options.folders, options.world, options.given,
                              options.seal_key},
      OperatorStudio::Ports{ports.inspector, ports.solutions, ports.rights_of, ports.clock,
                            ports.random});
  api::Options api_options;
  api_options.seal_key = options.seal_key;
  api_options.environment = options.environment;
  api_options.origins = options.origins;
  api_options.is_secure = options.is_secure;
  api_options.version = MILLRACE_VERSION;
  api = std::make_unique<api::Api>(
      api::Ports{*access, oidc.get(), *pairs, *records, *desk, *studio, ports.records.deliveries,
                 ports.solutions, ports.clock, ports.random, ports.log, options.seal_key,
                 &ports.typing},
      std::move(api_options));
  tidier = posix::named_thread<std::jthread>(
      "operator-tidy", [this](const std::stop_token& asked_to_stop) { tidy(asked_to_stop); });
  return {};
}

void OperatorEdge::Parts::tidy(const std::stop_token& asked_to_stop) {
  std::unique_lock lock(mutex);
  while (!asked_to_stop.stop_requested()) {
    if (const auto done = access->tidy(); !done) {
      ports.log.line(base::Level::warning, "access", done.error().describe());
    }
    if (options.audit_days > 0) {
      const base::Timestamp before{ports.clock.now().ms -
                                   options.audit_days * 24 * access::kHourMs};
      if (const auto done = access->prune_audit(before); !done) {
        ports.log.line(base::Level::error, "access", done.error().describe());
      }
    }
    changed.wait_for(lock, asked_to_stop, kTidyEvery, [] { return false; });
  }
}

base::Result<std::unique_ptr<OperatorEdge>> OperatorEdge::open(Options options, Ports ports) {
  auto parts = std::make_unique<Parts>(std::move(options), std::move(ports));
  if (auto done = parts->open(); !done) return std::unexpected(done.error());
  return std::unique_ptr<OperatorEdge>(new OperatorEdge(std::move(parts)));
}

OperatorEdge::OperatorEdge(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
OperatorEdge::~OperatorEdge() {
  stop();
}

web::Handler& OperatorEdge::handler() {
  return *parts_->api;
}

void OperatorEdge::listens_at(const std::string& url) {
  if (parts_->options.url.empty()) parts_->options.url = url;
  if (parts_->oidc) parts_->oidc->set_redirect_url(this->url() + "/api/v1/oidc/callback");
}

const std::string& OperatorEdge::url() const {
  return parts_->options.url;
}

const std::string& OperatorEdge::owner_path() const {
  return parts_->owner_path;
}

void OperatorEdge::stop() {
  if (parts_->tidier.joinable()) {
    parts_->tidier.request_stop();
    parts_->tidier.join();
  }
  // First, so that nobody waits for an answer that would never come.
  if (parts_->client) parts_->client->stop();
  if (parts_->api) parts_->api->stop();
  if (parts_->studio) parts_->studio->stop();
}

}  // namespace millrace::app
