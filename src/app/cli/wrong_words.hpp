// What is wrong with the words that were given, said with the nearest that would have been right.
// Each says it on standard error and gives the exit code, 2. For the files of this folder only.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace millrace::app::cli {

int complain(const CLI::App& command, const std::string& what);
// Options and commands that nobody knows, before anything is parsed; 0 when all are known.
int check_names(const CLI::App& whole, const std::vector<std::string>& words);
// All that is missing at once, after the words were parsed as far as they go.
int complain_of_missing(const CLI::App& command);
// The command that was named, or the whole program.
const CLI::App& command_meant(const CLI::App& whole);

}  // namespace millrace::app::cli
