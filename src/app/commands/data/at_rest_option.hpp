// The one way in which commands are given a data folder, and the key of one that is encrypted.
#pragma once

#include <filesystem>

#include "storage/at_rest/at_rest.hpp"

namespace millrace::app::cli {
class App;
}

namespace millrace::app {

// Adds --encrypt-at-rest FILE, which MILLRACE_ENCRYPT_AT_REST stands in for. When the command line
// has been read, and before the command runs, the folder is opened with it
// (storage/at_rest/at_rest.hpp); where it cannot be, the reason is told and the exit code is 2.
// `data` outlives the command; while it is "" nothing is opened.
void add_at_rest_option(cli::App& command, const std::filesystem::path& data,
                        storage::Beginning beginning = storage::Beginning::refused);

// --data of a command on a folder that is there, required, with the above.
void add_data_option(cli::App& command, std::filesystem::path& data);
// --data of a command that makes the folder where it is missing. Gives the command.
cli::App* add_new_data_option(cli::App& command, std::filesystem::path& data,
                              storage::Beginning beginning = storage::Beginning::allowed);

// The variable.
inline constexpr const char* kAtRestVariable = "MILLRACE_ENCRYPT_AT_REST";

}  // namespace millrace::app
