#include "app/cli/cli.hpp"
#include "app/commands/commands.hpp"
#include "posix/limits.hpp"

int main(int argc, char** argv) {
  namespace app = millrace::app;
  millrace::posix::keep_memory_private();
  app::cli::App cli("millrace",
                    "Millrace: conversations that do work. Solutions are folders; see examples/.");
  cli.set_version_flag("-V,--version", MILLRACE_VERSION);
  cli.require_subcommand(1);
  cli.footer(
      "`millrace help COMMAND` tells what a command takes. Commands exit with 0, with 1 when\n"
      "something is not as it should be, and with 2 when nothing could be done.");
  int exit_code = 0;
  cli.begin_group("Write a solution");
  app::add_init_command(cli, exit_code);
  app::add_dev_command(cli, exit_code);
  app::add_check_command(cli, exit_code);
  app::add_test_command(cli, exit_code);
  app::add_chat_command(cli, exit_code);
  app::add_action_command(cli, exit_code);
  app::add_nlu_command(cli, exit_code);
  app::add_flow_commands(cli, exit_code);
  cli.begin_group("Serve it");
  app::add_demo_command(cli, exit_code);
  app::add_serve_command(cli, exit_code);
  app::add_deploy_command(cli, exit_code);
  app::add_version_commands(cli, exit_code);
  app::add_grant_commands(cli, exit_code);
  app::add_secret_command(cli, exit_code);
  app::add_braze_sandbox_command(cli, exit_code);
  cli.begin_group("Look into it");
  app::add_chats_command(cli, exit_code);
  app::add_trace_command(cli, exit_code);
  app::add_actions_command(cli, exit_code);
  app::add_deliveries_command(cli, exit_code);
  app::add_events_command(cli, exit_code);
  app::add_people_command(cli, exit_code);
  app::add_replay_command(cli, exit_code);
  app::add_doctor_command(cli, exit_code);
  cli.begin_group("Keep it safe");
  app::add_operator_commands(cli, exit_code);
  app::add_backup_command(cli, exit_code);
  app::add_restore_command(cli, exit_code);
  app::add_verify_command(cli, exit_code);
  app::add_rebuild_command(cli, exit_code);
  app::add_encrypt_commands(cli, exit_code);
  app::add_forget_command(cli, exit_code);
  app::add_export_command(cli, exit_code);
  cli.begin_group("For the shell");
  app::add_completions_commands(cli, exit_code);
  return cli.run(argc, argv, exit_code);
}
