#include "app/cli/cli.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/cli/wrong_words.hpp"

namespace millrace::app::cli {
namespace {

// Where a command needs a data folder, it may be said once for all.
void take_data_from_environment(CLI::App& command) {
  CLI::Option* data = command.get_option_no_throw("--data");
  if (data != nullptr && data->get_required()) data->envname("MILLRACE_DATA");
  for (CLI::App* below : command.get_subcommands([](CLI::App*) { return true; })) {
    take_data_from_environment(*below);
  }
}

}  // namespace

Option* Option::required() {
  option_.required();
  return this;
}

Option* Option::excludes(Option* other) {
  option_.excludes(&other->option_);
  return this;
}

Option* Option::excludes(const std::string& name) {
  option_.excludes(name);
  return this;
}

Option* Option::needs(Option* other) {
  option_.needs(&other->option_);
  return this;
}

Option* Option::envname(const std::string& name) {
  option_.envname(name);
  return this;
}

Option* Option::default_str(const std::string& words) {
  option_.default_str(words);
  return this;
}

Option* Option::capture_default_str() {
  option_.capture_default_str();
  return this;
}

Option* Option::as_size() {
  option_.transform(CLI::AsSizeValue(false));
  return this;
}

Option* Option::each(std::function<void(std::string)> take) {
  option_.each(take);
  return this;
}

DescribedOption Option::describe() const {
  DescribedOption out;
  out.is_placed = option_.get_positional();
  if (out.is_placed) out.names.push_back(option_.get_name(true));
  for (const std::string& name : option_.get_lnames()) out.names.push_back("--" + name);
  for (const std::string& name : option_.get_snames()) out.names.push_back("-" + name);
  if (option_.get_items_expected_max() > 0) {
    out.takes = is_folder_ ? "DIR" : is_path_ ? "PATH" : choices_.empty() ? "VALUE" : "WORD";
  }
  out.description = option_.get_description();
  out.otherwise = option_.get_default_str();
  out.choices = choices_;
  out.is_required = option_.get_required();
  out.is_path = is_path_;
  out.is_folder = is_folder_;
  return out;
}

Option* Option::check(Existing what) {
  is_path_ = true;
  is_folder_ = what == Existing::directory;
  switch (what) {
    case Existing::file: option_.check(CLI::ExistingFile); break;
    case Existing::directory: option_.check(CLI::ExistingDirectory); break;
    case Existing::path: option_.check(CLI::ExistingPath); break;
  }
  return this;
}

Option* Option::check(const OneOf& words) {
  choices_ = words.words;
  option_.check(CLI::IsMember(words.words));
  return this;
}

Option* Option::check(const Range<int>& range) {
  option_.check(CLI::Range(range.least, range.most));
  return this;
}

Option* Option::check(const Range<size_t>& range) {
  option_.check(CLI::Range(range.least, range.most));
  return this;
}

Option* Option::check(const Range<double>& range) {
  option_.check(CLI::Range(range.least, range.most));
  return this;
}

Option* Option::check(Judged judge) {
  option_.check(std::move(judge));
  return this;
}

size_t Option::count() const {
  return option_.count();
}

App::App(const std::string& name, const std::string& description)
    : whole_(std::make_unique<CLI::App>(description, name)), app_(*whole_) {}

App::App(CLI::App& app) : app_(app) {}

App::~App() = default;

App* App::add_subcommand(const std::string& name, const std::string& description) {
  CLI::App* added = app_.add_subcommand(name, description);
  // Without a word it would stand under the heading of the command it belongs to.
  added->group(group_.empty() ? "Subcommands" : group_);
  return commands_.emplace_back(std::make_unique<App>(*added)).get();
}

Option* App::keep(CLI::Option* option) {
  return options_.emplace_back(std::make_unique<Option>(*option)).get();
}

Option* App::add_option(const std::string& name, std::string& into,
                        const std::string& description) {
  return keep(app_.add_option(name, into, description));
}

Option* App::add_option(const std::string& name, std::filesystem::path& into,
                        const std::string& description) {
  return keep(app_.add_option(name, into, description));
}

Option* App::add_option(const std::string& name, std::vector<std::string>& into,
                        const std::string& description) {
  return keep(app_.add_option(name, into, description));
}

Option* App::add_option(const std::string& name, std::vector<std::filesystem::path>& into,
                        const std::string& description) {
  return keep(app_.add_option(name, into, description));
}

Option* App::add_option(const std::string& name, int& into, const std::string& description) {
  return keep(app_.add_option(name, into, description));
}

Option* App::add_option(const std::string& name, size_t& into, const std::string& description) {
  return keep(app_.add_option(name, into, description));
}

Option* App::add_option(const std::string& name, unsigned& into, const std::string& description) {
  return keep(app_.add_option(name, into, description));
}

Option* App::add_option(const std::string& name, double& into, const std::string& description) {
  return keep(app_.add_option(name, into, description));
}

Option* App::add_option(const std::string& name, const std::string& description) {
  return keep(app_.add_option(name, description));
}

Option* App::add_flag(const std::string& name, bool& into, const std::string& description) {
  return keep(app_.add_flag(name, into, description));
}

void App::set_version_flag(const std::string& name, const std::string& version) {
  app_.set_version_flag(name, version);
}

void App::footer(const std::string& words) {
  app_.footer(words);
}

void App::require_subcommand(int count) {
  app_.require_subcommand(count);
}

void App::callback(std::function<void()> run) {
  app_.callback([this, run = std::move(run)] {
    // What the library takes from a file into a flag it leaves there (CLI11 2.1).
    for (CLI::Option* option : app_.get_options()) {
      if (option->count() > 0 && !option->get_callback_run()) option->run_callback();
    }
    run();
  });
}

void App::parse_complete_callback(std::function<void()> check) {
  app_.parse_complete_callback(std::move(check));
}

std::string App::get_name() const {
  return app_.get_name();
}

DescribedCommand App::describe() const {
  DescribedCommand out{
      app_.get_name(), app_.get_description(), app_.get_footer(), app_.get_group(), {}, {}};
  for (const auto& option : options_) out.options.push_back(option->describe());
  for (const auto& command : commands_) out.commands.push_back(command->describe());
  return out;
}

int App::run(int argc, char** argv, const int& exit_code) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (!words.empty() && words[0] == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  } else if (words.size() == 1 && words[0] == "version") {
    words[0] = "--version";
  }
  constexpr const char* kConfigVariable = "MILLRACE_CONFIG";
  if (app_.get_config_ptr() == nullptr) {
    app_.set_config("--config", "",
                    "A file of options: under [serve] those of serve, such as listen = "
                    "\"127.0.0.1:8080\"")
        ->envname(kConfigVariable);
  }
  // The library reads its variables after the file.
  const char* file = std::getenv(kConfigVariable);
  const bool is_given = std::ranges::any_of(words, [](const std::string& word) {
    return word == "--config" || word.starts_with("--config=");
  });
  if (file != nullptr && *file != '\0' && !is_given) {
    words.insert(words.begin(), {"--config", file});
  }
  take_data_from_environment(app_);
  return read(std::move(words), exit_code);
}

int App::read(std::vector<std::string> words, const int& exit_code) {
  if (const int wrong = check_names(app_, words); wrong != 0) return wrong;
  std::ranges::reverse(words);  // as the library takes them
  try {
    app_.parse(std::move(words));
  } catch (const CLI::RuntimeError& stopped) {
    return stopped.get_exit_code();
  } catch (const CLI::Success& shown) {
    return app_.exit(shown);
  } catch (const CLI::RequiredError&) {
    return complain_of_missing(command_meant(app_));
  } catch (const CLI::ParseError& error) {
    return complain(command_meant(app_), error.what());
  }
  return exit_code;
}

void stop(int exit_code) {
  throw CLI::RuntimeError(exit_code);
}

void refuse(const std::string& option, const std::string& why) {
  throw CLI::ValidationError(option, why);
}

}  // namespace millrace::app::cli
