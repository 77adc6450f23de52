// The commands of the program.
#pragma once

namespace millrace::app::cli {
class App;
}

namespace millrace::app {

// Each adds its command, which leaves in `exit_code` what the program is to exit with.
void add_serve_command(cli::App& cli, int& exit_code);
void add_chat_command(cli::App& cli, int& exit_code);
void add_check_command(cli::App& cli, int& exit_code);
void add_demo_command(cli::App& cli, int& exit_code);
// convert, fmt and schema: the commands that work on the files of a solution alone.
void add_flow_commands(cli::App& cli, int& exit_code);
void add_test_command(cli::App& cli, int& exit_code);
void add_deploy_command(cli::App& cli, int& exit_code);
// rollback, versions and impact.
void add_version_commands(cli::App& cli, int& exit_code);
// replay and chats.
void add_chats_command(cli::App& cli, int& exit_code);
void add_replay_command(cli::App& cli, int& exit_code);
// braze-sandbox: the sandbox alone.
void add_braze_sandbox_command(cli::App& cli, int& exit_code);
// people show and merges.
void add_people_command(cli::App& cli, int& exit_code);
// events list, quarantine and forget.
void add_events_command(cli::App& cli, int& exit_code);
// deliveries list, show, retry, drop and export.
void add_deliveries_command(cli::App& cli, int& exit_code);
// secret set, list, remove and rotate.
void add_secret_command(cli::App& cli, int& exit_code);
// grant and grants: what solutions may name.
void add_grant_commands(cli::App& cli, int& exit_code);
// user, key and audit: who may use the operator's API, and what they did.
void add_operator_commands(cli::App& cli, int& exit_code);
void add_trace_command(cli::App& cli, int& exit_code);
// verify: what a data folder lacks.
void add_verify_command(cli::App& cli, int& exit_code);
// backup: a copy of a data folder.
void add_backup_command(cli::App& cli, int& exit_code);
// restore: a data folder of such a copy.
void add_restore_command(cli::App& cli, int& exit_code);
// data-key, encrypt and decrypt: data folders that are encrypted at rest.
void add_encrypt_commands(cli::App& cli, int& exit_code);
// rebuild: the tables that only repeat the turns.
void add_rebuild_command(cli::App& cli, int& exit_code);
// forget and export: what is kept of a person, removed or shown.
void add_forget_command(cli::App& cli, int& exit_code);
void add_export_command(cli::App& cli, int& exit_code);
// init: a new solution from a template.
void add_init_command(cli::App& cli, int& exit_code);
// dev: a solution served while it is being written.
void add_dev_command(cli::App& cli, int& exit_code);
// doctor: whether this machine has what a server needs.
void add_doctor_command(cli::App& cli, int& exit_code);
// completions and man, made of the commands that were added before.
void add_completions_commands(cli::App& cli, int& exit_code);
// nlu train, test, parse, check, split and base.
void add_nlu_command(cli::App& cli, int& exit_code);
// actions unknown and list.
void add_actions_command(cli::App& cli, int& exit_code);
// action run and new.
void add_action_command(cli::App& cli, int& exit_code);

}  // namespace millrace::app
