// What scripts and deliveries may reach and are given: the operator's word, and the command-line
// options for it that several commands share.
#pragma once

#include <string>
#include <vector>

#include "secrets/secrets.hpp"

namespace millrace::app::cli {
class App;
}

namespace millrace::app {

struct WorldOptions {
  bool unsafe_no_sandbox = false;
  bool allow_unbounded = false;             // scripts run also where nothing bounds their memory
  std::vector<std::string> allow_internal;  // "host:port" that may be reached though internal
  secrets::Places secrets;                  // its `data` is the command's own
};

// `options` must outlive the parsing.
void add_world_options(cli::App& command, WorldOptions& options);
// --unsafe-no-sandbox alone, for commands that only look at scripts.
void add_sandbox_option(cli::App& command, WorldOptions& options);

}  // namespace millrace::app
