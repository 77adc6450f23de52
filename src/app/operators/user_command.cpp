// `millrace user`: who may use the operator's API, and for what.
#include <iostream>

#include "app/commands/listing.hpp"
#include "app/operators/command.hpp"

namespace millrace::app {
namespace {

void print_link(const OperatorOptions& options, const std::string& token) {
  const std::string link = "/operator/#" + token;
  print_done(options.json, {{"name", options.name}, {"link", link}}, link + "\n");
  std::cerr << "Open it under the server's address within 24 hours; it sets the password, once.\n";
}

base::Result<int> add_user(OpenedAccess& opened, const OperatorOptions& options) {
  const auto grants = grants_of(options);
  if (!grants) return std::unexpected(grants.error());
  const auto user = opened.access().add_user(asking_command(), options.name, *grants);
  if (!user) return std::unexpected(user.error());
  const auto token = opened.access().link_for(asking_command(), user->id, false);
  if (!token) return std::unexpected(token.error());
  print_link(options, *token);
  return 0;
}

base::Result<int> list_users(OpenedAccess& opened, const OperatorOptions& options) {
  constexpr size_t kPage = 500;
  Listing listing(
      {"id", "name", "grants", "disabled", "authenticator", "external", "signed_in_at"});
  std::string after;
  for (;;) {
    const auto users = opened.access().users(after, kPage);
    if (!users) return std::unexpected(users.error());
    for (const access::User& user : *users) {
      listing.add({user.id, user.name, as_json(user.grants), user.disabled,
                   !user.totp_secret.empty(), !user.subject.empty(), as_json(user.signed_in_at)});
    }
    if (users->size() < kPage) {
      listing.print(options.json);
      return 0;
    }
    after = users->back().id;
  }
}

base::Result<int> change_user(OpenedAccess& opened, const OperatorOptions& options,
                              const access::UserChange& change) {
  const auto user = opened.access().change_user(asking_command(), options.name, change);
  if (!user) return std::unexpected(user.error());
  print_done(
      options.json,
      {{"id", user->id},
       {"name", user->name},
       {"disabled", user->disabled},
       {"grants", as_json(user->grants)}},
      user->name + (user->disabled ? " is disabled: " : " may: ") + in_words(user->grants) + "\n");
  return 0;
}

base::Result<int> grant_user(OpenedAccess& opened, const OperatorOptions& options) {
  const auto grants = grants_of(options);
  if (!grants) return std::unexpected(grants.error());
  return change_user(opened, options, {.grants = *grants});
}

base::Result<int> link_user(OpenedAccess& opened, const OperatorOptions& options) {
  const auto token = opened.access().link_for(asking_command(), options.name, options.resets_totp);
  if (!token) return std::unexpected(token.error());
  print_link(options, *token);
  return 0;
}

base::Result<int> remove_user(OpenedAccess& opened, const OperatorOptions& options) {
  const auto done = opened.access().remove_user(asking_command(), options.name);
  if (!done) return std::unexpected(done.error());
  print_done(options.json, {{"name", options.name}, {"removed", true}},
             options.name + " is removed\n");
  return 0;
}

}  // namespace

void add_user_command(cli::App& cli, int& exit_code) {
  auto* user = cli.add_subcommand("user", "Who may use the operator's API, and for what.");
  user->require_subcommand(1);
  const auto named = [&](const char* name, const char* help, OperatorRun run) {
    const OperatorCommand added = add_operator_command(*user, name, help, run, exit_code);
    added.command->add_option("NAME", added.options->name, "The user's name, or id")->required();
    add_json_flag(added, kOneJsonObject);
    return added;
  };
  add_grants_option(
      named("add", "Add somebody, and print a one-time link that sets the password", add_user));
  add_json_flag(add_operator_command(
      *user, "list", "Everybody: id, name, grants, when they signed in", list_users, exit_code));
  add_grants_option(named("grant", "Say anew what somebody may do", grant_user));
  named("disable", "Keep somebody out, at once",
        [](OpenedAccess& opened, const OperatorOptions& options) {
          return change_user(opened, options, {.disabled = true});
        });
  named("enable", "Let somebody in again",
        [](OpenedAccess& opened, const OperatorOptions& options) {
          return change_user(opened, options, {.disabled = false});
        });
  const OperatorCommand link =
      named("link", "Print a one-time link that sets the password", link_user);
  link.command->add_flag("--reset-totp", link.options->resets_totp,
                         "Using it also takes the authenticator away");
  named("remove", "Remove somebody, with their sessions", remove_user);
}

}  // namespace millrace::app
