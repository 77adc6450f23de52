#include "app/commands/data/sandbox_people.hpp"

#include <map>

#include "app/wire/braze_edge.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/log/log.hpp"
#include "app/wire/system.hpp"
#include "delivery/braze/owing.hpp"
#include "http/http.hpp"
#include "posix/files.hpp"
#include "runtime/records/record.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kAtOnce = 50;  // what users/delete takes (reference: other-endpoints.md 4)

// The list of users/delete in which an identifier stands.
std::string_view list_of(std::string_view identifier) {
  if (identifier == "external_id") return "external_ids";
  if (identifier == "user_alias") return "user_aliases";
  if (identifier == "braze_id") return "braze_ids";
  if (identifier == "email") return "email_addresses";
  if (identifier == "phone") return "phone_numbers";
  return {};
}

base::Result<void> delete_profiles(const BrazeEdge& sandbox, std::string_view list,
                                   json::array items) {
  if (list == "email_addresses") {
    for (json::value& item : items) {
      item = json::object{{"email", item}, {"prioritization", {"most_recently_updated"}}};
    }
  }
  http::FetchRequest request;
  request.method = "POST";
  request.url = sandbox.url() + "/users/delete";
  request.headers = {{"Content-Type", "application/json"},
                     {"Authorization", "Bearer " + sandbox.api_key()}};
  request.body = json::serialize(json::object{{list, std::move(items)}});
  const auto response = http::fetch(request);
  if (!response) return std::unexpected(response.error());
  if (response->status / 100 == 2) return {};
  return fail(Code::internal,
              "the sandbox answers users/delete with " + std::to_string(response->status));
}

base::Result<void> delete_all(const fs::path& data,
                              const std::map<std::string, json::array>& lists) {
  SystemClock clock;
  SystemRandom random;
  const auto log = make_log(base::Level::warning);
  braze::SandboxOptions options;
  options.enforces_rates = false;
  auto sandbox =
      BrazeEdge::open(data, {"127.0.0.1", 0}, clock, random, *log, {}, std::move(options));
  if (!sandbox) return std::unexpected(sandbox.error());
  for (const auto& [list, items] : lists) {
    for (size_t at = 0; at < items.size(); at += kAtOnce) {
      json::array some;
      for (size_t i = at; i < items.size() && some.size() < kAtOnce; ++i) some.push_back(items[i]);
      if (auto done = delete_profiles(**sandbox, list, std::move(some)); !done) return done;
    }
  }
  (*sandbox)->stop();
  return {};
}

// Items for each list of users/delete.
base::Result<std::map<std::string, json::array>> lists_of(const fs::path& data,
                                                          const storage::People& people) {
  const auto seal_key = posix::read_file(data / "journal.key");
  if (!seal_key) return std::unexpected(seal_key.error());
  const auto archive = archive_of(data);
  if (!archive) return std::unexpected(archive.error());
  std::map<std::string, json::array> lists;
  for (const base::Id& person : people) {
    const auto tail = (*archive)->tail(person, 0);
    if (!tail) return std::unexpected(tail.error());
    json::value known_as;
    if (!tail->empty()) {
      const auto state = runtime::state_after(*tail, *seal_key);
      if (!state) return std::unexpected(state.error());
      const auto known = state->known_as.find("braze");
      if (known != state->known_as.end()) known_as = known->second;
    }
    for (const json::object& name : delivery::braze::names_of(known_as, person)) {
      for (const auto& [identifier, value] : name) {
        lists[std::string(list_of(identifier))].push_back(value);
      }
    }
  }
  return lists;
}

}  // namespace

base::Result<void> forget_in_sandbox(const fs::path& data, const storage::People& people) {
  std::error_code error;
  if (!fs::exists(data / "braze.db", error) || people.empty()) return {};
  const auto lists = lists_of(data, people);
  if (!lists) return std::unexpected(lists.error());
  if (auto done = delete_all(data, *lists); !done) return done;
  const auto cleared = storage::forget_pairs(data / "braze.db", [](auto, auto) { return false; });
  return cleared ? base::Result<void>() : std::unexpected(cleared.error());
}

}  // namespace millrace::app
