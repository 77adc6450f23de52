#include "app/cli/wrong_words.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "base/text.hpp"

namespace millrace::app::cli {
namespace {

constexpr int kWrongWords = 2;

// Two letters that stand side by side have changed places: "inti".
bool is_swapped(std::string_view word, std::string_view name) {
  const auto [here, there] = std::ranges::mismatch(word, name);
  const auto at = static_cast<size_t>(here - word.begin());
  return word.size() == name.size() && at + 1 < word.size() && word[at] == name[at + 1] &&
         word[at + 1] == name[at] && word.substr(at + 2) == name.substr(at + 2);
}

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  std::string best;
  size_t fewest = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& name : known) {
    const size_t edits =
        name.starts_with(word) || is_swapped(word, name) ? 1 : base::edit_distance(word, name);
    if (edits >= fewest) continue;
    fewest = edits;
    best = name;
  }
  return best;
}

std::string full_name(const CLI::App& command) {
  const CLI::App* above = command.get_parent();
  return (above == nullptr ? "" : full_name(*above) + " ") + command.get_name();
}

std::vector<const CLI::App*> commands_of(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

bool takes_words(const CLI::App& command) {
  return std::ranges::any_of(command.get_options(),
                             [](const CLI::Option* option) { return option->get_positional(); });
}

bool is_number(const std::string& word) {
  return word.size() > 1 && (word[1] == '.' || (word[1] >= '0' && word[1] <= '9'));
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace

int complain(const CLI::App& command, const std::string& what) {
  std::cerr << full_name(command) << ": " << what << "\n"
            << "Run `" << full_name(command) << " --help` to see what there is.\n";
  return kWrongWords;
}

// What nobody knows is said before anything else: a word in the wrong place explains most of what
// seems to be missing. 0 when all are known.
int check_names(const CLI::App& whole, const std::vector<std::string>& words) {
  const CLI::App* command = &whole;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") return 0;
    if (word.size() > 1 && word[0] == '-' && !is_number(word)) {
      const std::string name = word.substr(0, word.find('='));
      const CLI::Option* option = command->get_option_no_throw(name);
      if (option == nullptr) {
        const std::string near = nearest(name, option_names(*command));
        return complain(*command, "there is no option " + name +
                                      (near.empty() ? "" : " (did you mean " + near + "?)"));
      }
      if (word.contains('=') || option->get_items_expected_max() == 0) continue;
      // Its value, or values as far as they go.
      const bool several = option->get_items_expected_max() > 1;
      for (++i; several && i + 1 < words.size() && !words[i + 1].starts_with('-');) ++i;
      continue;
    }
    const auto below = commands_of(*command);
    const auto found =
        std::ranges::find_if(below, [&](const CLI::App* each) { return each->get_name() == word; });
    const CLI::App* next = found == below.end() ? nullptr : *found;
    if (next == nullptr && (below.empty() || takes_words(*command))) continue;
    if (next == nullptr) {
      std::vector<std::string> names;
      for (const CLI::App* known : commands_of(*command)) names.push_back(known->get_name());
      const std::string near = nearest(word, names);
      return complain(*command, "there is no command '" + word + "'" +
                                    (near.empty() ? "" : " (did you mean " + near + "?)"));
    }
    command = next;
  }
  return 0;
}

const CLI::App& command_meant(const CLI::App& whole) {
  const CLI::App* command = &whole;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
}

// All that is missing at once.
int complain_of_missing(const CLI::App& command) {
  std::vector<std::string> missing;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_required() && option->count() == 0) {
      missing.push_back(option->get_positional() ? option->get_name(true) : option->get_name());
    }
  }
  if (missing.empty()) {
    std::vector<std::string> names;
    for (const CLI::App* known : commands_of(command)) names.push_back(known->get_name());
    return complain(
        command, names.size() > 8 ? "which command?" : "which command? There are " + listed(names));
  }
  return complain(command, listed(missing) + (missing.size() == 1 ? " is" : " are") + " missing");
}

}  // namespace millrace::app::cli
