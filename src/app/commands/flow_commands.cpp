// The commands that work on the files of a solution alone: convert, fmt and schema.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/wire/receivers.hpp"
#include "flow/convert.hpp"
#include "flow/schema.hpp"
#include "flow/yaml_text.hpp"
#include "posix/files.hpp"
#include "solutions/folder.hpp"
#include "trial/trial.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCsvPath = "templates/bot.csv";

struct ConvertOptions {
  fs::path solution;
  std::string to;
  bool write = false;
};

struct FormatOptions {
  std::vector<fs::path> paths;
  bool check = false;
};

base::Result<void> write_file(const fs::path& path, const std::string& text) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  return posix::replace_file(path, text, posix::kAnyones);
}

// Writes the new files and takes away those they say the same as, so that no node is said twice.
int replace_files(const fs::path& solution, const flow::Files& before, const flow::Files& after,
                  bool to_yaml) {
  for (const auto& [path, text] : after) {
    if (!before.contains(path)) continue;
    return complain("convert",
                    (solution / path).string() + " is there already; move it away first");
  }
  for (const auto& [path, text] : after) {
    if (const auto written = write_file(solution / path, text); !written) {
      return complain("convert", written.error());
    }
    std::cout << "wrote " << path << "\n";
  }
  for (const auto& [path, text] : before) {
    const bool said_again =
        to_yaml ? path == kCsvPath : path.starts_with("flows/") && path.ends_with(".flow.yaml");
    if (!said_again) continue;
    std::error_code failed;
    fs::remove(solution / path, failed);
    if (failed) return complain("convert", path + ": " + failed.message());
    std::cout << "removed " << path << ", which says the same\n";
  }
  return 0;
}

int run_convert(const ConvertOptions& options) {
  const auto files = solutions::read_folder(options.solution);
  if (!files) return complain("convert", files.error());
  const bool to_yaml = options.to == "yaml";
  if (to_yaml && !files->contains(std::string(kCsvPath))) {
    return complain("convert", "there is no " + std::string(kCsvPath) + " in the solution");
  }
  const auto converted = to_yaml ? flow::csv_to_yaml(files->find(std::string(kCsvPath))->second)
                                 : flow::yaml_to_csv(*files);
  print_problems(converted.problems);
  if (!converted.text) return 1;
  if (!options.write) {
    std::cout << *converted.text;
    return 0;
  }
  return replace_files(options.solution, *files, converted.files, to_yaml);
}

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

// A flow that is sound is compared by its model; of other files the layout knows all there is.
bool says_the_same(const fs::path& path, const std::string& before, const std::string& after) {
  if (!path.string().ends_with(".flow.yaml")) return true;
  const std::string name = "flows/" + path.filename().string();
  const auto model = flow::flow_from_model(name, before);
  return !model || model == flow::flow_from_model(name, after);
}

// 0 well laid out, 1 not (and mended unless only checked), 2 unreadable.
int format_file(const fs::path& path, bool check) {
  const auto text = posix::read_file(path);
  if (!text) {
    std::cerr << text.error().describe() << "\n";
    return 2;
  }
  const auto formatted = flow::format_yaml(*text);
  if (!formatted) {
    std::cerr << path.string() << ": " << formatted.error().describe() << "\n";
    return 2;
  }
  if (*formatted == *text) return 0;
  if (!says_the_same(path, *text, *formatted)) {
    std::cerr << path.string() << ": laid out it would say something else, so it is left as it is; "
              << "please report this\n";
    return 2;
  }
  if (check) {
    std::cout << path.string() << ": not in canonical layout\n";
    return 1;
  }
  if (const auto written = write_file(path, *formatted); !written) {
    std::cerr << written.error().describe() << "\n";
    return 2;
  }
  std::cout << "laid out " << path.string() << "\n";
  return 1;
}

int run_format(const FormatOptions& options) {
  int worst = 0;
  size_t count = 0;
  const auto format = [&](const fs::path& path) {
    ++count;
    worst = std::max(worst, format_file(path, options.check));
  };
  for (const fs::path& path : options.paths) {
    if (!fs::is_directory(path)) {
      format(path);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file() && is_yaml(entry.path())) format(entry.path());
    }
  }
  std::cout << count << " file" << (count == 1 ? "" : "s") << " looked at\n";
  return worst == 2 ? 2 : options.check ? worst : 0;
}

int run_schema(const std::string& which) {
  const auto schema =
      which == "test" ? std::optional(trial::test_schema()) : flow::json_schema(which, receivers());
  if (!schema) return 2;
  std::cout << *schema;
  return 0;
}

}  // namespace

void add_flow_commands(cli::App& cli, int& exit_code) {
  auto* convert = cli.add_subcommand(
      "convert",
      "Turn a solution's CSV flow into YAML, cell for cell, or its YAML flows into CSV.");
  auto converting = std::make_shared<ConvertOptions>();
  convert->add_option("DIR", converting->solution, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  convert->add_option("--to", converting->to, "The notation wanted")
      ->required()
      ->check(cli::OneOf({"yaml", "csv"}));
  convert->add_flag("--write", converting->write,
                    "Write into the solution, and remove what was converted");
  convert->footer("Exits 1 when a flow says what CSV cannot, naming the line.");
  convert->callback([&exit_code, converting] { exit_code = run_convert(*converting); });

  auto* format = cli.add_subcommand("fmt", "Format YAML files in the canonical style.");
  auto formatting = std::make_shared<FormatOptions>();
  format->add_option("PATH", formatting->paths, "Files, or folders to look through")
      ->required()
      ->check(cli::kExistingPath);
  format->add_flag("--check", formatting->check, "Change nothing; exit 1 when something would");
  format->callback([&exit_code, formatting] { exit_code = run_format(*formatting); });

  auto* schema =
      cli.add_subcommand("schema", "Print the JSON Schema of a kind of YAML file, for editors.");
  auto which = std::make_shared<std::string>();
  schema->add_option("KIND", *which, "flow, solution, messages, nlu or test")
      ->required()
      ->check(cli::OneOf({"flow", "solution", "messages", "nlu", "test"}));
  schema->callback([&exit_code, which] { exit_code = run_schema(*which); });
}

}  // namespace millrace::app
