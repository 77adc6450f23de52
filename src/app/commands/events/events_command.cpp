// `millrace events`: what the Event Listener has taken in, and what it could not.
#include <deque>
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/events/event_files.hpp"
#include "app/commands/listing.hpp"
#include "app/wire/system.hpp"
#include "listener/event_log.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

struct EventsOptions {
  std::filesystem::path data;
  std::string source;
  std::string since;
  size_t limit = 1'000;
  bool json = false;
};

// The newest of them, and how many more there were.
template <typename Item>
struct Newest {
  std::deque<Item> items;
  size_t left_out = 0;

  void add(Item item, size_t limit) {
    items.push_back(std::move(item));
    if (items.size() <= limit) return;
    items.pop_front();
    ++left_out;
  }
};

base::Result<base::Timestamp> since_of(const EventsOptions& options) {
  if (options.since.empty()) return base::Timestamp();
  return parse_since(options.since, SystemClock().now());
}

// Events as objects, whole; in a table what tells them apart.
void print_events(const std::deque<people::Event>& events, bool as_json) {
  if (as_json) {
    json::array all;
    for (const people::Event& event : events) {
      json::object one = people::write_event(event);
      one["at"] = base::to_iso8601(event.at);
      one["received"] = base::to_iso8601(event.received);
      one.erase("v");
      all.emplace_back(std::move(one));
    }
    return print_json(all);
  }
  Listing listing({"at", "source", "kind", "name", "user_id", "anonymous_id", "id"});
  for (const people::Event& event : events) {
    listing.add({base::to_iso8601(event.at), event.source, people::kEventKinds(event.kind),
                 or_null(event.name), or_null(event.user_id), or_null(event.anonymous_id),
                 event.message_id});
  }
  listing.print(false);
}

void tell_of_more(size_t left_out) {
  if (left_out > 0) std::cerr << left_out << " older ones are not shown (--limit, --since)\n";
}

int list_events(const EventsOptions& options) {
  Newest<people::Event> newest;
  const auto since = since_of(options);
  if (!since) return complain("events", since.error());
  const auto read = each_event(options.data, *since, [&](people::Event event) {
    if (!options.source.empty() && event.source != options.source) return;
    newest.add(std::move(event), options.limit);
  });
  if (!read) return complain("events", read.error());
  print_events(newest.items, options.json);
  tell_of_more(newest.left_out);
  if (newest.items.empty()) std::cerr << "there are no events\n";
  return 0;
}

int list_quarantine(const EventsOptions& options) {
  Newest<listener::Quarantined> newest;
  const auto since = since_of(options);
  if (!since) return complain("events", since.error());
  const auto read = each_event_line(options.data, *since,
                                    [&](const listener::LoggedLine& line) -> base::Result<void> {
                                      if (line.is_event) return {};
                                      auto kept = listener::read_quarantined(line.json);
                                      if (!kept) return std::unexpected(kept.error());
                                      if (!options.source.empty() && kept->source != options.source)
                                        return {};
                                      newest.add(std::move(*kept), options.limit);
                                      return {};
                                    });
  if (!read) return complain("events", read.error());
  std::vector<std::string> columns{"received", "source", "dialect", "id", "reason"};
  if (options.json) columns.emplace_back("raw");
  Listing listing(std::move(columns));
  for (const listener::Quarantined& one : newest.items) {
    json::array row{base::to_iso8601(one.received), one.source, listener::kDialects(one.dialect),
                    or_null(one.message_id), one.reason};
    if (options.json) row.push_back(one.raw);
    listing.add(std::move(row));
  }
  listing.print(options.json);
  tell_of_more(newest.left_out);
  if (newest.items.empty()) std::cerr << "nothing is in quarantine\n";
  return 0;
}

struct ForgetOptions {
  std::filesystem::path data;
  std::string id;
  bool json = false;
};

base::Result<size_t> forget_held(const ForgetOptions& options) {
  const auto lock = storage::FolderLock::acquire(options.data);
  if (!lock) return std::unexpected(lock.error());
  return forget_events(options.data, {options.id});
}

int run_forget(const ForgetOptions& options) {
  const auto removed = forget_held(options);
  if (!removed) return complain("events", removed.error());
  print_done(options.json, {{"events", *removed}},
             "forgotten: " + std::to_string(*removed) + " events\n");
  return *removed == 0 ? 1 : 0;
}

void add_forget(cli::App& events, int& exit_code) {
  auto options = std::make_shared<ForgetOptions>();
  auto* command = events.add_subcommand(
      "forget", "Remove every event of a person, so that no byte of it is left.");
  add_data_option(*command, options->data);
  command
      ->add_option("--id", options->id,
                   "As events name the person: a user, a device, an external id, an e-mail address")
      ->required();
  command->add_flag("--json", options->json, kOneJsonObject);
  command->footer(
      "No server may use the folder. An event goes when this id stands in it as a text of its own; "
      "what a device did goes as well when it was this user's alone. Exits 0, 1 when there was "
      "nothing, or 2 with the reason.");
  command->callback([&exit_code, options] { exit_code = run_forget(*options); });
}

void add_options(cli::App& command, EventsOptions& options) {
  add_data_option(command, options.data);
  command.add_option("--source", options.source, "Only of this source: SOLUTION/SOURCE");
  command.add_option(
      "--since", options.since,
      "Only what was received since this time: 2026-01-31T08:00:00Z, or 24h, 7d ago");
  command.add_option("--limit", options.limit, "The newest so many")
      ->capture_default_str()
      ->check(cli::Range(1, 1'000'000'000));
  command.add_flag("--json", options.json, "Print a JSON array");
}

}  // namespace

void add_events_command(cli::App& cli, int& exit_code) {
  auto* events = cli.add_subcommand(
      "events", "Look at what pages, apps and servers have sent, and what was wrong with it.");
  events->require_subcommand(1);
  auto listed = std::make_shared<EventsOptions>();
  auto* list = events->add_subcommand("list", "List the events, the newest last.");
  add_options(*list, *listed);
  list->callback([&exit_code, listed] { exit_code = list_events(*listed); });
  auto aside = std::make_shared<EventsOptions>();
  auto* quarantine = events->add_subcommand(
      "quarantine", "List what could not be taken as an event, with the reason.");
  add_options(*quarantine, *aside);
  quarantine->footer(
      "Works beside a running server, which reads all of this again at each start: what it "
      "understands then is an event from then on.");
  quarantine->callback([&exit_code, aside] { exit_code = list_quarantine(*aside); });
  add_forget(*events, exit_code);
}

}  // namespace millrace::app
