#include "app/commands/data/at_rest_option.hpp"

#include <memory>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"

namespace millrace::app {

void add_at_rest_option(cli::App& command, const std::filesystem::path& data,
                        storage::Beginning beginning) {
  const auto key = std::make_shared<std::filesystem::path>();
  command
      .add_option("--encrypt-at-rest", *key,
                  beginning == storage::Beginning::allowed
                      ? "Keep what people say encrypted in the data folder, under the key in this "
                        "file, which lies outside of it; `millrace data-key` makes one, `millrace "
                        "encrypt` converts a folder that has data"
                      : "File with the key of a data folder that is encrypted at rest")
      ->envname(kAtRestVariable);
  command.parse_complete_callback([&command, &data, key, beginning] {
    if (data.empty()) return;
    const auto opened = storage::unlock_folder(data, *key, beginning);
    if (opened) return;
    cli::stop(complain(command.get_name(), opened.error()));
  });
}

void add_data_option(cli::App& command, std::filesystem::path& data) {
  command.add_option("--data", data, "The server's data folder")
      ->required()
      ->check(cli::kExistingDirectory);
  add_at_rest_option(command, data);
}

cli::App* add_new_data_option(cli::App& command, std::filesystem::path& data,
                              storage::Beginning beginning) {
  command.add_option("--data", data, "Folder for everything that is kept")->required();
  add_at_rest_option(command, data, beginning);
  return &command;
}

}  // namespace millrace::app
