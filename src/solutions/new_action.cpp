#include "solutions/new_action.hpp"

#include <algorithm>

#include "flow/flow.hpp"
#include "posix/files.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kNameBytesMax = 100;
constexpr std::string_view kPythonWords[] = {
    "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
    "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
    "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
    "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};

constexpr std::string_view kScript = R"(# -*- coding: utf-8 -*-
"""What NAME does, in one sentence.

Parameters
----------
{"name": "{FIRST_NAME}"}

Returns
-------
success: 'true' or 'error'; GREETING, a global variable
"""


class NAME:
    # True: may be called again with the same idempotency_key after an outcome was lost, and then
    # looks before it acts (context['uncertain']).
    repeatable = False

    def execute(self, log, payload=None, context=None):
        name = (payload or {}).get('name') or 'you'
        log.info('NAME runs')
        # Keys and addresses: from .. import app, then app.PARAMS[context['env']]['key'].
        # To others' servers: requests.post(url, json=..., timeout=5,
        #     headers={'Idempotency-Key': context['idempotency_key']})
        return {'success': 'true', 'GREETING': 'Hello, ' + name}
)";

constexpr std::string_view kTest =
    R"(# How conversations fare with what NAME answers; the script itself does not run here. Run it:
#   millrace action run NAME --solution . --payload '{"name": "Ada"}'
tests:
  - name: NAME answers
    strict: false
    actions:
      NAME:
        - {success: 'true', GREETING: 'Hello, Ada'}
        # The other roads: {raises: why}, {times_out: true}, {unknown: true}
    steps:
      - say: hello
      # Once a flow calls NAME, say what leads there, and then:
      # - expect_call: {NAME: {name: Ada}}
      # - expect_variables: {GREETING: 'Hello, Ada'}
)";

std::string named(std::string_view text, std::string_view name) {
  constexpr std::string_view kMark = "NAME";
  std::string out;
  for (size_t at = 0; at < text.size();) {
    // Not where it is part of a word, as in FIRST_NAME.
    const size_t found = text.find(kMark, at);
    const bool is_part = found != std::string_view::npos && found > 0 && text[found - 1] == '_';
    out += text.substr(at, found - at);
    if (found == std::string_view::npos) break;
    out += is_part ? kMark : name;
    at = found + kMark.size();
  }
  return out;
}

base::Result<void> write(const fs::path& file, const std::string& text) {
  std::error_code failed;
  fs::create_directories(file.parent_path(), failed);
  return posix::write_new_file(file, text, posix::kAnyones);
}

}  // namespace

bool is_action_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && name.size() <= kNameBytesMax && is_letter(name.front()) &&
         std::ranges::all_of(
             name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }) &&
         std::ranges::find(kPythonWords, name) == std::end(kPythonWords);
}

base::Result<std::vector<fs::path>> write_action_node(const fs::path& solution,
                                                      const std::string& name,
                                                      delivery::Kinds kinds) {
  if (!is_action_name(name)) {
    return fail(Code::invalid_argument,
                "'" + name + "' cannot be a class of Python's; write a name such as SendBooking");
  }
  // A script goes before a built-in command of the same name. What is owed has no script.
  if (delivery::command_of(kinds, name).command != nullptr) {
    return fail(Code::already_exists, "'" + name +
                                          "' is a command that the server carries out itself; "
                                          "choose another name");
  }
  std::error_code failed;
  if (!fs::exists(solution / "app.py", failed)) {
    return fail(Code::not_found, "there is no app.py; this is not a solution", solution.string());
  }
  const fs::path script = solution / "action_nodes" / (name + ".py");
  const fs::path test = solution / "tests" / (name + ".test.yaml");
  for (const fs::path& file : {script, test}) {
    if (fs::exists(fs::symlink_status(file, failed))) {
      return fail(Code::already_exists, "this file is there already", file.string());
    }
  }
  if (auto written = write(script, named(kScript, name)); !written) {
    return std::unexpected(written.error());
  }
  if (auto written = write(test, named(kTest, name)); !written) {
    return std::unexpected(written.error());
  }
  return std::vector<fs::path>{script, test};
}

}  // namespace millrace::solutions
