// The record of what was deployed to a data folder (`deployments.json`), and the installed versions
// it names. A running server reads it when it changes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/solution.hpp"
#include "base/time.hpp"
#include "runtime/solutions.hpp"

namespace millrace::app {

struct Deployment {
  std::string solution;
  int version = 0;  // 1, 2, 3, ...: the order in which the solution's versions were first deployed
  std::string hash;
  base::Timestamp at;
  runtime::OnLive on_live = runtime::OnLive::pin;
};

class Deployments {
 public:
  // The data folder is made where it is missing.
  static base::Result<Deployments> open(const std::filesystem::path& data);

  const std::vector<Deployment>& all() const { return all_; }  // the oldest first
  // The solution's last one; nullptr when there is none.
  const Deployment* current(std::string_view solution) const;
  // Of the last deploys, one for each solution.
  std::vector<Deployment> current() const;
  // "v3", "3", or a hash or the beginning of one.
  base::Result<Deployment> find(std::string_view solution, std::string_view version) const;

  // Installs a sound solution's files, and puts it on record unless it is the current one already.
  base::Result<Deployment> deploy(const LoadedSolution& loaded, runtime::OnLive on_live,
                                  base::Timestamp at);
  // Puts on record that an installed version is the current one again.
  base::Result<Deployment> deploy_again(const Deployment& version, runtime::OnLive on_live,
                                        base::Timestamp at);

  std::filesystem::path folder_of(std::string_view hash) const { return versions_ / hash; }
  static std::filesystem::path file_in(const std::filesystem::path& data);

 private:
  base::Result<void> read();
  base::Result<Deployment> add(Deployment deployment);

  std::filesystem::path data_;
  std::filesystem::path versions_;
  std::vector<Deployment> all_;
};

// A version as it was installed. data_loss when its files no longer give the program of that hash.
base::Result<flow::Program> load_installed(const std::filesystem::path& versions,
                                           const std::string& hash);

}  // namespace millrace::app
