#include "app/wire/world_options.hpp"

#include "app/cli/cli.hpp"

namespace millrace::app {

void add_world_options(cli::App& command, WorldOptions& options) {
  command.add_option("--allow-internal", options.allow_internal,
                     "HOST:PORT that scripts and deliveries may reach although it is internal; may "
                     "be given again");
  command
      .add_option("--secrets-file", options.secrets.file,
                  "File of NAME=value lines, for its owner's eyes only")
      ->check(cli::kExistingFile);
  command.add_option("--secrets-dir", options.secrets.folder, "Folder with a file for each secret")
      ->check(cli::kExistingDirectory);
  command.add_option("--secrets-key", options.secrets.key,
                     "Master key of the store that `millrace secret set` fills; by default in your "
                     "configuration folder");
  command.add_flag("--allow-unbounded", options.allow_unbounded,
                   "Run action nodes also where neither control groups nor free memory bound what "
                   "they take");
  add_sandbox_option(command, options);
}

void add_sandbox_option(cli::App& command, WorldOptions& options) {
  command.add_flag("--unsafe-no-sandbox", options.unsafe_no_sandbox,
                   "Run action nodes without a sandbox: they can do whatever this user can");
}

}  // namespace millrace::app
