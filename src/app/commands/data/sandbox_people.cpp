#include "app/commands/data/sandbox_people.hpp"

#include "app/wire/data/data_reading.hpp"
#include "app/wire/log/log.hpp"
#include "app/wire/system.hpp"
#include "delivery/braze/owing.hpp"
#include "posix/files.hpp"
#include "runtime/records/record.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

// The list of users/delete in which an identifier stands.
std::string_view list_of(std::string_view identifier) {
  if (identifier == "external_id") return "external_ids";
  if (identifier == "user_alias") return "user_aliases";
  if (identifier == "braze_id") return "braze_ids";
  if (identifier == "email") return "email_addresses";
  if (identifier == "phone") return "phone_numbers";
  return {};
}

}  // namespace

base::Result<BrazeEdge::Names> sandbox_names_of(const fs::path& data,
                                                const storage::People& people) {
  const auto seal_key = posix::read_file(data / "journal.key");
  if (!seal_key) return std::unexpected(seal_key.error());
  const auto archive = archive_of(data);
  if (!archive) return std::unexpected(archive.error());
  BrazeEdge::Names lists;
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
        json::value item = value;
        if (identifier == "email") {
          item = json::object{{"email", value}, {"prioritization", {"most_recently_updated"}}};
        }
        lists[std::string(list_of(identifier))].push_back(std::move(item));
      }
    }
  }
  return lists;
}

base::Result<void> forget_in_sandbox(const fs::path& data, const storage::People& people) {
  std::error_code error;
  if (!fs::exists(data / "braze.db", error) || people.empty()) return {};
  const auto names = sandbox_names_of(data, people);
  if (!names) return std::unexpected(names.error());
  SystemClock clock;
  SystemRandom random;
  const auto log = make_log(base::Level::warning);
  auto sandbox = BrazeEdge::open(data, {"127.0.0.1", 0}, clock, random, *log, {});
  if (!sandbox) return std::unexpected(sandbox.error());
  if (auto done = (*sandbox)->forget(*names); !done) return done;
  (*sandbox)->stop();
  const auto cleared = storage::forget_pairs(data / "braze.db", [](auto, auto) { return false; });
  return cleared ? base::Result<void>() : std::unexpected(cleared.error());
}

}  // namespace millrace::app
