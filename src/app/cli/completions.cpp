#include <functional>

#include "app/cli/pages.hpp"

namespace millrace::app::cli {
namespace {

using Each = std::function<void(const std::string& path, const DescribedCommand& command)>;

// Every command with the words that lead to it: "", " serve", " secret set".
void for_each(const DescribedCommand& command, const std::string& path, const Each& each) {
  each(path, command);
  for (const DescribedCommand& below : command.commands) {
    for_each(below, path + " " + below.name, each);
  }
}

std::string joined(const std::vector<std::string>& words, std::string_view between = " ") {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : std::string(between)) + word;
  return out;
}

// In single quotes of a POSIX shell; fish reads the backslash likewise.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\n') {
      out += ' ';
    } else {
      out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
  }
  return out + "'";
}

std::string first_sentence(const std::string& text) {
  const auto end = text.find(". ");
  return end == std::string::npos ? text : text.substr(0, end + 1);
}

bool takes_paths(const DescribedCommand& command) {
  for (const DescribedOption& option : command.options) {
    if (option.is_placed && option.is_path) return true;
  }
  return false;
}

std::vector<std::string> words_after(const DescribedCommand& command) {
  std::vector<std::string> words{"--help"};
  for (const DescribedOption& option : command.options) {
    if (option.is_placed) {
      words.insert(words.end(), option.choices.begin(), option.choices.end());
    } else {
      words.insert(words.end(), option.names.begin(), option.names.end());
    }
  }
  for (const DescribedCommand& below : command.commands) words.push_back(below.name);
  return words;
}

// "--opt" and, for zsh, what completes its value.
std::string zsh_value(const DescribedOption& option) {
  if (option.takes.empty()) return "";
  if (!option.choices.empty()) return ":" + option.takes + ":(" + joined(option.choices) + ")";
  if (option.is_folder) return ":folder:_files -/";
  return option.is_path ? ":file:_files" : ":" + option.takes + ": ";
}

// Brackets and colons mean something to _arguments.
std::string zsh_words(const std::string& text) {
  std::string out;
  for (const char c : first_sentence(text)) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// Lines of a shell's `case`: where a word leads from the words before it.
std::string steps_of(const DescribedCommand& program) {
  std::string steps;
  for_each(program, "", [&](const std::string& path, const DescribedCommand& command) {
    for (const DescribedCommand& below : command.commands) {
      steps +=
          "      '" + path + "> " + below.name + "') path='" + path + " " + below.name + "' ;;\n";
    }
  });
  return steps;
}

}  // namespace

std::string bash_completions(const DescribedCommand& program) {
  const std::string& name = program.name;
  const std::string steps = steps_of(program);
  std::string values, words;
  for_each(program, "", [&](const std::string& path, const DescribedCommand& command) {
    for (const DescribedOption& option : command.options) {
      if (option.is_placed || option.takes.empty()) continue;
      const std::string given =
          option.is_folder ? "compgen -d -- \"$cur\""
          : option.is_path ? "compgen -f -- \"$cur\""
          : option.choices.empty()
              ? ""
              : "compgen -W " + in_quotes(joined(option.choices)) + " -- \"$cur\"";
      for (const std::string& each : option.names) {
        values += "    '" + path + "> " + each + "') COMPREPLY=(" +
                  (given.empty() ? "" : "$(" + given + ")") + "); return ;;\n";
      }
    }
    words += "    '" + path + "') words=" + in_quotes(joined(words_after(command))) +
             "; paths=" + (takes_paths(command) ? "yes" : "no") + " ;;\n";
  });
  return "# Completions of " + name + " for bash: source <(" + name + " completions bash)\n_" +
         name + "() {\n" +
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path='' words=''\n"
         "  local paths=no i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case \"$path> ${COMP_WORDS[i]}\" in\n" +
         steps +
         "    esac\n"
         "  done\n"
         "  case \"$path> $prev\" in\n" +
         values +
         "  esac\n"
         "  case \"$path\" in\n" +
         words +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "  if [[ $paths == yes && $cur != -* ]]; then COMPREPLY+=($(compgen -f -- \"$cur\")); fi\n"
         "}\n"
         "complete -o filenames -F _" +
         name + " " + name + "\n";
}

std::string zsh_completions(const DescribedCommand& program) {
  const std::string& name = program.name;
  std::string cases;
  for_each(program, "", [&](const std::string& path, const DescribedCommand& command) {
    cases += "    '" + path + "')\n      _arguments -s \\\n";
    for (const DescribedOption& option : command.options) {
      if (option.is_placed) {
        cases += "        " + in_quotes("*" + zsh_value(option)) + " \\\n";
        continue;
      }
      for (const std::string& each : option.names) {
        cases +=
            "        " +
            in_quotes("*" + each + "[" + zsh_words(option.description) + "]" + zsh_value(option)) +
            " \\\n";
      }
    }
    cases += "        '--help[Show what the command takes]'\n";
    if (!command.commands.empty()) {
      cases += "      local -a commands=(\n";
      for (const DescribedCommand& below : command.commands) {
        cases += "        " + in_quotes(below.name + ":" + zsh_words(below.description)) + "\n";
      }
      cases += "      )\n      _describe command commands\n";
    }
    cases += "      ;;\n";
  });
  const std::string steps = steps_of(program);
  return "#compdef " + name + "\n# Completions of " + name + " for zsh: " + name +
         " completions zsh > _" + name + ", in a folder of $fpath\n_" + name +
         "() {\n"
         "  local path='' word\n"
         "  for word in ${words[2,CURRENT-1]}; do\n"
         "    case \"$path> $word\" in\n" +
         steps +
         "    esac\n"
         "  done\n"
         "  case \"$path\" in\n" +
         cases +
         "  esac\n"
         "}\n"
         "_" +
         name + " \"$@\"\n";
}

std::string fish_completions(const DescribedCommand& program) {
  const std::string& name = program.name;
  std::string out = "# Completions of " + name + " for fish: " + name +
                    " completions fish > ~/.config/fish/completions/" + name + ".fish\n" +
                    "complete -c " + name + " -f\n";
  for_each(program, "", [&](const std::string& path, const DescribedCommand& command) {
    std::string when = path.empty() ? "__fish_use_subcommand" : "";
    for (size_t at = 0; at < path.size();) {
      const size_t end = std::min(path.find(' ', at + 1), path.size());
      when += (when.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") +
              path.substr(at + 1, end - at - 1);
      at = end;
    }
    const std::string begin = "complete -c " + name + " -n " + in_quotes(when);
    for (const DescribedCommand& below : command.commands) {
      out += begin + " -a " + below.name + " -d " + in_quotes(first_sentence(below.description)) +
             "\n";
    }
    for (const DescribedOption& option : command.options) {
      if (option.is_placed) {
        if (option.is_path) out += begin + " -F\n";
        continue;
      }
      out += begin;
      for (const std::string& each : option.names) {
        out += each.starts_with("--") ? " -l " + each.substr(2) : " -s " + each.substr(1);
      }
      if (!option.takes.empty()) out += option.is_path ? " -r -F" : " -x";
      if (!option.choices.empty()) out += " -a " + in_quotes(joined(option.choices));
      out += " -d " + in_quotes(first_sentence(option.description)) + "\n";
    }
  });
  return out;
}

}  // namespace millrace::app::cli
