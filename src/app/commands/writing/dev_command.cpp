// `millrace dev`: a solution served while it is being written. Whatever is saved is checked,
// tested and taken up; chats under way go on with it.
#include <unistd.h>

#include <ctime>
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/local_server.hpp"
#include "app/commands/writing/terminal.hpp"
#include "app/commands/writing/watch.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/data/temporary_folder.hpp"
#include "app/wire/log/log.hpp"
#include "app/wire/python_inspector.hpp"
#include "app/wire/receivers.hpp"
#include "app/wire/signals.hpp"
#include "app/wire/system.hpp"
#include "posix/limits.hpp"
#include "solutions/models/models.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLookEvery{150};

struct DevOptions {
  fs::path solution;
  fs::path data;  // "": a temporary folder
  Endpoint listen{"127.0.0.1", 8080};
  bool listen_given = false;
  std::string listen_text;
  bool skip_tests = false;
  bool once = false;
  WorldOptions world;
};

std::string counted(size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%H:%M:%S", &parts)};
}

class Dev {
 public:
  Dev(const DevOptions& options, fs::path data)
      : options_(options), data_(std::move(data)), log_(make_log(base::Level::warning)) {}

  int run() {
    FolderWatch watch(options_.solution);
    take_up({});
    if (!serve_if_it_can()) return 1;
    while (!options_.once && !stop_signal_within(kLookEvery)) {
      const auto changed = watch.changed();
      if (changed.empty()) continue;
      take_up(changed);
      if (!serve_if_it_can()) return 1;
    }
    if (server_) server_->stop();
    return is_sound_ ? 0 : 1;
  }

 private:
  void say(const std::string& words) {
    std::cout << paint_.dim(time_of_day()) << "  " << words << "\n" << std::flush;
  }

  // What was saved is checked and, where it is sound, the version that is served from now on.
  void take_up(const std::vector<std::string>& changed) {
    std::string what = changed.empty() ? options_.solution.string() : changed.front();
    if (changed.size() > 1) what += " and " + counted(changed.size() - 1, "other");
    auto deployments = deployments_of(data_);
    if (!deployments) return say(paint_.red(deployments.error().describe()));
    PythonInspector inspector({.packages = data_ / "packages",
                               .is_sandboxed = !options_.world.unsafe_no_sandbox,
                               .rights = [](std::string_view) { return secrets::Rights::all(); }});
    const auto done =
        solutions::deploy({options_.solution, runtime::OnLive::migrate, true, SystemClock().now()},
                          *deployments, inspector, receivers());
    if (!done) return say(paint_.red(done.error().describe()));
    print_problems(done->loaded.problems);
    is_sound_ = done->loaded.program != nullptr;
    if (!is_sound_) {
      say(what + ": " + paint_.red(counted(done->loaded.errors(), "error")) +
          (server_ ? "; the version before is still served" : "; mend it, and it will be served"));
      return;
    }
    const bool is_new = done->outcome == solutions::Deploying::Outcome::deployed;
    say(what + ": " +
        paint_.green(is_new ? "version " + std::to_string(done->deployment.version)
                            : "nothing that changes the version") +
        ", " + counted(done->loaded.program->nodes.size(), "node") + tested(*done));
  }

  std::string tested(const solutions::Deploying& done) {
    if (options_.skip_tests) return "";
    auto reader = solutions::reader_for(options_.solution, done.loaded.files, *done.loaded.program,
                                        solutions::Training::may);
    if (!reader) return ", " + paint_.red(reader.error().describe());
    const auto tests =
        solutions::test(options_.solution, done.loaded.program, {.reader = std::move(*reader)});
    if (!tests) return ", " + paint_.red(tests.error().describe());
    print_problems(tests->problems);
    for (const trial::Outcome& outcome : tests->outcomes) {
      if (outcome.passed) continue;
      std::cout << paint_.red("FAILED") << " " << outcome.test->name << "\n  " << outcome.test->file
                << ":" << outcome.line << ": " << outcome.failure << "\n";
      is_sound_ = false;
    }
    if (!tests->problems.empty()) is_sound_ = false;
    if (tests->outcomes.empty()) return tests->problems.empty() ? ", no tests yet" : "";
    const size_t passed = tests->outcomes.size() - tests->failed();
    const std::string words =
        std::to_string(passed) + " of " + counted(tests->outcomes.size(), "test") + " passed";
    return ", " + (tests->failed() == 0 ? paint_.green(words) : paint_.red(words));
  }

  // Once there is a version to serve. False when it cannot be served at all.
  bool serve_if_it_can() {
    if (server_) return true;
    auto deployments = deployments_of(data_);
    if (!deployments || deployments->current().empty()) return true;
    ServeOptions serve = local_options(data_);
    serve.listen = options_.listen;
    serve.world = options_.world;
    auto started = start_local(std::move(serve), !options_.listen_given, *log_);
    if (!started) {
      complain("dev", started.error(), 1);
      return false;
    }
    server_ = std::move(*started);
    const Ready& ready = server_->ready();
    std::cout << "\n  Talk to it:               " << paint_.cyan(ready.chat_url) << "\n";
    if (!ready.braze_sandbox_url.empty()) {
      std::cout << "  See what reaches Braze:   "
                << paint_.cyan(ready.braze_sandbox_url + "/inspector") << "\n";
    }
    std::cout << "\n  Save a file, and the conversation goes on with it. End with Ctrl-C.\n\n"
              << std::flush;
    return true;
  }

  const DevOptions& options_;
  const fs::path data_;
  const Paint paint_{STDOUT_FILENO};
  std::unique_ptr<ServerLog> log_;
  std::unique_ptr<Server> server_;
  bool is_sound_ = false;
};

int run_dev(const DevOptions& options) {
  block_stop_signals();
  posix::keep_files_private();
  std::optional<TemporaryFolder> temporary;
  if (options.data.empty()) {
    auto made = TemporaryFolder::make();
    if (!made) return complain("dev", made.error(), 1);
    temporary.emplace(std::move(*made));
  }
  return Dev(options, temporary ? temporary->path() : options.data).run();
}

}  // namespace

void add_dev_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "dev",
      "Serve a solution while you write it: each save is checked, tested and taken up, and chats "
      "under way go on with it. Braze is the sandbox.");
  auto options = std::make_shared<DevOptions>();
  command->add_option("DIR", options->solution, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  command->add_option("--data", options->data, "Folder for what is kept; without it nothing is");
  auto* listens = command->add_option("--listen", options->listen_text, "HOST:PORT to listen on")
                      ->default_str("127.0.0.1:8080, or a free port")
                      ->check(endpoint_into(options->listen));
  command->add_flag("--skip-tests", options->skip_tests, "Do not run its tests after each save");
  command->add_flag("--once", options->once,
                    "Check, test and serve it once, then end: exits 1 when it is not sound");
  add_world_options(*command, options->world);
  command->footer("Ctrl-C ends it. Exits 0 when the solution was sound at the end, else 1.");
  command->callback([&exit_code, options, listens] {
    options->listen_given = listens->count() > 0;
    exit_code = run_dev(*options);
  });
}

}  // namespace millrace::app
