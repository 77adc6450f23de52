#include "app/sandbox_people.hpp"

#include <map>

#include "app/braze_edge.hpp"
#include "app/chats.hpp"
#include "app/log.hpp"
#include "app/system.hpp"
#include "http/http.hpp"
#include "posix/files.hpp"
#include "runtime/record.hpp"
#include "storage/forget.hpp"

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

}  // namespace

base::Result<BrazeIdentifiers> braze_identifiers(const fs::path& data,
                                                 const std::vector<base::Id>& people) {
  BrazeIdentifiers found;
  const auto seal_key = posix::read_file(data / "journal.key");
  if (!seal_key) return std::unexpected(seal_key.error());
  const auto archive = archive_of(data);
  if (!archive) return std::unexpected(archive.error());
  for (const base::Id& person : people) {
    found.push_back({{"external_id", person.to_string()}});
    found.push_back({{"user_alias", json::object{{"alias_name", person.to_string()},
                                                 {"alias_label", "millrace"}}}});
    const auto tail = (*archive)->tail(person, 0);
    if (!tail) return std::unexpected(tail.error());
    if (tail->empty()) continue;
    runtime::StateReader reader(*seal_key);
    for (const runtime::JournalRecord& record : *tail) {
      if (auto taken = reader.take(record); !taken) return std::unexpected(taken.error());
    }
    const auto state = reader.state();
    if (!state) return std::unexpected(state.error());
    const auto known = state->known_as.find("braze");
    if (known == state->known_as.end() || !known->second.is_object()) continue;
    if (const auto* user = json::get_object(known->second.get_object(), "user")) {
      for (const auto& member : *user) {
        if (!list_of(member.key()).empty()) found.push_back({{member.key(), member.value()}});
      }
    }
  }
  return found;
}

base::Result<size_t> forget_in_sandbox(const fs::path& data, const BrazeIdentifiers& people) {
  std::error_code error;
  if (!fs::exists(data / "braze.db", error) || people.empty()) return 0;
  std::map<std::string, json::array> lists;
  for (const json::object& identifier : people) {
    for (const auto& member : identifier) {
      lists[std::string(list_of(member.key()))].push_back(member.value());
    }
  }
  if (auto done = delete_all(data, lists); !done) return std::unexpected(done.error());
  const auto cleared = storage::forget_pairs(data / "braze.db", [](auto, auto) { return false; });
  if (!cleared) return std::unexpected(cleared.error());
  return people.size();
}

}  // namespace millrace::app
