// `millrace completions` and `millrace man`: what shells and man read about the program.
#include <iostream>

#include "app/cli/pages.hpp"
#include "app/commands/commands.hpp"

namespace millrace::app {

void add_completions_commands(cli::App& cli, int& exit_code) {
  auto* completions = cli.add_subcommand(
      "completions", "Print what a shell needs to complete commands and options.");
  auto shell = std::make_shared<std::string>();
  completions->add_option("SHELL", *shell, "The shell")
      ->required()
      ->check(cli::OneOf({"bash", "zsh", "fish"}));
  completions->footer(
      "bash: source <(millrace completions bash), in ~/.bashrc. zsh: millrace completions zsh >\n"
      "_millrace in a folder of $fpath. fish: millrace completions fish >\n"
      "~/.config/fish/completions/millrace.fish.");
  completions->callback([&cli, &exit_code, shell] {
    const cli::DescribedCommand program = cli.describe();
    std::cout << (*shell == "bash"  ? cli::bash_completions(program)
                  : *shell == "zsh" ? cli::zsh_completions(program)
                                    : cli::fish_completions(program));
    exit_code = 0;
  });
  auto* man = cli.add_subcommand("man", "Print the manual page: millrace man | man -l -");
  man->callback([&cli, &exit_code] {
    std::cout << cli::manual_page(cli.describe(), MILLRACE_VERSION);
    exit_code = 0;
  });
}

}  // namespace millrace::app
