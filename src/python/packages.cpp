// Prepares the packages that a solution asks for, by pip, as wheels only: installing one copies
// files and runs nothing of its.

#include <unistd.h>

#include <array>
#include <cerrno>

#include "posix/descriptors.hpp"
#include "posix/files.hpp"
#include "posix/process.hpp"
#include "posix/waiting.hpp"
#include "python/lines.hpp"
#include "python/python.hpp"
#include "python/requirements.hpp"

namespace millrace::python {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr size_t kLineBytesMax = 1'000;
constexpr const char* kDownload =
    "python3 -m pip download --only-binary :all: -d wheels -r requirements.txt";

struct Ended {
  std::string status;
  std::string complaint;  // the first line that begins with ERROR
};

void note_lines(const std::vector<Line>& lines, Ended& ended, const PackageOptions& options) {
  for (const Line& line : lines) {
    const std::string text = printable(line.text);
    if (ended.complaint.empty() && text.starts_with("ERROR: ")) ended.complaint = text.substr(7);
    if (options.progress) options.progress(text);
  }
}

base::Result<Ended> run_pip(const std::vector<std::string>& words, const PackageOptions& options) {
  auto null = posix::null_device();
  auto output = posix::output_pipe();
  if (!null || !output) return posix::call_failure("a descriptor");
  posix::Program program;
  program.arguments = words;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    program.environment.emplace_back(*variable);
  }
  program.descriptors = {null->get(), output->theirs.get(), output->theirs.get()};
  auto process = posix::spawn(program);
  if (!process) return std::unexpected(process.error());
  output->theirs.reset();

  Ended ended;
  LineReader lines(kLineBytesMax);
  const auto until = Clock::now() + options.limit;
  std::array<char, 16 << 10> bytes;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) {
      posix::kill_group(process->pid);
      break;
    }
    posix::wait_until_readable(output->ours.get(), left);
    const ssize_t count = ::read(output->ours.get(), bytes.data(), bytes.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) break;
    note_lines(lines.append({bytes.data(), static_cast<size_t>(count)}), ended, options);
  }
  note_lines(lines.finish(), ended, options);
  ended.status = posix::reap(process->pid);
  return ended;
}

base::Error not_installed(const Ended& ended, bool from_wheels) {
  const std::string why =
      ended.complaint.empty() ? "pip ended with " + ended.status : ended.complaint;
  if (why.contains("No module named pip")) {
    return {base::Code::failed_precondition,
            "requirements.txt needs pip; install it (apt-get install python3-pip)", "python"};
  }
  const std::string remedy =
      from_wheels
          ? std::string("put every package's wheel into wheels/: ") + kDownload
          : std::string("where no index can be reached, bring the wheels along: ") + kDownload;
  return {base::Code::failed_precondition,
          std::string("the packages of requirements.txt cannot be installed from ") +
              (from_wheels ? "wheels/" : "the package index") + ": " + why + "; " + remedy,
          "python"};
}

}  // namespace

base::Result<fs::path> prepare_packages(const fs::path& solution, const fs::path& into,
                                        const PackageOptions& options) {
  const auto text = posix::read_file(solution / "requirements.txt");
  if (!text && text.error().code == base::Code::not_found) return fs::path();
  if (!text) return std::unexpected(text.error());
  auto requirements = read_requirements(*text);
  if (!requirements) return std::unexpected(requirements.error());
  if (requirements->empty()) return fs::path();
  std::error_code error;
  if (fs::is_directory(into, error)) return into;  // prepared before, and whole

  fs::path partly = into;
  partly += ".partly";
  fs::remove_all(partly, error);
  std::vector<std::string> words{options.interpreter,
                                 "-I",
                                 "-m",
                                 "pip",
                                 "install",
                                 "--target",
                                 partly.string(),
                                 "--only-binary",
                                 ":all:",
                                 "--no-input",
                                 "--disable-pip-version-check",
                                 "--no-cache-dir"};
  const bool from_wheels = fs::is_directory(solution / "wheels", error);
  if (from_wheels) {
    const std::string wheels = fs::canonical(solution / "wheels", error).string();
    words.insert(words.end(), {"--no-index", "--find-links", wheels});
  }
  words.push_back("--");
  words.insert(words.end(), requirements->begin(), requirements->end());
  auto ended = run_pip(words, options);
  if (!ended) return std::unexpected(ended.error());
  if (ended->status != "exit status 0") {
    fs::remove_all(partly, error);
    return std::unexpected(not_installed(*ended, from_wheels));
  }
  // In one step, so that what is there is whole.
  fs::rename(partly, into, error);
  if (error) {
    return base::fail(base::Code::failed_precondition,
                      "the packages cannot be put in place: " + error.message(), into.string());
  }
  return into;
}

}  // namespace millrace::python
