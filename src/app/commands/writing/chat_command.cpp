// `millrace chat`: a conversation in the terminal, with everything in a temporary folder.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/local_server.hpp"
#include "app/commands/trace_files.hpp"
#include "app/commands/writing/chat_listener.hpp"
#include "app/wire/data/temporary_folder.hpp"
#include "app/wire/log/log.hpp"
#include "app/wire/server/server.hpp"
#include "base/text.hpp"
#include "posix/limits.hpp"

namespace millrace::app {
namespace {

constexpr std::chrono::milliseconds kSettleAfterSkip{400};
constexpr std::string_view kHelp =
    "     /restart            begin again\n"
    "     /set NAME=VALUE     give a variable a value\n"
    "     /skip 10m           let time pass: 90s, 10m, 2h, 1d\n"
    "     /trace              the action nodes that were called\n"
    "     /debug              show, or no longer, what the engine does\n"
    "     /quit               end; so does Ctrl-D\n"
    "     //...               says a line that begins with /\n";

struct ChatOptions {
  std::filesystem::path solution;
  std::string locale;
  std::string time_zone;
  std::vector<std::string> variables;
  bool debug = false;
  WorldOptions world;
};

class TerminalChat {
 public:
  TerminalChat(const ChatOptions& options, Server& server, std::filesystem::path data)
      : options_(options),
        server_(server),
        data_(std::move(data)),
        solution_(*server.solutions().fallback()),
        debug_(options.debug) {}

  base::Result<void> run() {
    auto reader = LineReader::make([this] { screen_.flush(); });
    if (!reader) return std::unexpected(reader.error());
    is_terminal_ = (*reader)->is_terminal();
    if (is_terminal_) screen_.set_nudge([&reader] { (*reader)->nudge(); });
    greet();
    if (is_terminal_) begin(Begins::bot);
    while (const auto line = (*reader)->read("you> ")) {
      if (!base::is_valid_utf8(*line)) {
        std::cout << "     (that was not UTF-8)\n";
      } else if (line->starts_with('/') && !line->starts_with("//")) {
        if (!obey(*line)) break;
      } else {
        say(line->starts_with("//") ? line->substr(1) : *line);
      }
    }
    screen_.set_nudge({});
    std::cout << "\n";
    return {};
  }

 private:
  enum class Begins { bot, consumer };
  using Done = std::atomic<bool>;

  void greet() {
    std::cout << "Talking to " << paint_.bold(solution_.name) << ". "
              << (is_terminal_ ? "/help lists what else you can do; end with Ctrl-D.\n"
                               : "Say something; end with Ctrl-D.\n");
    const Ready& ready = server_.ready();
    if (is_terminal_ && !ready.braze_sandbox_url.empty()) {
      std::cout << paint_.dim("What reaches Braze: " + ready.braze_sandbox_url + "/inspector")
                << "\n";
    }
    const auto& locales = solution_.program->locales;
    if (!options_.locale.empty()) {
      const std::string& chosen = locales[solution_.program->choose_locale(options_.locale)];
      const std::string language = options_.locale.substr(0, options_.locale.find('-'));
      if (!chosen.starts_with(language)) {
        std::string all;
        for (const std::string& each : locales) all += (all.empty() ? "" : ", ") + each;
        std::cerr << "millrace chat: the solution does not speak " << options_.locale << " (" << all
                  << "); it speaks " << chosen << "\n";
      }
    }
  }

  runtime::SessionRequest session() const {
    json::object user_data;
    if (!options_.time_zone.empty()) user_data["time_zone"] = options_.time_zone;
    return {solution_.app_id, options_.locale, std::move(user_data)};
  }

  // Calls `ask` with something to call when it is done, and shows what comes meanwhile.
  template <typename T, typename Ask>
  base::Result<T> wait_for(Ask ask) {
    // Shared with whoever answers, who may do so after the patience here has ended.
    struct Answer {
      std::optional<base::Result<T>> result;
      std::atomic<bool> is_there = false;
    };
    auto answer = std::make_shared<Answer>();
    ask([this, answer](base::Result<T> came) {
      answer->result.emplace(std::move(came));
      answer->is_there = true;
      screen_.wake();
    });
    screen_.show_until([&] { return answer->is_there.load(); }, std::chrono::minutes(10));
    if (!answer->is_there) {
      return base::fail(base::Code::unavailable, "no answer came within ten minutes");
    }
    return std::move(*answer->result);
  }

