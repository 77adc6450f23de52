// `millrace replay`: a chat's stored inputs run through the engine again, compared byte for byte.
#include "app/cli/cli.hpp"
#include "solutions/replay.hpp"

#include <iostream>

#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/listing.hpp"
#include "app/wire/data/data_reading.hpp"

namespace millrace::app {
namespace {

struct ReplayOptions {
  std::string chat;
  std::filesystem::path data;
  bool json = false;
};

base::Result<solutions::Replayed> replayed(const ReplayOptions& options) {
  auto chat = stored_chat(options.data, options.chat);
  if (!chat) return std::unexpected(chat.error());
  return solutions::replay(*chat->archive, chat->id, chat->seal_key, chat->versions);
}

int replay(const ReplayOptions& options) {
  const auto played = replayed(options);
  if (!played) return complain("replay", played.error());
  if (options.json) {
    json::object out{{"turns", played->turns}, {"same", !played->difference}};
    if (played->difference) {
      out["differs"] = {{"turn", played->difference->turn}, {"what", played->difference->what}};
    }
    print_json(out);
    return played->difference ? 1 : 0;
  }
  if (played->difference) {
    std::cerr << "millrace replay: turn " << played->difference->turn << ": "
              << played->difference->what << "\n";
    return 1;
  }
  std::cout << played->turns << " turns replayed, byte for byte the same\n";
  return 0;
}

}  // namespace

void add_replay_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "replay", "Run a stored chat's inputs through the engine again and compare every byte.");
  auto options = std::make_shared<ReplayOptions>();
  command->add_option("CHAT", options->chat, "The chat's id")->required();
  add_data_option(*command, options->data);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "Exits 0 when all turns come out the same, 1 when one differs (it is named), 2 when the "
      "chat\n"
      "cannot be read.");
  command->callback([&exit_code, options] { exit_code = replay(*options); });
}

}  // namespace millrace::app
