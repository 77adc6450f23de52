#include "app/wire/braze_edge.hpp"

#include "app/wire/data/data_folder.hpp"
#include "base/hash.hpp"
#include "http/http.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

// The rows of some ten thousand busy profiles.
constexpr size_t kRowsCachedBytes = 64 << 20;

}  // namespace

struct BrazeEdge::Parts {
  Parts(base::Clock& the_clock, base::Random& the_random,
        std::shared_ptr<lanes::Notices> the_notices)
      : notices(std::move(the_notices)),
        lanes(lanes::IoLanes::make(1, notices, "braze lane")),
        clock(the_clock),
        random(the_random) {}

  std::shared_ptr<lanes::Notices> notices;
  std::unique_ptr<lanes::IoLanes> lanes;
  base::Clock& clock;
  base::Random& random;
  std::unique_ptr<base::KeyValueStore> store;
  std::unique_ptr<base::RecordLog> records;
  std::unique_ptr<braze::Sandbox> sandbox;
  std::unique_ptr<http::Server> server;
  std::string url;
  std::string api_key;
};

base::Result<std::unique_ptr<BrazeEdge>> BrazeEdge::open(
    const std::filesystem::path& data, const Endpoint& endpoint, base::Clock& clock,
    base::Random& random, base::Log& log, Listening listening, braze::SandboxOptions options,
    const std::vector<std::string>& make_anew) {
  auto parts = std::make_unique<Parts>(clock, random, listening.notices);
  if (options.keys.empty()) {
    const auto key = load_sandbox_key(data, make_anew);
    if (!key) return std::unexpected(key.error());
    options.keys.push_back({base::to_base64url(*key), {"*"}});
  }
  parts->api_key = options.keys.front().key;
  auto store = storage::open_key_value(data / "braze.db", log, kRowsCachedBytes);
  if (!store) return std::unexpected(store.error());
  parts->store = std::move(*store);
  auto records = storage::open_record_log(data / "braze-records", log);
  if (!records) return std::unexpected(records.error());
  parts->records = std::move(*records);
  if (endpoint.address != "0.0.0.0") options.inspector_hosts = {endpoint.address};
  const size_t body_bytes_max = options.body_bytes_max;
  parts->sandbox =
      std::make_unique<braze::Sandbox>(*parts->store, *parts->records, parts->clock, *parts->lanes,
                                       parts->random, std::move(options));
  http::ServerOptions http_options;
  http_options.address = endpoint.address;
  http_options.port = endpoint.port;
  http_options.max_connections = listening.connections_max;
  http_options.notices = listening.notices;
  http_options.max_body_bytes = body_bytes_max + 1;  // one over, so that Braze's own 413 answers
  auto server = http::Server::listen(*parts->lanes, *parts->sandbox, http_options);
  if (!server) return std::unexpected(server.error());
  parts->server = std::move(*server);
  parts->url = "http://" + (endpoint.address == "0.0.0.0" ? "127.0.0.1" : endpoint.address) + ":" +
               std::to_string(parts->server->port());
  parts->lanes->start();
  return std::unique_ptr<BrazeEdge>(new BrazeEdge(std::move(parts)));
}

BrazeEdge::BrazeEdge(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
BrazeEdge::~BrazeEdge() {
  stop();
}
const std::string& BrazeEdge::url() const {
  return parts_->url;
}
const std::string& BrazeEdge::api_key() const {
  return parts_->api_key;
}

base::Result<void> BrazeEdge::forget(const Names& names) {
  constexpr size_t kAtOnce = 50;  // what users/delete takes (reference: other-endpoints.md 4)
  std::vector<json::object> deleted;
  for (const auto& [list, items] : names) {
    for (size_t at = 0; at < items.size(); at += kAtOnce) {
      json::array some;
      for (size_t i = at; i < items.size() && some.size() < kAtOnce; ++i) some.push_back(items[i]);
      deleted.push_back({{list, std::move(some)}});
    }
  }
  if (deleted.empty()) return {};
  return parts_->sandbox->forget(deleted);
}

void BrazeEdge::stop() {
  if (!parts_->server) return;
  parts_->server->drain(std::chrono::seconds(1));
  parts_->lanes->stop();
  parts_->server.reset();
  parts_->sandbox->settle();
  // They write what is queued; the sandbox is still there to hear of it, and the store takes the
  // rows that follow the last records.
  parts_->records.reset();
  parts_->store.reset();
}

}  // namespace millrace::app
