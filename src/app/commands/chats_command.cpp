// `millrace chats`: the chats of a data folder, all of them, or those that wait for somebody.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/version_options.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/options.hpp"
#include "app/wire/receivers.hpp"
#include "app/wire/system.hpp"
#include "dialog/state/names.hpp"
#include "posix/files.hpp"
#include "solutions/chats.hpp"
#include "solutions/versions.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

struct ChatsOptions {
  fs::path data;
  bool parked = false;
  bool queued = false;
  bool with_agent = false;
  std::string solution;
  std::string phase;
  std::string since;
  size_t limit = 1'000;
  bool json = false;
};

// What was deployed here, by the hash of its version.
using Deployed = std::map<std::string, solutions::Deployment>;
Deployed deployed_in(const fs::path& data) {
  Deployed all;
  const auto deployments = deployments_of(data);
  if (!deployments) return all;
  for (const solutions::Deployment& each : deployments->all()) all[each.hash] = each;
  return all;
}
// "v2", as far as it was deployed here; else the hash.
std::string version_name(const Deployed& all, const std::string& hash) {
  const auto found = all.find(hash);
  return found == all.end() ? hash : version_of(found->second);
}
// Chats of a former build do not say the name of theirs.
std::string solution_of(const Deployed& all, const runtime::ChatEntry& chat) {
  const auto found = all.find(chat.version);
  return !chat.solution.empty() || found == all.end() ? chat.solution : found->second.solution;
}

base::Result<runtime::ChatFilter> filter_of(const ChatsOptions& options) {
  runtime::ChatFilter filter{.solution = options.solution, .phase = options.phase, .latest = true};
  if (!options.solution.empty()) {
    const auto deployments = deployments_of(options.data);
    if (deployments) filter.versions = solutions::versions_of(*deployments, options.solution);
  }
  filter.limit = options.limit;
  if (!options.since.empty()) {
    const auto since = parse_since(options.since, SystemClock().now());
    if (!since) return std::unexpected(since.error());
    filter.since = *since;
  }
  return filter;
}

// Who talks in a chat, and at which node: as far as it can be read.
class Standing {
 public:
  Standing(const fs::path& data, runtime::Archive& archive)
      : archive_(archive), versions_(data / "versions", receivers()) {
    if (auto key = posix::read_file(data / "journal.key")) key_ = std::move(*key);
  }

  struct Place {
    std::string channel;
    std::string sender;
    std::string node;
  };
  Place of(const runtime::ChatEntry& chat) {
    const auto state = solutions::state_of(archive_, chat, key_);
    if (!state) return {};
    const auto program = versions_.program(chat.version);
    const flow::Node* node = program ? (*program)->find(state->node) : nullptr;
    return {state->channel, state->address, node == nullptr ? "" : node->id};
  }

 private:
  runtime::Archive& archive_;
  solutions::Versions versions_;
  std::string key_;
};

int list_chats(const ChatsOptions& options) {
  const auto filter = filter_of(options);
  if (!filter) return complain("chats", filter.error());
  const auto archive = archive_of(options.data);
  if (!archive) return complain("chats", archive.error());
  const auto chats = (*archive)->live(*filter);
  if (!chats) return complain("chats", chats.error());
  const Deployed deployed = deployed_in(options.data);
  Standing standing(options.data, **archive);
  Listing listing(
      {"chat", "solution", "version", "phase", "node", "turns", "last_at", "channel", "sender"});
  for (const runtime::ChatEntry& chat : *chats) {
    const Standing::Place place = standing.of(chat);
    listing.add({chat.chat.to_string(), solution_of(deployed, chat),
                 version_name(deployed, chat.version), chat.phase, or_null(place.node), chat.turns,
                 base::to_iso8601(chat.last_at), or_null(place.channel), or_null(place.sender)});
  }
  listing.print(options.json);
  if (chats->size() == options.limit) {
    std::cerr << "there may be more: the last " << options.limit << " were listed (--limit)\n";
  }
  return 0;
}

