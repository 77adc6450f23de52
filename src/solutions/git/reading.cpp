// What git says about a folder, read.
#include <charconv>

#include "base/text.hpp"
#include "solutions/git/git.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
using base::fail;

constexpr size_t kDiffBytesMax = 1 << 20;
constexpr char kUnit = '\x1f';
constexpr char kRecord = '\x1e';

std::string change_of(std::string_view states) {
  if (states.contains('A')) return "added";
  if (states.contains('D')) return "deleted";
  if (states.contains('R')) return "renamed";
  return "modified";
}

int number_in(std::string_view text) {
  int number = 0;
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Whether the path lies in the folder; without the folder's own place then.
bool take_prefix(std::string_view& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  path.remove_prefix(prefix.size());
  return true;
}

// "1 XY sub mH mI mW hH hI PATH": what stands behind `fields` blanks.
std::string_view behind(std::string_view line, int fields) {
  for (int i = 0; i < fields; ++i) {
    const size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return {};
    line.remove_prefix(blank + 1);
  }
  return line;
}

void take_header(std::string_view line, GitStatus& status) {
  const auto words = base::split(line, ' ');
  if (words.size() < 3) return;
  if (words[1] == "branch.oid" && words[2] != "(initial)") status.head = words[2];
  if (words[1] == "branch.head" && words[2] != "(detached)") status.branch = words[2];
  if (words[1] == "branch.ab" && words.size() == 4) {
    status.has_upstream = true;
    status.ahead = number_in(words[2]);
    status.behind = number_in(words[3]);
  }
}

// What an address says about whom it is asked as stays here.
std::string without_password(std::string_view address) {
  const size_t scheme = address.find("://");
  const size_t at = address.find('@');
  if (scheme == std::string_view::npos || at == std::string_view::npos) {
    return std::string(address);
  }
  return std::string(address.substr(0, scheme + 3)) + std::string(address.substr(at + 1));
}

}  // namespace

base::Result<GitStatus> Git::status() const {
  const auto inner = prefix();
  if (!inner) return std::unexpected(inner.error());
  const auto said = run({"status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all",
                         "--ignore-submodules=all", "--", "."});
  if (!said) return std::unexpected(said.error());
  GitStatus status;
  const auto lines = base::split(*said, '\0');
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (line.size() < 3) continue;
    if (line[0] == '#') {
      take_header(line, status);
      continue;
    }
    GitChange change;
    std::string_view path;
    switch (line[0]) {
      case '1': path = behind(line, 8); break;
      case '2': path = behind(line, 9); break;
      case 'u': path = behind(line, 10); break;
      case '?': path = behind(line, 1); break;
      default: continue;
    }
    change.change = line[0] == '?'   ? "untracked"
                    : line[0] == 'u' ? "conflicted"
                                     : change_of(line.substr(2, 2));
    if (line[0] == '2' && i + 1 < lines.size()) {
      std::string_view from = lines[++i];
      take_prefix(from, *inner);
      change.from = from;
    }
    if (!take_prefix(path, *inner)) continue;
    change.path = path;
    status.changed.push_back(std::move(change));
  }
  if (const auto address = run({"config", "--get", "remote.origin.url"})) {
    status.remote = without_password(base::trim(*address));
  }
  return status;
}

base::Result<GitStand> Git::stand() const {
  const auto name = branch();
  const auto head = hash_of("HEAD");
  return GitStand{name ? *name : std::string(), head ? *head : std::string()};
}

base::Result<std::vector<GitCommit>> Git::log(const GitLogChoice& choice) const {
  if (!hash_of("HEAD")) return std::vector<GitCommit>();
  std::vector<std::string> arguments{"log",
                                     "--no-color",
                                     "--no-patch",
                                     "--format=%H%x1f%an%x1f%aI%x1f%s%x1e",
                                     "--skip=" + std::to_string(choice.skip),
                                     "--max-count=" + std::to_string(choice.limit)};
  const std::string path = choice.path.empty() ? "." : "./" + choice.path;
  if (choice.lines) {
    arguments.push_back("-L" + std::to_string(choice.lines->first) + "," +
                        std::to_string(choice.lines->second) + ":" + path);
  } else {
    arguments.insert(arguments.end(), {"--", path});
  }
  const auto said = run(std::move(arguments));
  if (!said) return std::unexpected(said.error());
  std::vector<GitCommit> commits;
  for (const std::string_view record : base::split(*said, kRecord)) {
    const auto parts = base::split(base::trim(record), kUnit);
    if (parts.size() != 4) continue;
    commits.push_back({std::string(parts[0]), std::string(parts[1]), std::string(parts[2]),
                       std::string(parts[3])});
  }
  return commits;
}

base::Result<GitDiff> Git::diff(std::string_view from, std::string_view to,
                                std::string_view path) const {
  const auto begin = hash_of(from.empty() ? "HEAD" : from);
  if (!begin) return std::unexpected(begin.error());
  std::vector<std::string> revisions{*begin};
  if (!to.empty()) {
    auto end = hash_of(to);
    if (!end) return std::unexpected(end.error());
    revisions.push_back(std::move(*end));
  }
  const std::string where = path.empty() ? "." : "./" + std::string(path);
  const auto asked = [&](std::vector<std::string> how) {
    std::vector<std::string> arguments{"diff",          "--no-color", "--no-ext-diff",
                                       "--no-textconv", "--relative", "--ignore-submodules=all"};
    arguments.insert(arguments.end(), how.begin(), how.end());
    arguments.insert(arguments.end(), revisions.begin(), revisions.end());
    arguments.insert(arguments.end(), {"--", where});
    return run(std::move(arguments));
  };
  const auto names = asked({"--name-status", "-z", "--no-renames"});
  if (!names) return std::unexpected(names.error());
  auto text = asked({"--patch"});
  if (!text) return std::unexpected(text.error());
  if (text->size() > kDiffBytesMax) {
    return fail(Code::resource_exhausted, "the difference is over 1 MiB; ask by path", "path");
  }
  GitDiff out{{}, std::move(*text)};
  const auto words = base::split(*names, '\0');
  for (size_t i = 0; i + 1 < words.size(); i += 2) {
    out.files.push_back({std::string(words[i + 1]), change_of(words[i]), {}});
  }
  return out;
}

}  // namespace millrace::solutions
