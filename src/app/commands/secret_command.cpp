// `millrace secret`: the encrypted store of a data folder. A value comes from standard input or is
// typed without an echo; it is never an argument, and no command shows one.
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/listing.hpp"
#include "app/wire/system.hpp"
#include "posix/files.hpp"
#include "posix/limits.hpp"
#include "secrets/secrets.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

struct SecretOptions {
  std::string name;
  fs::path data;
  fs::path key;
  bool json = false;
  bool forgets_former = false;
};

volatile std::sig_atomic_t interrupted = 0;

// Typing is not shown while this lives; Ctrl-C ends the reading rather than the process, so that
// the terminal gets its echo back.
class NoEcho {
 public:
  NoEcho() {
    is_terminal_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!is_terminal_) return;
    struct sigaction noticed{};
    noticed.sa_handler = [](int) { interrupted = 1; };
    ::sigaction(SIGINT, &noticed, nullptr);
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~NoEcho() {
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  bool is_terminal() const { return is_terminal_; }

 private:
  termios before_{};
  bool is_terminal_ = false;
};

// From a pipe all of it, but for one line break at its end; from a terminal one line.
base::Result<std::string> read_value(const std::string& name) {
  const NoEcho quiet;
  if (quiet.is_terminal()) std::cerr << "Value of " << name << " (not shown): " << std::flush;
  std::string value(secrets::kValueBytesMax + 2, '\0');
  size_t length = 0;
  while (length < value.size()) {
    const auto count = ::read(STDIN_FILENO, value.data() + length, value.size() - length);
    if (count < 0 && errno == EINTR && interrupted == 0) continue;
    if (count <= 0) break;
    length += static_cast<size_t>(count);
    if (quiet.is_terminal() && value[length - 1] == '\n') break;
  }
  if (quiet.is_terminal()) std::cerr << "\n";
  value.resize(length);
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  if (!value.empty() && value.size() <= secrets::kValueBytesMax) return value;
  secrets::wipe(value);
  return base::fail(base::Code::invalid_argument,
                    "a value of 1 to 65,536 bytes is wanted on standard input");
}

int set_secret(const SecretOptions& options) {
  if (!secrets::is_name(options.name)) {
    return complain("secret",
                    {base::Code::invalid_argument,
                     "'" + options.name +
                         "' is not a secret's name: letters, digits, '_', '-' and '.', a letter "
                         "first",
                     {}},
                    1);
  }
  auto store = secrets::Store::at(options.data, options.key);
  if (!store) return complain("secret", store.error(), 1);
  auto value = read_value(options.name);
  if (!value) return complain("secret", value.error(), 1);
  if (auto made = posix::make_private_folder(options.data); !made) {
    secrets::wipe(*value);
    return complain("secret", made.error(), 1);
  }
  SystemClock clock;
  const bool had_key = fs::exists(store->key_file());
  const auto version = store->set(options.name, *value, clock.now());
  secrets::wipe(*value);
  if (!version) return complain("secret", version.error(), 1);
  std::string words = options.name + " is kept, version " + std::to_string(*version) + "\n";
  if (!had_key) {
    words += "The master key is " + store->key_file().string() +
             "; without it no secret can be read again. Keep a copy apart from the data.\n";
  }
  print_done(options.json,
             {{"name", options.name},
              {"version", *version},
              {"master_key", store->key_file().string()},
              {"master_key_is_new", !had_key}},
             words);
  return 0;
}

int list_secrets(const SecretOptions& options) {
  const auto store = secrets::Store::at(options.data, options.key);
  if (!store) return complain("secret", store.error(), 1);
  const auto entries = store->list();
  if (!entries) return complain("secret", entries.error(), 1);
  Listing listing({"name", "version", "made_at", "changed_at"});
  for (const auto& entry : *entries) {
    listing.add({entry.name, entry.version, base::to_iso8601(entry.created_at),
                 base::to_iso8601(entry.changed_at)});
  }
  listing.print(options.json);
  return 0;
}

int remove_secret(const SecretOptions& options) {
  auto store = secrets::Store::at(options.data, options.key);
  if (!store) return complain("secret", store.error(), 1);
  if (const auto removed = store->remove(options.name); !removed)
    return complain("secret", removed.error(), 1);
  print_done(options.json, {{"name", options.name}, {"removed", true}},
             options.name + " is removed\n");
  return 0;
}

int rotate_secrets(const SecretOptions& options) {
  auto store = secrets::Store::at(options.data, options.key);
  if (!store) return complain("secret", store.error(), 1);
  const auto former =
      options.forgets_former ? secrets::Store::Former::forgotten : secrets::Store::Former::kept;
  const auto done = store->rotate(former);
  if (!done) return complain("secret", done.error(), 1);
  std::string words = std::to_string(done->records) +
                      (done->records == 1 ? " secret is" : " secrets are") +
                      " sealed under the newest master key, " + store->key_file().string() + "\n";
  if (done->former_keys > 0) {
    words +=
        "Former keys stay in that file, for backups and for other data folders that use it. Rotate "
        "those as well, the last of them with --forget-former.\n";
  }
  print_done(options.json,
             {{"secrets", done->records},
              {"former_keys", done->former_keys},
              {"master_key", store->key_file().string()}},
             words);
  return 0;
}

using Run = int (*)(const SecretOptions&);
void add(cli::App& secret, const std::string& name, const std::string& help, bool is_named, Run run,
         int& exit_code) {
  auto options = std::make_shared<SecretOptions>();
  auto* command = secret.add_subcommand(name, help);
  if (is_named) command->add_option("NAME", options->name, "The secret's name")->required();
  auto* data = command->add_option("--data", options->data, "The server's data folder")->required();
  if (name != "set") data->check(cli::kExistingDirectory);
  command
      ->add_option("--secrets-key", options->key,
                   "The file of the master key, outside the data folder; by default in your "
                   "configuration folder")
      ->envname("MILLRACE_SECRETS_KEY_FILE");
  if (name == "rotate") {
    command->add_flag("--forget-former", options->forgets_former,
                      "Take the former keys out of the file: what other data folders and backups "
                      "have under them can never be read again");
  }
  command->add_flag("--json", options->json,
                    name == "list" ? "Print a JSON array" : kOneJsonObject);
  command->callback([run, options, &exit_code] {
    posix::keep_files_private();
    exit_code = run(*options);
  });
}

}  // namespace

void add_secret_command(cli::App& cli, int& exit_code) {
  auto* secret = cli.add_subcommand(
      "secret", "Keep values for ${secret:NAME} in app.py's PARAMS, encrypted, in a data folder.");
  secret->require_subcommand(1);
  add(*secret, "set", "Keep a value, read from standard input or typed without an echo", true,
      set_secret, exit_code);
  add(*secret, "list", "Names, versions and dates; no values", false, list_secrets, exit_code);
  add(*secret, "remove", "Forget a secret", true, remove_secret, exit_code);
  add(*secret, "rotate", "Take a new master key and seal every secret under it anew", false,
      rotate_secrets, exit_code);
}

}  // namespace millrace::app
