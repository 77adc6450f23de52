// `millrace key`: keys with which programs use the operator's API.
#include <iostream>

#include "app/commands/listing.hpp"
#include "app/operators/command.hpp"
#include "app/wire/options.hpp"

namespace millrace::app {
namespace {

base::Result<int> make_key(OpenedAccess& opened, const OperatorOptions& options) {
  auto grants = grants_of(options);
  if (!grants) return std::unexpected(grants.error());
  access::NewKey key{options.name, std::move(*grants), options.addresses, {}};
  if (!options.life.empty()) {
    const auto life = parse_life(options.life);
    if (!life) return std::unexpected(life.error());
    key.expires_at = {SystemClock().now().ms + life->count() * 1'000};
  }
  const auto made = opened.access().make_key(asking_command(), key);
  if (!made) return std::unexpected(made.error());
  print_done(options.json,
             {{"id", made->first.id}, {"name", made->first.name}, {"secret", made->second}},
             made->second + "\n");
  std::cerr << "This is the only time that it is shown. Its id is " << made->first.id << "\n";
  return 0;
}

base::Result<int> list_keys(OpenedAccess& opened, const OperatorOptions& options) {
  constexpr size_t kPage = 500;
  Listing listing({"id", "name", "grants", "expires_at", "used_at"});
  std::string after;
  for (;;) {
    const auto keys = opened.access().keys(after, kPage);
    if (!keys) return std::unexpected(keys.error());
    for (const access::Key& key : *keys) {
      listing.add(
          {key.id, key.name, as_json(key.grants), as_json(key.expires_at), as_json(key.used_at)});
    }
    if (keys->size() < kPage) {
      listing.print(options.json);
      return 0;
    }
    after = keys->back().id;
  }
}

base::Result<int> revoke_key(OpenedAccess& opened, const OperatorOptions& options) {
  const auto done = opened.access().revoke_key(asking_command(), options.name);
  if (!done) return std::unexpected(done.error());
  print_done(options.json, {{"id", options.name}, {"revoked", true}},
             options.name + " is revoked\n");
  return 0;
}

}  // namespace

void add_key_command(cli::App& cli, int& exit_code) {
  auto* key = cli.add_subcommand("key", "Keys with which programs use the operator's API.");
  key->require_subcommand(1);
  const OperatorCommand made = add_operator_command(
      *key, "make", "Make a key, and print its secret this once", make_key, exit_code);
  made.command->add_option("NAME", made.options->name, "What it is for")->required();
  add_grants_option(made);
  made.command->add_option("--from", made.options->addresses,
                           "An address, or a network like 192.0.2.0/24, from which alone it may be "
                           "used; may be given again");
  made.command->add_option("--life", made.options->life, "How long it is valid: 24h, 90d");
  add_json_flag(made, kOneJsonObject);
  add_json_flag(add_operator_command(
      *key, "list", "Every key: id, name, grants, until when, last use", list_keys, exit_code));
  const OperatorCommand revoked =
      add_operator_command(*key, "revoke", "Revoke a key, at once", revoke_key, exit_code);
  revoked.command->add_option("ID", revoked.options->name, "The key's id")->required();
  add_json_flag(revoked, kOneJsonObject);
}

}  // namespace millrace::app