// Who waits for an agent, or has one: the chat, its solution, since when, for which skill, who.
base::Result<size_t> print_handed_over(const ChatsOptions& options) {
  auto filter = filter_of(options);
  if (!filter) return std::unexpected(filter.error());
  const auto key = posix::read_file(options.data / "journal.key");
  if (!key) return std::unexpected(key.error());
  const auto archive = archive_of(options.data);
  if (!archive) return std::unexpected(archive.error());
  filter->live = true;
  filter->phase =
      dialog::kPhases(options.queued ? dialog::Phase::queued : dialog::Phase::with_agent);
  const auto chats = (*archive)->live(*filter);
  if (!chats) return std::unexpected(chats.error());
  const Deployed deployed = deployed_in(options.data);
  Listing listing({"chat", "solution", "since", "skill", "agent", "agent_name"});
  for (const runtime::ChatEntry& chat : *chats) {
    const auto state = solutions::state_of(**archive, chat, *key);
    if (!state) return std::unexpected(state.error());
    if (!state->agent) continue;
    const dialog::Seat& seat = *state->agent;
    listing.add({chat.chat.to_string(), solution_of(deployed, chat),
                 base::to_iso8601(options.queued ? seat.asked_at : seat.joined_at),
                 or_null(seat.skill), or_null(seat.id), or_null(seat.name)});
  }
  listing.print(options.json);
  return chats->size();
}

int list_handed_over(const ChatsOptions& options) {
  const auto count = print_handed_over(options);
  if (!count) return complain("chats", count.error());
  if (*count == 0) {
    std::cerr << (options.queued ? "no chat waits for an agent\n" : "no chat is with an agent\n");
  }
  if (*count == options.limit) {
    std::cerr << "there may be more: " << options.limit << " were listed (--limit)\n";
  }
  return 0;
}

int list_parked(const ChatsOptions& options) {
  const auto archive = archive_of(options.data);
  const auto chats = archive ? (*archive)->parked() : std::unexpected(archive.error());
  if (!chats) return complain("chats", chats.error());
  const Deployed deployed = deployed_in(options.data);
  Listing listing({"chat", "solution", "version", "node", "since", "what"});
  for (const runtime::ParkedChat& chat : *chats) {
    listing.add({chat.chat_id, chat.solution, version_name(deployed, chat.version), chat.node,
                 base::to_iso8601(chat.at), chat.what});
  }
  listing.print(options.json);
  if (chats->empty()) std::cerr << "no chat is parked\n";
  return 0;
}

}  // namespace

void add_chats_command(cli::App& cli, int& exit_code) {
  auto options = std::make_shared<ChatsOptions>();
  auto* chats = cli.add_subcommand(
      "chats",
      "List the latest chat of every consumer, the last turn first: where it stands, and who "
      "talks.");
  add_data_option(*chats, options->data);
  chats->add_flag("--parked", options->parked,
                  "Only those that wait because the engine failed in them: id, solution, version, "
                  "node, since when, what failed");
  auto* queued = chats->add_flag("--queued", options->queued,
                                 "Only those that wait for an agent: id, solution, since when, "
                                 "for which skill");
  chats
      ->add_flag("--with-agent", options->with_agent,
                 "Only those that an agent has: id, solution, since when, skill, who")
      ->excludes(queued);
  chats->add_option("--solution", options->solution, "Only chats of this solution");
  const auto phases = dialog::kPhases.all();
  chats->add_option("--phase", options->phase, "Only chats in this phase")
      ->check(cli::OneOf(std::vector<std::string>(phases.begin(), phases.end())));
  chats->add_option(
      "--since", options->since,
      "Only chats whose last turn is not before this time: 2026-01-31T08:00:00Z, or 24h, "
      "7d ago");
  chats->add_option("--limit", options->limit, "At most so many")
      ->capture_default_str()
      ->check(cli::Range(1, 1'000'000));
  chats->add_flag("--json", options->json, "Print a JSON array");
  chats->footer(
      "Works beside a running server. A parked chat answers with an error and hurts no other. It "
      "is tried again after a deploy "
      "of\n"
      "its solution and at the next start of the server; see docs/operating.md.");
  chats->callback([&exit_code, options] {
    exit_code = options->parked                          ? list_parked(*options)
                : options->queued || options->with_agent ? list_handed_over(*options)
                                                         : list_chats(*options);
  });
}

}  // namespace millrace::app
