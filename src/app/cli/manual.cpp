#include "app/cli/pages.hpp"

namespace millrace::app::cli {
namespace {

// As text of roff: a backslash is one, a hyphen can be copied, and no line is a request.
std::string roff(std::string_view text) {
  std::string out;
  bool begins_line = true;
  for (const char c : text) {
    if (begins_line && (c == '.' || c == '\'')) out += "\\&";
    begins_line = c == '\n';
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '-': out += "\\-"; break;
      default: out += c;
    }
  }
  return out;
}

void add_options(const DescribedCommand& command, std::string& out) {
  for (const DescribedOption& option : command.options) {
    out += ".TP\n";
    std::string names;
    for (const std::string& name : option.names) {
      names += (names.empty() ? "" : ", ") + ("\\fB" + roff(name) + "\\fR");
    }
    if (!option.is_placed && !option.takes.empty()) names += " \\fI" + option.takes + "\\fR";
    out += names + "\n" + roff(option.description);
    if (!option.choices.empty()) {
      out += "\nOne of:";
      for (const std::string& choice : option.choices) out += " " + roff(choice);
      out += ".";
    }
    if (!option.otherwise.empty()) out += "\nDefault: " + roff(option.otherwise) + ".";
    if (option.is_required) out += "\nRequired.";
    out += "\n";
  }
}

void add_command(const DescribedCommand& command, const std::string& path, std::string& out) {
  out += ".SS " + roff(path) + "\n" + roff(command.description) + "\n";
  add_options(command, out);
  if (!command.footer.empty()) out += ".PP\n" + roff(command.footer) + "\n";
  for (const DescribedCommand& below : command.commands) {
    add_command(below, path + " " + below.name, out);
  }
}

}  // namespace

std::string manual_page(const DescribedCommand& program, const std::string& version) {
  std::string out = ".TH MILLRACE 1 \"\" \"" + roff(program.name + " " + version) + "\"\n" +
                    ".SH NAME\n" + roff(program.name) + " \\- " + roff(program.description) +
                    "\n.SH SYNOPSIS\n.B " + roff(program.name) +
                    "\n\\fICOMMAND\\fR [\\fIOPTION\\fR]...\n.SH OPTIONS\n";
  add_options(program, out);
  std::string group;
  for (const DescribedCommand& command : program.commands) {
    if (command.group != group) {
      group = command.group;
      std::string heading = group.empty() ? "COMMANDS" : group;
      if (heading.ends_with(':')) heading.pop_back();
      out += ".SH \"" + roff(heading) + "\"\n";
    }
    add_command(command, command.name, out);
  }
  out +=
      ".SH ENVIRONMENT\n.TP\n\\fBMILLRACE_DATA\\fR\nThe data folder of commands that need "
      "\\fB\\-\\-data\\fR.\n.TP\n\\fBMILLRACE_CONFIG\\fR\nA file of options: under [serve] "
      "those of serve.\n.TP\n\\fBNO_COLOR\\fR\nNothing is coloured where it is set.\n";
  if (!program.footer.empty()) out += ".SH \"EXIT STATUS\"\n" + roff(program.footer) + "\n";
  return out;
}

}  // namespace millrace::app::cli
