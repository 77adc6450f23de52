#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "app/commands/command.hpp"
#include "app/commands/doctor/finding.hpp"
#include "app/wire/data/data_folder.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/data/manifest.hpp"
#include "app/wire/system.hpp"
#include "posix/files.hpp"
#include "posix/locks.hpp"
#include "secrets/secrets.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

Finding look_at_folder(const fs::path& data) {
  struct stat about{};
  if (::stat(data.c_str(), &about) != 0) {
    return {"data", State::wrong, data.string() + " is not there",
            "`millrace deploy DIR --data " + shell_word(data.string()) + "` makes it"};
  }
  if (!S_ISDIR(about.st_mode)) return {"data", State::wrong, data.string() + " is no folder", ""};
  if (::access(data.c_str(), R_OK | W_OK | X_OK) != 0) {
    return {"data", State::wrong, data.string() + " cannot be written by this user",
            "run as the user that serves it: `sudo -u millrace millrace doctor ...`"};
  }
  if ((about.st_mode & 077) != 0) {
    return {"data", State::doubtful, "others may look into " + data.string(),
            "chmod 700 " + shell_word(data.string())};
  }
  return {"data", State::right, data.string() + " is this user's alone", ""};
}

Finding look_at_disk(const fs::path& data) {
  struct statfs about{};
  if (::statfs(data.c_str(), &about) != 0) {
    return {"disk", State::doubtful, "the room left cannot be told", ""};
  }
  return judge_disk(static_cast<uint64_t>(about.f_type), free_bytes(data).value_or(0),
                    ServeOptions().disk_min);
}

// A file of its own, which is gone again afterwards.
Finding look_at_syncs(const fs::path& data) {
  constexpr size_t kTimes = 21;
  std::string name = (data / ".doctor-XXXXXX").string();
  const posix::Fd file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file.is_open()) return {"sync", State::wrong, posix::file_error(data).message, ""};
  ::unlink(name.c_str());
  const std::string page(4'096, 'x');
  std::vector<int64_t> took;
  for (size_t i = 0; i < kTimes; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    if (!posix::write_all(file.get(), page) || ::fdatasync(file.get()) != 0) {
      return {"sync", State::wrong, posix::file_error(data).message,
              "nothing that is said can be kept there"};
    }
    const auto time = std::chrono::steady_clock::now() - begin;
    took.push_back(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
  }
  std::ranges::nth_element(took, took.begin() + kTimes / 2);
  return judge_syncs(took[kTimes / 2]);
}

Finding look_at_deployments(const fs::path& data) {
  const auto deployments = deployments_of(data);
  if (!deployments) {
    return {"deployments", State::wrong, deployments.error().message, ""};
  }
  std::string names;
  for (const solutions::Deployment& each : deployments->current()) {
    names += (names.empty() ? "" : ", ") + each.solution + " v" + std::to_string(each.version);
  }
  if (names.empty()) {
    return {"deployments", State::doubtful, "nothing is deployed",
            "`millrace deploy DIR --data " + shell_word(data.string()) + "`"};
  }
  return {"deployments", State::right, names, ""};
}

// Opens every secret, and says no more of it than that.
Finding look_at_secrets(const DoctorOptions& options) {
  const auto store = secrets::Store::at(options.data, options.world.secrets.key);
  if (!store) return {"secrets", State::wrong, store.error().message, ""};
  const auto listed = store->list();
  if (!listed) return {"secrets", State::wrong, listed.error().message, ""};
  for (const secrets::Store::Entry& entry : *listed) {
    auto value = store->get(entry.name);
    if (!value) {
      return {"secrets", State::wrong,
              "'" + entry.name + "' cannot be opened: " + value.error().message,
              "give the key file that it was sealed with (--secrets-key), or set it again"};
    }
    secrets::wipe(*value);
  }
  return {"secrets", State::right, std::to_string(listed->size()) + " can be opened", ""};
}

// Only whether they are there: `millrace verify` reads them whole.
Finding look_at_files(const fs::path& data) {
  const auto manifest = Manifest::read(data);
  if (!manifest) return {"files", State::wrong, manifest.error().message, ""};
  std::string missing;
  for (const std::string& name : files_that_can_be_made_anew()) {
    std::error_code failed;
    if (!manifest->holds(name) || fs::exists(data / name, failed)) continue;
    missing += (missing.empty() ? "" : ", ") + name;
  }
  if (missing.empty()) return {"files", State::right, "all that were made are there", ""};
  return {"files", State::wrong, "missing: " + missing,
          "put them back from a backup (docs/operating.md), or accept the loss with --make-anew"};
}

}  // namespace

std::vector<Finding> look_at_data(const DoctorOptions& options) {
  if (options.data.empty()) return {};
  std::vector<Finding> found{look_at_folder(options.data)};
  if (found.front().state == State::wrong) return found;
  found.push_back(look_at_disk(options.data));
  found.push_back(look_at_syncs(options.data));
  found.push_back(look_at_files(options.data));
  found.push_back(look_at_secrets(options));
  found.push_back(look_at_deployments(options.data));
  return found;
}

}  // namespace millrace::app
