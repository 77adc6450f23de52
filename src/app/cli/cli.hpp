// The command line as commands see it: which options there are, what each may be, and what is run.
// Only cli.cpp knows the library behind it (CLI11), whose headers would be most of what a command
// costs to compile. What is bound to an option has to outlive the App.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace millrace::app::cli {

// What a value has to be. Help shows it, except for what only a function can tell.
enum class Existing { file, directory, path };
inline constexpr Existing kExistingFile = Existing::file;
inline constexpr Existing kExistingDirectory = Existing::directory;
inline constexpr Existing kExistingPath = Existing::path;

struct OneOf {
  OneOf(std::initializer_list<std::string> words) : words(words) {}
  explicit OneOf(std::vector<std::string> words) : words(std::move(words)) {}
  std::vector<std::string> words;
};

// Both ends belong to it. They have the type of the option's value.
template <typename Number>
struct Range {
  Range(Number least, Number most) : least(least), most(most) {}
  Number least;
  Number most;
};

// "" when the text is right, else what is wrong with it.
using Judged = std::function<std::string(const std::string&)>;

// What the program's help, its completions and its manual page are made of.
struct DescribedOption {
  std::vector<std::string> names;  // "--data", "-h"; of one that goes by its place "DIR"
  std::string takes;               // "DIR", "TEXT", ...; "" for a flag
  std::string description;
  std::string otherwise;             // what holds where it is not given; ""
  std::vector<std::string> choices;  // all that it may be; none: anything
  bool is_placed = false;            // goes by its place
  bool is_required = false;
  bool is_path = false;    // of a file or a folder
  bool is_folder = false;  // of a folder
};
struct DescribedCommand {
  std::string name;
  std::string description;
  std::string footer;
  std::string group;
  std::vector<DescribedOption> options;
  std::vector<DescribedCommand> commands;
};

class Option {
 public:
  explicit Option(CLI::Option& option) : option_(option) {}

  // As help shows it.
  DescribedOption describe() const;

  Option* required();
  Option* excludes(Option* other);
  Option* excludes(const std::string& name);
  Option* needs(Option* other);
  // The environment variable that it is taken from where it is not given.
  Option* envname(const std::string& name);
  // What help says is the default: these words, or what the bound value has now.
  Option* default_str(const std::string& words);
  Option* capture_default_str();
  // Bytes may be written 64MB or 16KiB.
  Option* as_size();
  Option* each(std::function<void(std::string)> take);
  Option* check(Existing what);
  Option* check(const OneOf& words);
  Option* check(const Range<int>& range);
  Option* check(const Range<size_t>& range);
  Option* check(const Range<double>& range);
  Option* check(Judged judge);
  // How often it was given.
  size_t count() const;

 private:
  CLI::Option& option_;
  std::vector<std::string> choices_;
  bool is_path_ = false;
  bool is_folder_ = false;
};

class App {
 public:
  // The whole program.
  App(const std::string& name, const std::string& description);
  explicit App(CLI::App& app);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  App* add_subcommand(const std::string& name, const std::string& description);
  // Commands that are added from now on stand under this heading in help.
  void begin_group(const std::string& heading) { group_ = heading; }
  Option* add_option(const std::string& name, std::string& into, const std::string& description);
  Option* add_option(const std::string& name, std::filesystem::path& into,
                     const std::string& description);
  Option* add_option(const std::string& name, std::vector<std::string>& into,
                     const std::string& description);
  Option* add_option(const std::string& name, std::vector<std::filesystem::path>& into,
                     const std::string& description);
  Option* add_option(const std::string& name, int& into, const std::string& description);
  Option* add_option(const std::string& name, size_t& into, const std::string& description);
  Option* add_option(const std::string& name, unsigned& into, const std::string& description);
  Option* add_option(const std::string& name, double& into, const std::string& description);
  // Bound to nothing: what is given goes to each().
  Option* add_option(const std::string& name, const std::string& description);
  Option* add_flag(const std::string& name, bool& into, const std::string& description);
  void set_version_flag(const std::string& name, const std::string& version);
  void footer(const std::string& words);
  void require_subcommand(int count);
  // `run` when the command's words were read and all words were; `check` before that, when its own
  // were, with what they set in place.
  void callback(std::function<void()> run);
  void parse_complete_callback(std::function<void()> check);
  std::string get_name() const;

  // The whole program, or what this command is.
  DescribedCommand describe() const;

  // Reads what was given and runs the command. Gives the exit code: `exit_code`, which the command
  // may have set; 0 when help was shown instead, and 2 when the words were wrong, which is said on
  // standard error with the nearest word that would have been right. `help COMMAND` and `version`
  // are --help and --version; options may stand in a file as well (--config, MILLRACE_CONFIG), and
  // where a command needs --data, MILLRACE_DATA names it.
  int run(int argc, char** argv, const int& exit_code);

 private:
  Option* keep(CLI::Option* option);

  int read(std::vector<std::string> words, const int& exit_code);

  std::unique_ptr<CLI::App> whole_;  // of the whole program alone
  CLI::App& app_;
  std::string group_;
  std::vector<std::unique_ptr<App>> commands_;
  std::vector<std::unique_ptr<Option>> options_;
};

// From within a callback or a check: ends the reading. `refuse` says what is wrong with an option.
[[noreturn]] void stop(int exit_code);
[[noreturn]] void refuse(const std::string& option, const std::string& why);

}  // namespace millrace::app::cli