  bool begin(Begins who) {
    view_.forget_choices();
    auto opened = wait_for<runtime::Session>(
        [&](auto done) { server_.runtime().open_session(session(), std::move(done)); });
    if (!opened) return complain(opened.error());
    chat_ = std::move(*opened);
    listener_ = std::make_shared<Listener>(screen_, view_, paint_, debug_);
    auto heard = wait_for<dialog::Phase>([&](auto done) {
      server_.runtime().subscribe(chat_->consumer, chat_->chat, listener_, std::move(done));
    });
    if (!heard) return complain(heard.error());
    for (const std::string& given : options_.variables) set(given);
    if (who == Begins::consumer) return true;
    auto started = wait_for<void>(
        [&](auto done) { server_.runtime().start(chat_->consumer, chat_->chat, std::move(done)); });
    return started ? true : complain(started.error());
  }

  void say(const std::string& line) {
    const std::string text = view_.chosen(line);
    if (!is_terminal_) std::cout << "you> " << text << "\n";
    if ((!chat_ || listener_->has_ended) && !begin(Begins::consumer)) return;
    auto answer = wait_for<runtime::Answer>([&](auto done) {
      server_.runtime().converse({chat_->consumer, std::nullopt, session(), "", text},
                                 std::move(done));
    });
    if (!answer) complain(answer.error());
  }

  bool complain(const base::Error& error) {
    std::cout << paint_.red("     (" + error.message + ")") << "\n";
    return false;
  }

  void set(const std::string& given) {
    const auto at = given.find('=');
    if (at == std::string::npos) {
      std::cout << "     (write NAME=VALUE)\n";
      return;
    }
    if (!chat_ && !begin(Begins::consumer)) return;
    auto done = wait_for<void>([&](auto told) {
      server_.runtime().assign(chat_->consumer, chat_->chat,
                               {{given.substr(0, at), given.substr(at + 1)}}, std::move(told));
    });
    if (!done) complain(done.error());
  }

  void skip(const std::string& words) {
    const auto time = parse_life(words);
    if (!time) {
      complain(time.error());
      return;
    }
    server_.skip(*time);
    screen_.show_until([] { return false; }, kSettleAfterSkip);
  }

  void show_trace() {
    if (!chat_) return;
    bool is_any = false;
    const auto read = each_trace(
        data_, calls::traces_of_chat(chat_->chat.to_string()),
        [](std::string_view) { return true; },
        [&](const calls::CallTrace& trace) {
          is_any = true;
          std::cout << describe(trace);
        });
    if (!read) complain(read.error());
    if (!is_any) std::cout << "     (no action node has been called)\n";
  }

  // False when that is the end.
  bool obey(const std::string& line) {
    const std::string name = line.substr(0, line.find(' '));
    const std::string rest(
        base::trim(std::string_view(line).substr(std::min(name.size(), line.size()))));
    if (name == "/quit" || name == "/exit") return false;
    if (name == "/restart") {
      chat_.reset();
      if (is_terminal_) begin(Begins::bot);
    } else if (name == "/set") {
      set(rest);
    } else if (name == "/skip") {
      skip(rest);
    } else if (name == "/trace") {
      show_trace();
    } else if (name == "/debug") {
      debug_ = !debug_;
      std::cout << (debug_ ? "     (what the engine does is shown)\n" : "     (no longer shown)\n");
    } else {
      if (name != "/help") std::cout << "     (there is no " << name << ")\n";
      std::cout << kHelp;
    }
    return true;
  }

  const ChatOptions& options_;
  Server& server_;
  const std::filesystem::path data_;
  const runtime::Solution solution_;
  const Paint paint_{STDOUT_FILENO};
  bool debug_;
  bool is_terminal_ = false;
  Screen screen_;
  ChatView view_{paint_};
  std::optional<runtime::Session> chat_;
  std::shared_ptr<Listener> listener_;
};

int run_chat(const ChatOptions& options) {
  posix::keep_files_private();
  const auto folder = TemporaryFolder::make();
  if (!folder) return complain("chat", folder.error(), 1);
  const auto log = make_log(base::Level::warning);
  ServeOptions serve = local_options(folder->path());
  serve.solutions = {options.solution};
  serve.listen.port = 0;
  serve.world = options.world;
  const auto server = Server::start(serve, *log);
  if (!server) return complain("chat", server.error(), 1);
  TerminalChat chat(options, **server, folder->path());
  const auto done = chat.run();
  (*server)->stop();
  return done ? 0 : complain("chat", done.error(), 1);
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
  command->add_option("--time-zone", options->time_zone,
                      "Where the consumer is, such as Europe/Lisbon");
  command->add_option("--set", options->variables,
                      "NAME=VALUE: a variable's value from the beginning; may be given again");
  command->add_flag("--debug", options->debug,
                    "Show what the engine does: branches, variables, calls, deliveries");
  add_world_options(*command, options->world);
  command->footer("While you talk, /help lists what else can be done: /restart, /set, /skip, ...");
  command->callback([&exit_code, options] { exit_code = run_chat(*options); });
}

}  // namespace millrace::app
