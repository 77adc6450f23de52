#include "app/wire/script_hosting.hpp"

#include "posix/files.hpp"

namespace millrace::app {

base::Result<void> ScriptHosting::add_version(const flow::Program& program,
                                              const std::filesystem::path& folder) {
  const auto rights = grants_.rights_of(program.solution);
  if (!rights) return std::unexpected(rights.error());
  const auto app_py = posix::read_file(folder / "app.py");
  const std::string command =
      lacking_command(program, app_py ? *app_py : std::string(), *rights, data_);
  if (!command.empty()) {
    log_.line(base::Level::warning, "grants",
              program.solution +
                  " names what is not granted to it, and does not get it; if it "
                  "may have it, say: " +
                  command);
  }
  return actions_.add_version(script_version(program), folder, given_, *rights);
}

}  // namespace millrace::app
