// `millrace chat`: a conversation in the terminal, with everything in a temporary folder.
#include <unistd.h>

#include <future>
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/wire/data/temporary_folder.hpp"
#include "app/wire/log.hpp"
#include "app/wire/server/server.hpp"
#include "base/text.hpp"
#include "posix/limits.hpp"

namespace millrace::app {
namespace {

struct ChatOptions {
  std::filesystem::path solution;
  std::string locale;
  WorldOptions world;
};

// Prints what the bot said; gives the buttons of the last message, which answer to their numbers.
std::vector<std::string> show(const runtime::Answer& answer) {
  std::vector<std::string> choices;
  for (const runtime::ChatMessage& message : answer.messages) {
    std::cout << "bot> " << message.content.text << "\n";
    choices.clear();
    for (const auto& button : message.content.asset.options) choices.push_back(button.label);
  }
  for (size_t i = 0; i < choices.size(); ++i) {
    std::cout << "     " << i + 1 << ") " << choices[i] << "\n";
  }
  return choices;
}

std::string chosen(const std::string& line, const std::vector<std::string>& choices) {
  for (size_t i = 0; i < choices.size(); ++i) {
    if (line == std::to_string(i + 1)) return choices[i];
  }
  return line;
}

int run_chat(const ChatOptions& options) {
  posix::keep_files_private();
  const auto folder = TemporaryFolder::make();
  if (!folder) return complain("chat", folder.error(), 1);
  const auto log = make_log(base::Level::warning);
  ServeOptions serve;
  serve.grants_all = true;
  serve.solutions = {options.solution};
  serve.data = folder->path();
  serve.listen.port = 0;
  serve.world = options.world;
  const auto server = Server::start(serve, *log);
  if (!server) return complain("chat", server.error(), 1);
  const bool is_terminal = ::isatty(STDIN_FILENO) != 0;
  const runtime::Solution solution = *(*server)->solutions().fallback();
  const base::Id consumer = base::Id::derived("terminal", "consumer");
  std::cout << "Talking to " << solution.name << ". Say something; end with Ctrl-D.\n";
  std::vector<std::string> choices;
  for (;;) {
    if (is_terminal) std::cout << "you> " << std::flush;
    std::string line;
    if (!std::getline(std::cin, line)) break;
    if (!base::is_valid_utf8(line)) {
      std::cout << "     (that was not UTF-8)\n";
      continue;
    }
    std::string text = chosen(line, choices);
    if (!is_terminal) std::cout << "you> " << text << "\n";
    std::promise<base::Result<runtime::Answer>> promise;
    auto future = promise.get_future();
    (*server)->runtime().converse(
        {consumer, std::nullopt, runtime::SessionRequest{solution.app_id, options.locale, {}}, "",
         std::move(text)},
        [&promise](base::Result<runtime::Answer> answer) { promise.set_value(std::move(answer)); });
    const auto answer = future.get();
    if (answer) {
      choices = show(*answer);
    } else {
      std::cout << "     (" << answer.error().message << ")\n";
    }
  }
  std::cout << "\n";
  (*server)->stop();
  return 0;
}

}  // namespace

void add_chat_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "chat", "Talk to a solution in the terminal. Nothing is kept; Braze is the sandbox.");
  auto options = std::make_shared<ChatOptions>();
  command->add_option("DIR", options->solution, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  command->add_option("--locale", options->locale, "The consumer's language, such as pt-BR");
  add_world_options(*command, options->world);
  command->callback([&exit_code, options] { exit_code = run_chat(*options); });
}

}  // namespace millrace::app
