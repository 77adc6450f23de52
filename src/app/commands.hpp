// The commands of the program. Each takes what the command line said and gives the exit code.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/options.hpp"

namespace CLI {
class App;
}

namespace millrace::app {

// Serves until SIGTERM or SIGINT; prints `ready {json}` on standard output when it listens.
int run_serve(const ServeOptions& options);

struct ChatOptions {
  std::filesystem::path solution;
  std::string locale;
  WorldOptions world;
};
// A conversation in the terminal, with everything in a temporary folder.
int run_chat(const ChatOptions& options);

struct CheckOptions {
  std::filesystem::path solution;
  bool json = false;
  WorldOptions world;
};
// 0 when a solution can be served; 1 when there are errors, which are printed.
int run_check(const CheckOptions& options);

struct DemoOptions {
  std::optional<std::filesystem::path> solution;  // the example, when not given
  std::optional<std::filesystem::path> data;      // a temporary folder, when not given
  Endpoint listen{"127.0.0.1", 8080};
  bool listen_given = false;  // then a port in use is an error; otherwise any free one is taken
  Endpoint braze_sandbox{"127.0.0.1", 0};
  bool script = false;
};
// The example solution beside the Braze sandbox: served, or (script) played on both roads.
int run_demo(const DemoOptions& options);

// The scripted part of the demo, over HTTP against a server that is up. Prints the transcript; true
// when every profile read back is as it was told.
bool play_demo_script(const std::string& base_url, const std::string& sandbox_url,
                      const std::string& sandbox_key);

// convert, fmt and schema: the commands that work on the files of a solution alone.
void add_flow_commands(CLI::App& cli, int& exit_code);
void add_test_command(CLI::App& cli, int& exit_code);
// deploy, rollback, versions and impact.
void add_version_commands(CLI::App& cli, int& exit_code);
// replay and chats.
void add_chats_command(CLI::App& cli, int& exit_code);
void add_replay_command(CLI::App& cli, int& exit_code);
// braze-sandbox: the sandbox alone.
void add_braze_sandbox_command(CLI::App& cli, int& exit_code);
// deliveries list, show, retry, drop and export.
void add_deliveries_command(CLI::App& cli, int& exit_code);
// secret set, list, remove and rotate.
void add_secret_command(CLI::App& cli, int& exit_code);
// grant and grants: what solutions may name.
void add_grant_commands(CLI::App& cli, int& exit_code);
void add_trace_command(CLI::App& cli, int& exit_code);
// verify: what a data folder lacks.
void add_verify_command(CLI::App& cli, int& exit_code);
// backup: a copy of a data folder.
void add_backup_command(CLI::App& cli, int& exit_code);
// restore: a data folder of such a copy.
void add_restore_command(CLI::App& cli, int& exit_code);
// rebuild: the tables that only repeat the turns.
void add_rebuild_command(CLI::App& cli, int& exit_code);
// forget and export: what is kept of a person, removed or shown.
void add_forget_command(CLI::App& cli, int& exit_code);
void add_export_command(CLI::App& cli, int& exit_code);
// actions unknown and list.
void add_actions_command(CLI::App& cli, int& exit_code);
// action run and new.
void add_action_command(CLI::App& cli, int& exit_code);

}  // namespace millrace::app
