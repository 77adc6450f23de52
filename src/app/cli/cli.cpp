#include "app/cli/cli.hpp"

#include <CLI/CLI.hpp>

namespace millrace::app::cli {

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

Option* Option::check(Existing what) {
  switch (what) {
    case Existing::file: option_.check(CLI::ExistingFile); break;
    case Existing::directory: option_.check(CLI::ExistingDirectory); break;
    case Existing::path: option_.check(CLI::ExistingPath); break;
  }
  return this;
}

Option* Option::check(const OneOf& words) {
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
  return commands_.emplace_back(std::make_unique<App>(*app_.add_subcommand(name, description)))
      .get();
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
  app_.callback(std::move(run));
}

void App::parse_complete_callback(std::function<void()> check) {
  app_.parse_complete_callback(std::move(check));
}

std::string App::get_name() const {
  return app_.get_name();
}

int App::run(int argc, char** argv, const int& exit_code) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app_.exit(error);
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
