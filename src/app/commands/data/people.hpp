// Whom the commands about one person mean, found by whatever an operator knows of them.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "storage/upkeep/forget.hpp"

namespace millrace::app::cli {
class App;
}

namespace millrace::app {

// Exactly one of `id` and `sender` is set.
struct PersonOptions {
  std::filesystem::path data;
  std::string id;      // a consumer's, or a chat's
  std::string sender;  // as the channel was told
  std::string channel = "rest";
  std::string solution;  // whose sender; "": the only one's that knows that sender
};

void add_person_options(cli::App& command, PersonOptions& options);

// One person: every consumer whom they are joined with, too. Errors: invalid_argument; not_found,
// nothing is kept of such a person; failed_precondition, more than one could be meant.
base::Result<storage::People> find_person(const PersonOptions& options);

}  // namespace millrace::app
