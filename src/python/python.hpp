// Runs a solution's action nodes in warm, sandboxed Python processes, and reads its scripts to say
// what is wrong with them. A call always ends, exactly once and as a value; what a worker says
// reaches the log only after secrets and the consumer's own words have been taken out.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "runtime/ports.hpp"

namespace millrace::python {

// Without a sandbox a script may do whatever the server's user may. Memory is bounded by the
// sandbox too.
enum class Sandbox { bubblewrap, none };

struct PoolOptions {
  std::string interpreter = "/usr/bin/python3";
  Sandbox sandbox = Sandbox::bubblewrap;
  size_t workers_min = 0;  // per version, once it has been used
  // Calls at once, of all versions together. 0 means what the memory allows: see machine.hpp.
  size_t workers_max = 0;
  // Of one version's processes together, where control groups can be made; 0: no bound of its own.
  size_t memory_bytes_max = 0;
  // Starts also where nothing bounds the memory of scripts within what the machine has.
  bool allow_unbounded = false;
  size_t versions_max = 1'000;
  size_t queue_max = 1'000;  // calls waiting per version
  std::chrono::milliseconds start_limit{20'000};
  std::chrono::milliseconds queue_wait_max{60'000};    // then a waiting call is refused
  std::chrono::milliseconds idle_max{300'000};         // then a worker beyond the first is ended
  std::chrono::milliseconds idle_last_max{3'600'000};  // then the first is ended too
  size_t worker_memory_bytes_max = 512 << 20;          // of address space
  size_t tmp_bytes_max = 64 << 20;                     // of each call's /tmp
  // A worker whose calls are all proven to leave nothing behind ends after so many; 1: every call
  // has a process of its own.
  uint32_t calls_per_worker_max = 1'000;
  size_t printed_bytes_max = 8 << 20;  // by one call; then its worker is killed
  size_t call_bytes_max = 4 << 20;
  size_t result_bytes_max = 1 << 20;
  size_t log_line_bytes_max = 8 << 10;
  size_t log_lines_max = 200;  // per call
  // Told, about once in a tenth of a second, while calls of a version have waited for a worker for
  // more than a second: how many wait. On the pool's thread; must not call the pool.
  std::function<void(std::string_view version, size_t waiting)> waited_long = [](std::string_view,
                                                                                 size_t) {};
};

// Where the scripts of one solution version are and what they may know.
struct VersionFolder {
  std::string hash;
  std::filesystem::path directory;  // holds app.py and action_nodes/
  std::string environment;          // "sandbox" or "live"; "prod" and "production" mean "live"
  // The worker's environment variables. Nothing of the server's own is passed.
  std::map<std::string, std::string> variables;
  // What `${secret:NAME}` in PARAMS stands for. They reach the workers in their first frame, and
  // nothing that leaves a worker shows one: neither a line nor an error nor a result.
  std::map<std::string, std::string> secrets;
  // A Unix socket on which the proxy listens by the time the first worker starts: the only way
  // out. Empty: no network at all.
  std::filesystem::path proxy_socket;
  std::string ca_file;                 // within `directory`: trusted instead of the system's
  std::filesystem::path packages;      // from prepare_packages; may be empty
  size_t worker_memory_bytes_max = 0;  // 0 means the pool's
};

class Pool final : public runtime::Actions {
 public:
  // Finds out whether a sandbox can be made here and starts the pool's thread; no worker yet.
  // `failed_precondition`, with what to do, when there is no Python or no sandbox. Clock and log
  // must outlive the pool.
  static base::Result<std::unique_ptr<Pool>> start(PoolOptions options, base::Clock& clock,
                                                   base::Log& log);
  // As stop(0 ms).
  ~Pool() override;

  // Makes a version known. `already_exists` when its hash is. Thread-safe.
  base::Result<void> add_version(VersionFolder version);
  // Starts workers of that version until it has `count` of them, or the most it may have.
  // Thread-safe, does not wait.
  void prewarm(std::string_view hash, size_t count);

  // `done` is called on the pool's thread, or at once by a call that is refused; it must not call
  // stop(). The call's time limit counts from the moment a worker has it.
  void call(runtime::ActionCall call, Done done) override;

  // Adds to the trace of a call under way what the proxy saw of it. `call_tag` is what the script's
  // side said in `Millrace-Call`. Of no effect once the call has ended. Thread-safe.
  void note_exchange(std::string_view version, std::string_view call_tag, web::Exchange exchange);

  // Takes no more calls, refuses those that wait, gives those in flight `grace` to end and kills
  // the rest, which end as `refused` too: whoever starts them again must call them `uncertain`.
  // Returns when every `done` has been called. Thread-safe; a second stop does nothing.
  void stop(std::chrono::milliseconds grace);

 private:
  struct Impl;
  explicit Pool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct PackageOptions {
  std::string interpreter = "/usr/bin/python3";
  std::chrono::milliseconds limit{600'000};
  std::function<void(std::string_view line)> progress;  // what pip says, line by line
};

// Installs what the solution's requirements.txt asks for into a new folder: from its wheels/, when
// it has one, and without looking elsewhere; else from the package index that pip is set up for.
// Wheels only, so nothing of a package runs. Returns `into`, also when it is there already, or an
// empty path when nothing is asked for: a VersionFolder's `packages` either way. Debian's
// python3-requests can be imported without being asked for. Blocks; an error says what to do.
base::Result<std::filesystem::path> prepare_packages(const std::filesystem::path& solution,
                                                     const std::filesystem::path& into,
                                                     const PackageOptions& options = {});

struct PictureOptions {
  std::string interpreter = "/usr/bin/python3";
  int side_max = 480;  // of the longer side, in pixels
  std::chrono::milliseconds limit{10'000};
};

// Makes small pictures of pictures, with Debian's python3-pil, each in a sandboxed process of its
// own that has no network and sees nobody's files. Never without a sandbox.
class Pictures {
 public:
  // Blocks for some 20 ms. `failed_precondition`, with what to do, when that cannot be done here.
  static base::Result<std::unique_ptr<Pictures>> make(PictureOptions options = {});
  ~Pictures();

  // JPEG, or PNG where something shines through, upright and without what else the file said.
  // `invalid_argument`: none can be made of it. Of what comes back, believe the bytes alone: the
  // picture had a say in it. Blocks; thread-safe.
  base::Result<std::string> small(std::string_view picture) const;

 private:
  struct Ready;
  explicit Pictures(std::unique_ptr<Ready> ready);
  std::unique_ptr<Ready> ready_;
};

enum class Severity { error, warning };

// One finding in a script. Lines and columns count from 1; 0 where none can be told.
struct Problem {
  Severity severity = Severity::error;
  int line = 0;
  int column = 0;
  std::string message;
  std::string remedy;  // what to type; may be empty
};

struct ScriptFacts {
  std::string name;        // the command
  std::string file;        // "action_nodes/BrazeExample.py"
  bool has_class = false;  // a class of that name with an execute method
  bool repeatable = false;
  bool keeps_worker = false;  // proven to leave nothing behind, so calls share a worker
  std::string why_not;        // "X.py: line 3: ..." where not
  std::vector<Problem> problems;
};

struct AppFacts {
  std::string name;
  std::vector<std::string> bots;
  std::vector<std::string> csv_bots;
  std::map<std::string, std::vector<std::string>> environments;  // the keys of PARAMS[...], sorted
  std::vector<ScriptFacts> scripts;                              // by name
  std::vector<Problem> problems;                                 // of app.py itself
};

struct InspectOptions {
  std::string interpreter = "/usr/bin/python3";
  Sandbox sandbox = Sandbox::bubblewrap;
  std::filesystem::path packages;                // as VersionFolder::packages
  std::map<std::string, std::string> variables;  // as VersionFolder::variables
  std::chrono::milliseconds limit{20'000};
};

// Reads the scripts of a solution in a short-lived worker: syntax first, then, where that is clean,
// by importing them. Mistakes in scripts are facts; an error means they could not be read at all.
// Blocks.
base::Result<AppFacts> inspect(const std::filesystem::path& folder, const InspectOptions& options);

}  // namespace millrace::python
