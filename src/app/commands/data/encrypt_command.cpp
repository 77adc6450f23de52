// `millrace data-key`, `encrypt` and `decrypt`: the key of a data folder that is encrypted at rest,
// and folders converted.
#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/listing.hpp"
#include "posix/limits.hpp"
#include "storage/at_rest/convert.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using storage::Conversion;

struct ConvertOptions {
  fs::path data;
  fs::path key;
  bool json = false;
};

base::Result<std::vector<std::string>> convert(const ConvertOptions& options,
                                               Conversion conversion) {
  const auto key = storage::DataKey::read(options.key, options.data);
  if (!key) return std::unexpected(key.error());
  const auto lock = storage::FolderLock::acquire(options.data);
  if (!lock) return std::unexpected(lock.error());
  return storage::convert_folder(options.data, *key, conversion);
}

int run(const ConvertOptions& options, Conversion conversion) {
  posix::keep_files_private();
  const char* const name = conversion == Conversion::encrypt ? "encrypt" : "decrypt";
  const auto done = convert(options, conversion);
  if (!done) return complain(name, done.error());
  std::string words = std::string(name) + "ed:";
  for (const std::string& part : *done) words += " " + part;
  words += "\n";
  if (conversion == Conversion::encrypt) {
    words += "from now on every command on this folder needs the key: --encrypt-at-rest " +
             shell_word(options.key.string()) + ", or " + kAtRestVariable +
             ". Without it nothing in the folder can be read: keep a copy of it elsewhere\n";
  }
  print_done(options.json, {{"converted", json::array(done->begin(), done->end())}}, words);
  return 0;
}

void add_conversion(cli::App& cli, const char* name, const char* help, Conversion conversion,
                    int& exit_code) {
  auto options = std::make_shared<ConvertOptions>();
  auto* command = cli.add_subcommand(name, help);
  command->add_option("--data", options->data, "The server's data folder")
      ->required()
      ->check(cli::kExistingDirectory);
  command->add_option("--key", options->key, "File with the key; it lies outside of the folder")
      ->required()
      ->envname(kAtRestVariable);
  command->add_flag("--json", options->json, kOneJsonObject);
  command->footer(
      "No server may use the folder, and no other command. It needs as much free room as the "
      "databases have. Whole or not at all: cut short, it is run again. Blocks of the disk that "
      "the old files stood on may still have what was in them; copies are not touched. Exits 0, or "
      "2 with the reason.");
  command->callback([conversion, &exit_code, options] { exit_code = run(*options, conversion); });
}

}  // namespace

void add_encrypt_commands(cli::App& cli, int& exit_code) {
  auto* keys = cli.add_subcommand("data-key",
                                  "Make a key for a data folder that is to be encrypted at rest.");
  auto options = std::make_shared<ConvertOptions>();
  keys->add_option("FILE", options->key, "A new file, outside of the data folder")->required();
  keys->add_flag("--json", options->json, kOneJsonObject);
  keys->footer(
      "32 bytes of chance, as base64, for your user's eyes only. Who loses it has lost the folder, "
      "and every copy of it.");
  keys->callback([&exit_code, options] {
    posix::keep_files_private();
    const auto made = storage::make_data_key(options->key);
    exit_code = made ? 0 : complain("data-key", made.error());
    if (!made) return;
    const std::string file = options->key.string();
    print_done(options->json, {{"key", file}}, file + " is the key; keep a copy of it elsewhere\n");
  });
  add_conversion(cli, "encrypt", "Encrypt a data folder that was kept in the clear.",
                 Conversion::encrypt, exit_code);
  add_conversion(cli, "decrypt", "Make an encrypted data folder one that is kept in the clear.",
                 Conversion::decrypt, exit_code);
}

}  // namespace millrace::app
