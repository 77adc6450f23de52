// `millrace init`: a new solution from a template.
#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/listing.hpp"
#include "app/wire/receivers.hpp"
#include "solutions/new_solution.hpp"

namespace millrace::app {
namespace {

struct InitOptions {
  std::filesystem::path folder;
  std::string made_from = "blank";
  bool json = false;
};

int init(const InitOptions& options) {
  std::filesystem::path folder = options.folder;
  if (!folder.has_filename()) folder = folder.parent_path();
  std::error_code failed;
  const auto name = std::filesystem::absolute(folder, failed).lexically_normal().filename();
  const auto files = solutions::files_of_template(options.made_from, name.string());
  if (!files) return complain("init", files.error());
  const auto written = solutions::write_solution(folder, *files, receivers());
  if (!written) return complain("init", written.error());
  std::string words =
      "Made " + folder.string() + " from the template '" + options.made_from + "':\n";
  for (const std::string& path : *written) words += "  " + path + "\n";
  const std::string word = shell_word(folder.string());
  words += "\nNext:\n  millrace dev " + word +
           "     # talk to it in a browser while you write\n  millrace test " + word +
           "    # run its tests\n  millrace chat " + word + "    # talk to it here\n";
  print_done(options.json,
             {{"folder", folder.string()},
              {"template", options.made_from},
              {"files", json::array(written->begin(), written->end())}},
             words);
  return 0;
}

}  // namespace

void add_init_command(cli::App& cli, int& exit_code) {
  auto* command =
      cli.add_subcommand("init", "Make a new solution that checks, tests and runs as it is.");
  auto options = std::make_shared<InitOptions>();
  command
      ->add_option("NAME", options->folder, "Its folder, new or empty; its last part is the name")
      ->required();
  std::vector<std::string> names;
  std::string about;
  for (const solutions::Template& each : solutions::templates()) {
    names.emplace_back(each.name);
    about += (about.empty() ? "" : "\n") + std::string(each.name) + ": " +
             std::string(each.description) + ".";
  }
  command->add_option("--template", options->made_from, "What it is made from")
      ->capture_default_str()
      ->check(cli::OneOf(names));
  command->add_flag("--json", options->json, kOneJsonObject);
  command->footer(about);
  command->callback([&exit_code, options] { exit_code = init(*options); });
}

}  // namespace millrace::app
