#include "app/operators/command.hpp"

#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/operators/edge.hpp"
#include "posix/limits.hpp"

namespace millrace::app {

base::Result<OpenedAccess> OpenedAccess::at(const std::filesystem::path& data) {
  posix::keep_files_private();
  auto pairs = open_access_file(data);
  if (!pairs) return std::unexpected(pairs.error());
  return OpenedAccess(std::move(*pairs));
}

OpenedAccess::OpenedAccess(std::unique_ptr<access::Transactions> pairs)
    : pairs_(std::move(pairs)),
      clock_(std::make_unique<SystemClock>()),
      random_(std::make_unique<SystemRandom>()),
      access_(
          std::make_unique<access::Access>(access::Access::Ports{*pairs_, *clock_, *random_, {}})) {
}

access::Asker asking_command() {
  return {access::command_line(), "", ""};
}

base::Result<access::Grants> grants_of(const OperatorOptions& options) {
  access::Grants grants;
  for (const std::string& text : options.grants) {
    auto grant = access::grant_from_text(text);
    if (!grant) return std::unexpected(grant.error());
    grants.push_back(std::move(*grant));
  }
  return grants;
}

std::string in_words(const access::Grants& grants) {
  std::string out;
  for (const access::Grant& grant : grants) {
    out += (out.empty() ? "" : " ") + access::to_text(grant);
  }
  return out.empty() ? "nothing" : out;
}

json::array as_json(const access::Grants& grants) {
  json::array out;
  for (const access::Grant& grant : grants) out.push_back(json::value(access::to_text(grant)));
  return out;
}

json::value as_json(base::Timestamp at) {
  if (at.ms == 0) return nullptr;
  return json::value(base::to_iso8601(at));
}

void add_json_flag(const OperatorCommand& added, const char* help) {
  added.command->add_flag("--json", added.options->json, help);
}

OperatorCommand add_operator_command(cli::App& family, const char* name, const char* help,
                                     OperatorRun run, int& exit_code) {
  auto options = std::make_shared<OperatorOptions>();
  auto* command = family.add_subcommand(name, help);
  command->add_option("--data", options->data, "The server's data folder")
      ->required()
      ->check(cli::kExistingDirectory);
  add_at_rest_option(*command, options->data, storage::Beginning::allowed);
  const std::string said = family.get_name() + " " + name;
  command->callback([options, run, said, &exit_code] {
    auto opened = OpenedAccess::at(options->data);
    const auto done = opened ? run(*opened, *options) : std::unexpected(opened.error());
    exit_code = done ? *done : complain(said, done.error());
  });
  return {command, options};
}

void add_grants_option(const OperatorCommand& added) {
  added.command
      ->add_option("--grant", added.options->grants,
                   "ROLE[@SOLUTION[/ENVIRONMENT]], such as designer@hotel or operator@*/live; "
                   "rights by name do as well, chat.read+ops.read@hotel. May be given again")
      ->required()
      ->check([](const std::string& text) -> std::string {
        const auto grant = access::grant_from_text(text);
        return grant ? std::string() : grant.error().message;
      });
}

void add_operator_commands(cli::App& cli, int& exit_code) {
  add_user_command(cli, exit_code);
  add_key_command(cli, exit_code);
  add_audit_command(cli, exit_code);
}

}  // namespace millrace::app
