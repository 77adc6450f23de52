#include "python/walls/launch.hpp"

#include <unistd.h>

#include <utility>

#include "base/text.hpp"

namespace millrace::python {
namespace {

constexpr int kFilter = 6;
constexpr int kPasswdLines = 7;

// Scripts come after the server itself where there is not CPU enough for both: what it has begun
// for one solution, others wait for.
constexpr int kNiceness = 1;

// The source is more than one argument may hold, so it comes as a file in memory.
constexpr const char* kBootstrap =
    "import json, os\n"
    "carried = json.loads(os.pread(4, 1 << 20, 0))\n"
    "exec(compile(carried['modules']['carried'], 'millrace_worker/carried.py', 'exec'))\n"
    "start(carried.pop('modules'), carried['program'])\n";

bool is_variable_name(std::string_view name) {
  return !name.empty() && name.find_first_of(std::string_view("=\0", 2)) == std::string_view::npos;
}

}  // namespace

base::Result<Ground> find_ground(Sandbox sandbox, const std::string& interpreter) {
  Ground ground{sandbox, interpreter, {}, {}};
  if (::access(interpreter.c_str(), X_OK) != 0) {
    return base::fail(base::Code::failed_precondition,
                      "no Python interpreter at " + interpreter + "; install python3", "python");
  }
  if (sandbox == Sandbox::none) return ground;
  if (!interpreter.starts_with("/usr/")) {
    return base::fail(base::Code::invalid_argument,
                      "the sandbox shows /usr only, and the interpreter is " + interpreter,
                      "python");
  }
  auto bubblewrap = find_bubblewrap();
  if (!bubblewrap) return std::unexpected(bubblewrap.error());
  ground.bubblewrap = std::move(*bubblewrap);
  auto filters = system_call_filters();
  if (!filters) return std::unexpected(filters.error());
  ground.filters = std::move(*filters);
  if (auto tried = try_sandbox(ground.bubblewrap, ground.filters.sandbox); !tried) {
    return std::unexpected(tried.error());
  }
  return ground;
}

base::Result<Child> launch(const Ground& ground, const Walls& walls, std::string_view source,
                           const std::vector<int>& groups) {
  auto control = posix::stream_socket();
  auto output = posix::output_pipe();
  auto forks = posix::packet_socket();
  auto null = posix::null_device();
  auto program_text = posix::text_file(source);
  auto filter = posix::text_file(walls.slots > 0 ? ground.filters.slots : ground.filters.sandbox);
  auto passwd = posix::text_file(kPasswd);
  if (!control || !output || !forks || !null || !program_text || !filter || !passwd) {
    return posix::call_failure("a descriptor for a worker");
  }
  posix::Program program;
  program.niceness = kNiceness;
  program.groups = groups;
  program.descriptors = {null->get(),           output->theirs.get(), output->theirs.get(),
                         control->theirs.get(), program_text->get(),  forks->theirs.get()};
  if (ground.sandbox == Sandbox::bubblewrap) {
    program.descriptors.push_back(filter->get());
    program.descriptors.push_back(passwd->get());
    program.arguments = {ground.bubblewrap};
    for (std::string& word : wall_arguments(walls, kFilter, kPasswdLines)) {
      program.arguments.push_back(std::move(word));
    }
  }
  for (const std::string& word : {ground.interpreter, std::string("-I"), std::string("-u"),
                                  std::string("-c"), std::string(kBootstrap)}) {
    program.arguments.push_back(word);
  }
  program.environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=/nonexistent"};
  auto process = posix::spawn(program);
  if (!process) return std::unexpected(process.error());
  return Child{std::move(*process), std::move(control->ours), std::move(output->ours),
               std::move(forks->ours)};
}

base::Result<std::map<std::string, std::string>> environment_of(
    const std::map<std::string, std::string>& variables) {
  std::map<std::string, std::string> all{
      {"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}, {"HOME", "/nonexistent"}};
  for (const auto& [name, value] : variables) {
    if (!is_variable_name(name) || value.contains('\0')) {
      return base::fail(base::Code::invalid_argument,
                        "not a variable that a process can be given: '" + name + "'", "python");
    }
    all[name] = value;
  }
  return all;
}

json::object common_setup(const Ground& ground, const Walls& walls,
                          const std::map<std::string, std::string>& environment,
                          const ProcessLimits& limits) {
  const bool is_walled = ground.sandbox == Sandbox::bubblewrap;
  json::object setup;
  setup["folder"] = is_walled ? std::string(kSolutionInside) : walls.solution.string();
  setup["packages"] =
      walls.packages.empty() || !is_walled ? walls.packages.string() : std::string(kPackagesInside);
  setup["proxy"] = walls.proxy_socket.empty() || !is_walled ? walls.proxy_socket.string()
                                                            : std::string(kProxyInside);
  json::object& variables = setup["variables"].emplace_object();
  for (const auto& [name, value] : environment) variables[name] = value;
  setup["filters"] = {{"zygote", base::to_hex(ground.filters.zygote)},
                      {"worker", base::to_hex(ground.filters.worker)}};
  setup["slots"] = is_walled ? walls.slots : 0;
  setup["tmp_bytes"] = walls.tmp_bytes_max;
  setup["limits"] = nullptr;
  if (is_walled) {
    setup["limits"] = {{"memory_bytes", limits.memory_bytes_max},
                       {"file_bytes", limits.file_bytes_max},
                       {"files", limits.files_max},
                       {"threads", limits.threads_max}};
  }
  return setup;
}

}  // namespace millrace::python
