// `millrace doctor`: whether this machine has what a server needs, and what to do where it has not.
#include <cstdlib>
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/doctor/finding.hpp"
#include "app/commands/listing.hpp"

namespace millrace::app {
namespace {

struct DoctorFlags {
  DoctorOptions options;
  std::string listen;
  bool json = false;
};

int run_doctor(const DoctorFlags& flags) {
  std::vector<Finding> found = look_at_machine(flags.options);
  for (const auto& look : {look_at_data, look_at_network}) {
    for (Finding& each : look(flags.options)) found.push_back(std::move(each));
  }
  if (flags.json) {
    print_json(as_json(found));
  } else {
    std::cout << as_text(found);
  }
  return all_well(found) ? 0 : 1;
}

}  // namespace

void add_doctor_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "doctor", "Look whether this machine has what a server needs, and say what to mend.");
  auto flags = std::make_shared<DoctorFlags>();
  DoctorOptions& options = flags->options;
  command->add_option("--data", options.data, "The server's data folder, looked at where given")
      ->envname("MILLRACE_DATA");
  command->add_option("--listen", flags->listen, "HOST:PORT that the server listens on")
      ->default_str("127.0.0.1:8080")
      ->check(endpoint_into(options.listen));
  command
      ->add_option("--braze-url", options.braze_url,
                   "Braze's REST endpoint, asked with the secret BRAZE_API_KEY; nothing is "
                   "changed there. Without it Braze is not asked")
      ->envname("BRAZE_URL");
  add_world_options(*command, options.world);
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->footer("It exits with 0, also with warnings, and with 1 where something is wrong.");
  command->callback([&exit_code, flags] { exit_code = run_doctor(*flags); });
}

}  // namespace millrace::app
