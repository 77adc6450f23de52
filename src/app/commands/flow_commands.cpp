// The commands that work on the files of a solution alone: convert, fmt and schema.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/listing.hpp"
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
  bool json = false;
};

struct FormatOptions {
  std::vector<fs::path> paths;
  bool check = false;
  bool json = false;
};

base::Result<void> write_file(const fs::path& path, const std::string& text) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  return posix::replace_file(path, text, posix::kAnyones);
}

// Writes the new files and takes away those they say the same as, so that no node is said twice.
int replace_files(const ConvertOptions& options, const flow::Files& before,
                  const flow::Files& after) {
  const fs::path& solution = options.solution;
  const bool to_yaml = options.to == "yaml";
  for (const auto& [path, text] : after) {
    if (!before.contains(path)) continue;
    return complain("convert",
                    (solution / path).string() + " is there already; move it away first");
  }
  std::string words;
  json::array wrote;
  json::array removed;
  for (const auto& [path, text] : after) {
    if (const auto written = write_file(solution / path, text); !written) {
      return complain("convert", written.error());
    }
    wrote.push_back(json::value(path));
    words += "wrote " + path + "\n";
  }
  for (const auto& [path, text] : before) {
    const bool said_again =
        to_yaml ? path == kCsvPath : path.starts_with("flows/") && path.ends_with(".flow.yaml");
    if (!said_again) continue;
    std::error_code failed;
    fs::remove(solution / path, failed);
    if (failed) return complain("convert", path + ": " + failed.message());
    removed.push_back(json::value(path));
    words += "removed " + path + ", which says the same\n";
  }
  print_done(options.json, {{"wrote", std::move(wrote)}, {"removed", std::move(removed)}}, words);
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
    json::object texts;
    for (const auto& [path, text] : converted.files) texts[path] = text;
    print_done(options.json, {{"files", std::move(texts)}}, *converted.text);
    return 0;
  }
  return replace_files(options, *files, converted.files);
}

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

struct Formatted {
  size_t looked_at = 0;
  json::array changed;  // files that were laid out anew, or would be
  json::array unreadable;
  std::string words;
};

// A flow that is sound is compared by its model; of other files the layout knows all there is.
bool says_the_same(const fs::path& path, const std::string& before, const std::string& after) {
  if (!path.string().ends_with(".flow.yaml")) return true;
  const std::string name = "flows/" + path.filename().string();
  const auto model = flow::flow_from_model(name, before);
  return !model || model == flow::flow_from_model(name, after);
}

// Whether it was well laid out; mended unless only checked.
base::Result<bool> format_file(const fs::path& path, bool check) {
  const auto text = posix::read_file(path);
  if (!text) return std::unexpected(text.error());
  const auto formatted = flow::format_yaml(*text);
  if (!formatted) {
    return base::fail(formatted.error().code, formatted.error().describe(), path.string());
  }
  if (*formatted == *text) return true;
  if (!says_the_same(path, *text, *formatted)) {
    return base::fail(base::Code::internal,
                      "laid out it would say something else, so it is left as it is; please report "
                      "this",
                      path.string());
  }
  if (check) return false;
  if (const auto written = write_file(path, *formatted); !written) {
    return std::unexpected(written.error());
  }
  return false;
}

int run_format(const FormatOptions& options) {
  Formatted all;
  const auto format = [&](const fs::path& path) {
    ++all.looked_at;
    const auto was_well = format_file(path, options.check);
    const std::string name = path.string();
    if (!was_well) {
      std::cerr << was_well.error().describe() << "\n";
      all.unreadable.push_back(json::value(name));
    } else if (!*was_well) {
      all.words += options.check ? name + ": not in canonical layout\n" : "laid out " + name + "\n";
      all.changed.push_back(json::value(name));
    }
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
  const bool has_changed = !all.changed.empty();
  const bool has_failed = !all.unreadable.empty();
  print_done(options.json,
             {{"files", all.looked_at},
              {options.check ? "not_canonical" : "laid_out", std::move(all.changed)},
              {"unreadable", std::move(all.unreadable)}},
             all.words + counted(all.looked_at, "file") + " looked at\n");
  if (has_failed) return 2;
  return options.check && has_changed ? 1 : 0;
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
  convert->add_flag("--json", converting->json, kOneJsonObject);
  convert->footer("Exits 1 when a flow says what CSV cannot, naming the line.");
  convert->callback([&exit_code, converting] { exit_code = run_convert(*converting); });

  auto* format = cli.add_subcommand("fmt", "Format YAML files in the canonical style.");
  auto formatting = std::make_shared<FormatOptions>();
  format->add_option("PATH", formatting->paths, "Files, or folders to look through")
      ->required()
      ->check(cli::kExistingPath);
  format->add_flag("--check", formatting->check, "Change nothing; exit 1 when something would");
  format->add_flag("--json", formatting->json, kOneJsonObject);
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
