#include "solutions/new_solution.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "flow/schema.hpp"
#include "posix/files.hpp"
#include "trial/trial.hpp"

namespace millrace::solutions {

extern const std::span<const std::pair<std::string_view, std::string_view>> kTemplateFiles;

namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr Template kTemplates[] = {
    {"blank", "Two messages and a question", "blank"},
    {"profile", "Six questions whose answers become a profile in Braze, without Python", "signup"},
    {"hotel", "A room booked in five languages: typed questions, conditions, intents, a script",
     "hotel"},
    {"loyalty", "Points, tiers and a reward, which Braze is told of", "loyalty"},
    {"csv", "The six questions as bot.csv, with an action node in Python", "braze-profile"},
};

constexpr std::string_view kIgnored = "__pycache__/\n*.pyc\n.millrace/data/\n";
constexpr std::string_view kEditor = R"({
  "yaml.schemas": {
    ".millrace/schemas/flow.schema.json": "flows/*.flow.yaml",
    ".millrace/schemas/solution.schema.json": "solution.yaml",
    ".millrace/schemas/messages.schema.json": "messages/*.yaml",
    ".millrace/schemas/nlu.schema.json": "nlu/*.yaml",
    ".millrace/schemas/test.schema.json": "tests/*.test.yaml"
  }
}
)";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_of_name(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

// "my-first bot" -> {"my", "first", "bot"}
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (is_of_name(c)) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::string capitalized(std::string word) {
  if (word[0] >= 'a' && word[0] <= 'z') word[0] = static_cast<char>(word[0] - 'a' + 'A');
  return word;
}

// The file with each line that begins with `key` saying `value` instead.
std::string with_line(std::string_view text, std::string_view key, const std::string& value) {
  std::string out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    out += line.starts_with(key) ? std::string(key) + value : std::string(line);
    text.remove_prefix(line.size());
    if (text.empty()) break;
    out += '\n';
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace

std::span<const Template> templates() {
  return kTemplates;
}

flow::Files files_of_example(std::string_view example) {
  flow::Files files;
  const std::string folder = std::string(example) + "/";
  for (const auto& [path, bytes] : kTemplateFiles) {
    if (path.starts_with(folder)) files.emplace(path.substr(folder.size()), bytes);
  }
  return files;
}

base::Result<flow::Files> files_of_template(std::string_view name_of_template,
                                            std::string_view name) {
  const auto* found = std::ranges::find(kTemplates, name_of_template, &Template::name);
  if (found == std::end(kTemplates)) {
    return fail(Code::invalid_argument,
                "there is no template '" + std::string(name_of_template) + "'");
  }
  const auto words = words_of(name);
  if (words.empty() || !is_letter(words.front().front())) {
    return fail(Code::invalid_argument, "'" + std::string(name) +
                                            "' cannot name a solution: begin with a letter from A "
                                            "to Z, as in my-bot");
  }
  std::string identifier, title;
  for (const std::string& word : words) {
    identifier += capitalized(word);
    title += title.empty() ? capitalized(word) : " " + word;
  }
  flow::Files files = files_of_example(found->example);
  for (auto& [path, text] : files) {
    if (path == "app.py") {
      text = with_line(text, "NAME = ", "'" + title + "'");
      text = with_line(text, "CSV_BOTS = ", "['" + identifier + "']");
    } else if (path == "solution.yaml") {
      text = with_line(text, "name: ", identifier);
    }
  }
  return files;
}

base::Result<std::vector<std::string>> write_solution(const fs::path& folder,
                                                      const flow::Files& files,
                                                      delivery::Kinds kinds) {
  std::error_code failed;
  if (fs::exists(folder, failed) &&
      (!fs::is_directory(folder, failed) || !fs::is_empty(folder, failed))) {
    return fail(Code::already_exists, "there is something already; choose another name",
                folder.string());
  }
  flow::Files all = files;
  all[".gitignore"] = kIgnored;
  all[".vscode/settings.json"] = kEditor;
  for (const std::string_view kind : {"flow", "solution", "messages", "nlu"}) {
    const std::string path = ".millrace/schemas/" + std::string(kind) + ".schema.json";
    all[path] = flow::json_schema(kind, kinds).value_or("");
  }
  all[".millrace/schemas/test.schema.json"] = trial::test_schema();
  std::vector<std::string> paths;
  for (const auto& [path, text] : all) {
    fs::create_directories((folder / path).parent_path(), failed);
    if (failed) return fail(Code::unavailable, failed.message(), (folder / path).string());
    if (auto written = posix::replace_file(folder / path, text, posix::kAnyones); !written) {
      return std::unexpected(written.error());
    }
    if (!path.starts_with('.')) paths.push_back(path);
  }
  return paths;
}

}  // namespace millrace::solutions
