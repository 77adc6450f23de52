#include "python/walls/sandbox.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "posix/descriptors.hpp"
#include "posix/process.hpp"
#include "posix/waiting.hpp"
#include "python/lines.hpp"

namespace millrace::python {
namespace {

constexpr const char* kUnsafe = "or say --unsafe-no-sandbox to run scripts without any protection";
constexpr int kTryFilter = 3;
constexpr int kTryPasswd = 4;
constexpr std::chrono::milliseconds kTryLimit = std::chrono::seconds(10);
constexpr size_t kReasonBytesMax = 500;
constexpr const char* kSlotsBytes = "65536";  // it holds the places of mounts only

// Debian's /bin, /lib and their like are links into /usr; elsewhere they are folders.
void add_system(std::vector<std::string>& words) {
  words.insert(words.end(), {"--ro-bind", "/usr", "/usr"});
  for (const std::filesystem::path folder : {"/bin", "/lib", "/lib64"}) {
    std::error_code error;
    if (std::filesystem::is_symlink(folder, error)) {
      const auto target = std::filesystem::read_symlink(folder, error);
      words.insert(words.end(), {"--symlink", target.string(), folder.string()});
    } else if (std::filesystem::is_directory(folder, error)) {
      words.insert(words.end(), {"--ro-bind", folder.string(), folder.string()});
    }
  }
  for (const char* const file : {"/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates",
                                 "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types"}) {
    words.insert(words.end(), {"--ro-bind-try", file, file});
  }
  for (const char* const device : {"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"}) {
    words.insert(words.end(), {"--dev-bind", device, device});
  }
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> bytes;
  while (posix::wait_until_readable(fd, kTryLimit) == posix::Waited::ready) {
    const ssize_t count = ::read(fd, bytes.data(), bytes.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) break;
    if (text.size() < kReasonBytesMax) text.append(bytes.data(), static_cast<size_t>(count));
  }
  return text;
}

std::string first_line(const std::string& text) {
  const std::string line = text.substr(0, std::min(text.find('\n'), kReasonBytesMax));
  return line.empty() ? "it says nothing" : printable(line);
}

std::string remedy(const std::string& reason) {
  if (reason.contains("amespace") || reason.contains("uid map") || reason.contains("setting up")) {
    return "allow user namespaces (sysctl user.max_user_namespaces above 0, "
           "kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0; in "
           "a container, a seccomp profile that lets unshare and mount pass)";
  }
  return "see that bubblewrap 0.8 or later works for this user";
}

}  // namespace

base::Result<std::string> find_bubblewrap() {
  for (const char* const file : {"/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"}) {
    if (::access(file, X_OK) == 0) return std::string(file);
  }
  return base::fail(base::Code::failed_precondition,
                    std::string("scripts cannot be run in a sandbox: there is no bubblewrap; "
                                "install it (apt-get install bubblewrap), ") +
                        kUnsafe,
                    "python");
}

std::vector<std::string> wall_arguments(const Walls& walls, int filter, int passwd) {
  std::vector<std::string> words{
      "--unshare-user",       "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-net",
      "--unshare-cgroup-try", "--uid",         "65534",         "--gid",         "65534",
      "--hostname",           "sandbox",       "--cap-drop",    "ALL",           "--new-session",
      "--die-with-parent",    "--as-pid-1"};
  // A nested user namespace needs unshare or clone's flags, which the filter refuses. So bubblewrap
  // need not forbid it with one of its own, in which these could not mount.
  if (walls.slots > 0) {
    words.insert(words.end(), {"--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SYS_CHROOT"});
  }
  add_system(words);
  words.insert(words.end(), {"--ro-bind-data", std::to_string(passwd), "/etc/passwd"});
  words.insert(words.end(), {"--perms", "1777", "--size", std::to_string(walls.tmp_bytes_max),
                             "--tmpfs", "/tmp"});
  if (walls.slots > 0) words.insert(words.end(), {"--size", kSlotsBytes, "--tmpfs", kSlotsInside});
  words.insert(words.end(), {"--ro-bind", walls.solution.string(), kSolutionInside});
  if (!walls.packages.empty()) {
    words.insert(words.end(), {"--ro-bind", walls.packages.string(), kPackagesInside});
  }
  if (!walls.proxy_socket.empty()) {
    words.insert(words.end(), {"--ro-bind", walls.proxy_socket.string(), kProxyInside});
  }
  words.insert(words.end(),
               {"--remount-ro", "/", "--chdir", "/", "--seccomp", std::to_string(filter), "--"});
  return words;
}

base::Result<void> try_sandbox(const std::string& bubblewrap, const std::string& filter) {
  auto null = posix::null_device();
  auto output = posix::output_pipe();
  auto steps = posix::text_file(filter);
  auto passwd = posix::text_file(kPasswd);
  if (!null || !output || !steps || !passwd) return posix::call_failure("a descriptor");
  posix::Program program;
  program.arguments = {bubblewrap};
  for (std::string& word :
       wall_arguments({"/usr/share", {}, {}, 1 << 20}, kTryFilter, kTryPasswd)) {
    program.arguments.push_back(std::move(word));
  }
  program.arguments.push_back("/usr/bin/true");
  program.descriptors = {null->get(), output->theirs.get(), output->theirs.get(), steps->get(),
                         passwd->get()};
  auto process = posix::spawn(program);
  if (!process) return std::unexpected(process.error());
  output->theirs.reset();
  const std::string said = read_all(output->ours.get());
  if (posix::wait_until_readable(process->exit.get(), kTryLimit) == posix::Waited::in_vain) {
    posix::kill_group(process->pid);
  }
  const std::string status = posix::reap(process->pid);
  if (status == "exit status 0") return {};
  return base::fail(base::Code::failed_precondition,
                    "scripts cannot be run in a sandbox: bubblewrap ended with " + status + ": " +
                        first_line(said) + "; " + remedy(said) + ", " + kUnsafe,
                    "python");
}

}  // namespace millrace::python
