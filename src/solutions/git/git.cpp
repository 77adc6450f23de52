#include "solutions/git/git.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/text.hpp"
#include "posix/files.hpp"
#include "solutions/git/program.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr std::chrono::milliseconds kHereLimit{20'000};
constexpr std::chrono::milliseconds kOutLimit{120'000};
constexpr size_t kMessageBytesMax = 10'000;

std::string program() {
  for (const char* file : {"/usr/bin/git", "/usr/local/bin/git", "/bin/git"}) {
    if (::access(file, X_OK) == 0) return file;
  }
  return {};
}

// What a repository's own settings could have git run is off, whatever they say.
const std::vector<std::string> kAlways = {"-c",         "core.hooksPath=/dev/null",
                                          "-c",         "core.fsmonitor=false",
                                          "-c",         "core.quotePath=false",
                                          "-c",         "commit.gpgSign=false",
                                          "-c",         "gc.auto=0",
                                          "-c",         "maintenance.auto=false",
                                          "-c",         "protocol.ext.allow=never",
                                          "-c",         "submodule.recurse=false",
                                          "-c",         "core.pager=cat",
                                          "-c",         "core.editor=false",
                                          "--no-pager", "--literal-pathspecs"};

bool is_hash(std::string_view text) {
  return text.size() >= 7 && text.size() <= 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

bool is_branch_name(std::string_view text) {
  if (text.empty() || text.size() > 200 || text == "HEAD" || text == "@") return false;
  for (const char c : text) {
    const bool is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
    if (!is_fine) return false;
  }
  if (text.contains("..")) return false;
  return std::ranges::none_of(base::split(text, '/'), [](std::string_view part) {
    return part.empty() || part.starts_with('.') || part.starts_with('-') || part.ends_with('.') ||
           part.ends_with(".lock");
  });
}

Git::Git(fs::path folder, fs::path home) : folder_(std::move(folder)), home_(std::move(home)) {}

base::Result<std::string> Git::run(const Order& order) const {
  static const std::string kProgram = program();
  if (kProgram.empty()) return fail(Code::failed_precondition, "there is no git on this machine");
  if (auto made = posix::make_private_folder(home_); !made) return std::unexpected(made.error());
  ProgramOrder whole;
  whole.arguments = {kProgram, "-C", folder_.string()};
  whole.arguments.insert(whole.arguments.end(), kAlways.begin(), kAlways.end());
  whole.arguments.insert(whole.arguments.end(), order.arguments.begin(), order.arguments.end());
  whole.environment = {"HOME=" + home_.string(),
                       "PATH=/usr/local/bin:/usr/bin:/bin",
                       "LC_ALL=C.UTF-8",
                       "GIT_TERMINAL_PROMPT=0",
                       "GIT_ASKPASS=/bin/false",
                       "SSH_ASKPASS=/bin/false",
                       "GIT_SSH_COMMAND=ssh -oBatchMode=yes",
                       "GIT_CONFIG_NOSYSTEM=1"};
  whole.environment.insert(whole.environment.end(), order.environment.begin(),
                           order.environment.end());
  whole.input = order.input;
  whole.limit = order.goes_out ? kOutLimit : kHereLimit;
  return run_program(whole);
}

base::Result<std::string> Git::run(std::vector<std::string> arguments) const {
  return run(Order{.arguments = std::move(arguments)});
}

bool Git::is_repository() const {
  const auto inside = run({"rev-parse", "--is-inside-work-tree"});
  return inside && base::trim(*inside) == "true";
}

base::Result<std::string> Git::prefix() const {
  auto shown = run({"rev-parse", "--show-prefix"});
  if (!shown) return shown;
  return std::string(base::trim(*shown));
}

base::Result<std::string> Git::hash_of(std::string_view revision) const {
  if (revision != "HEAD" && !is_hash(revision) && !is_branch_name(revision)) {
    return fail(Code::invalid_argument, "a branch, a commit's hash or HEAD is wanted");
  }
  auto found = run({"rev-parse", "--verify", "--quiet", "--end-of-options",
                    std::string(revision) + "^{commit}"});
  if (!found) return fail(Code::not_found, "there is no such revision");
  return std::string(base::trim(*found));
}

base::Result<std::string> Git::branch() const {
  auto name = run({"symbolic-ref", "--quiet", "--short", "HEAD"});
  if (!name) return fail(Code::failed_precondition, "no branch is checked out");
  return std::string(base::trim(*name));
}

base::Result<bool> Git::has_branch(std::string_view name) const {
  return run({"show-ref", "--verify", "--quiet", "--", "refs/heads/" + std::string(name)})
      .has_value();
}

base::Result<std::string> Git::show(std::string_view revision, std::string_view path) const {
  const auto hash = hash_of(revision);
  if (!hash) return hash;
  // The path is relative to the folder; what is written so cannot be an option.
  auto text = run({"show", "--no-textconv", "--end-of-options", *hash + ":./" + std::string(path)});
  if (!text) return fail(Code::not_found, "there is no such file at that revision");
  return text;
}

base::Result<std::string> Git::commit(const std::vector<std::string>& paths,
                                      const std::string& message, const GitPerson& person) const {
  if (paths.empty()) return fail(Code::invalid_argument, "say which paths", "/paths");
  if (base::trim(message).empty() || message.size() > kMessageBytesMax || message.contains('\0')) {
    return fail(Code::invalid_argument, "a message of 1 to 10,000 bytes is wanted", "/message");
  }
  std::vector<std::string> add{"add", "--all", "--"};
  add.insert(add.end(), paths.begin(), paths.end());
  if (auto added = run(std::move(add)); !added) return added;
  Order order;
  order.arguments = {"commit",        "--quiet",  "--no-verify", "--cleanup=whitespace",
                     "--no-gpg-sign", "--file=-", "--only",      "--"};
  order.arguments.insert(order.arguments.end(), paths.begin(), paths.end());
  order.input = message;
  order.environment = {"GIT_AUTHOR_NAME=" + person.name, "GIT_AUTHOR_EMAIL=" + person.mail,
                       "GIT_COMMITTER_NAME=" + person.name, "GIT_COMMITTER_EMAIL=" + person.mail};
  if (auto done = run(order); !done) {
    if (done.error().message.empty() || done.error().message == "git: exit status 1") {
      return fail(Code::failed_precondition, "there is nothing to commit in these paths");
    }
    return done;
  }
  return hash_of("HEAD");
}

base::Result<void> Git::switch_to(std::string_view branch,
                                  const std::optional<std::string>& from) const {
  if (!is_branch_name(branch)) {
    return fail(Code::invalid_argument, "is no name of a branch", "/branch");
  }
  std::vector<std::string> arguments{"switch", "--quiet", "--no-guess", "--no-recurse-submodules"};
  if (from) {
    const auto hash = hash_of(*from);
    if (!hash) return std::unexpected(hash.error());
    arguments.insert(arguments.end(), {"--no-track", "--create", std::string(branch), *hash});
  } else {
    const auto there = has_branch(branch);
    if (!there) return std::unexpected(there.error());
    if (!*there) return fail(Code::not_found, "there is no such branch", "/branch");
    arguments.emplace_back(branch);
  }
  auto done = run(std::move(arguments));
  if (!done) return std::unexpected(done.error());
  return {};
}

base::Result<void> Git::pull() const {
  const auto name = branch();
  if (!name) return std::unexpected(name.error());
  auto fetched =
      run(Order{.arguments = {"fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--",
                              "origin", "+refs/heads/" + *name + ":refs/remotes/origin/" + *name},
                .goes_out = true});
  if (!fetched) return std::unexpected(fetched.error());
  auto merged = run(
      {"merge", "--quiet", "--ff-only", "--no-verify-signatures", "refs/remotes/origin/" + *name});
  if (!merged) return std::unexpected(merged.error());
  return {};
}

base::Result<void> Git::push() const {
  const auto name = branch();
  if (!name) return std::unexpected(name.error());
  auto done =
      run(Order{.arguments = {"push", "--quiet", "--no-verify", "--no-recurse-submodules", "--",
                              "origin", "refs/heads/" + *name + ":refs/heads/" + *name},
                .goes_out = true});
  if (!done) return std::unexpected(done.error());
  return {};
}

base::Result<fs::path> Git::add_worktree(const fs::path& place, std::string_view branch,
                                         std::string_view from) const {
  if (!is_branch_name(branch)) {
    return fail(Code::invalid_argument, "is no name of a branch", "/branch");
  }
  const auto inner = prefix();
  if (!inner) return std::unexpected(inner.error());
  const auto there = has_branch(branch);
  if (!there) return std::unexpected(there.error());
  std::vector<std::string> arguments{"worktree", "add", "--quiet"};
  if (*there) {
    arguments.insert(arguments.end(), {"--", place.string(), std::string(branch)});
  } else {
    const auto hash = hash_of(from.empty() ? "HEAD" : from);
    if (!hash) return std::unexpected(hash.error());
    arguments.insert(arguments.end(),
                     {"--no-track", "-b", std::string(branch), "--", place.string(), *hash});
  }
  auto done = run(std::move(arguments));
  if (!done) return std::unexpected(done.error());
  return place / *inner;
}

base::Result<void> Git::remove_worktree(const fs::path& place) const {
  auto done = run({"worktree", "remove", "--", place.string()});
  if (!done) return std::unexpected(done.error());
  return {};
}

}  // namespace millrace::solutions
