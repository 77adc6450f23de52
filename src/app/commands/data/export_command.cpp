// `millrace export`: all that is kept of one person, as lines of JSON.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/people.hpp"
#include "app/commands/listing.hpp"
#include "app/wire/data/data_reading.hpp"
#include "solutions/export.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

base::Result<void> print_all(const PersonOptions& options) {
  const auto people = find_person(options);
  if (!people) return std::unexpected(people.error());
  const auto archive = archive_of(options.data);
  if (!archive) return std::unexpected(archive.error());
  const auto deliveries = [&](const runtime::DeliveryFilter& filter) {
    return storage::list_deliveries(options.data / "journal.db", filter);
  };
  return solutions::export_person(*people, {**archive, deliveries, seal_key_of(options.data)},
                                  [](const json::object& line) { print_json(line); });
}

int run(const PersonOptions& options) {
  const auto done = print_all(options);
  if (done) return 0;
  return complain("export", done.error(), done.error().code == base::Code::not_found ? 1 : 2);
}

}  // namespace

void add_export_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "export", "All that is kept of one person as lines of JSON: turns, chats, deliveries.");
  auto options = std::make_shared<PersonOptions>();
  add_person_options(*command, *options);
  command->footer(
      "Works beside a running server. Answers that were asked for securely stay masked. Each line "
      "has a kind: turn (what was said), chat (its variables, as the last turn left them), "
      "delivery, and joined (the ids of the person) where there are several. Exits 0, 1 when "
      "nothing is kept of such a person, 2 when it cannot be read.");
  command->callback([&exit_code, options] { exit_code = run(*options); });
}

}  // namespace millrace::app
