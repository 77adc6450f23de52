// The record of what was deployed to a data folder (`deployments.json`), and the installed versions
// it names. A running server reads it when it changes.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "flow/flow.hpp"
#include "runtime/solutions.hpp"

namespace millrace::solutions {

struct Deployment {
  std::string solution;
  int version = 0;  // 1, 2, 3, ...: the order in which the solution's versions were first deployed
  std::string hash;
  base::Timestamp at;
  runtime::OnLive on_live = runtime::OnLive::pin;
};

// What a data folder is known to hold, so that a record that was lost is told from one that was
// never made. Several processes may ask and note.
class Holdings {
 public:
  virtual ~Holdings() = default;
  virtual base::Result<bool> holds(std::string_view file) = 0;
  // Durably.
  virtual base::Result<void> note(std::string_view file) = 0;
};

class Deployments {
 public:
  // The data folder is made where it is missing. failed_precondition: the record was lost;
  // data_loss: it is damaged; each says what to do.
  static base::Result<Deployments> open(const std::filesystem::path& data,
                                        std::shared_ptr<Holdings> holdings);

  const std::vector<Deployment>& all() const { return all_; }  // the oldest first
  // The solution's last one; nullptr when there is none.
  const Deployment* current(std::string_view solution) const;
  // Of the last deploys, one for each solution.
  std::vector<Deployment> current() const;
  // "v3", "3", or a hash or the beginning of one.
  base::Result<Deployment> find(std::string_view solution, std::string_view version) const;

  // What `roll_back` goes to: the version that the current one was deployed over, as far as it has
  // not been left since. So a version that was rolled back from is never gone back to, and one
  // below the first there is none: nullopt.
  std::optional<Deployment> below_current(std::string_view solution) const;

  // What is installed: a sound solution's files, and the file of its model beside them, if any.
  struct Installing {
    const flow::Files& files;
    const flow::AppFacts& facts;
    const flow::Program& program;
    std::string model_name;
    std::string_view model;
  };
  // Installs it, and makes it the current version.
  base::Result<Deployment> deploy(const Installing& what, runtime::OnLive on_live,
                                  base::Timestamp at);
  // Makes an installed version the current one again. Of the current one only `on_live` can change.
  base::Result<Deployment> deploy_again(const Deployment& version, runtime::OnLive on_live,
                                        base::Timestamp at);

  std::filesystem::path folder_of(std::string_view hash) const { return versions_ / hash; }
  static std::filesystem::path file_in(const std::filesystem::path& data);

 private:
  base::Result<void> read();
  base::Result<Deployment> add(Deployment deployment);

  std::filesystem::path data_;
  std::filesystem::path versions_;
  std::shared_ptr<Holdings> holdings_;
  std::vector<Deployment> all_;
};

}  // namespace millrace::solutions
