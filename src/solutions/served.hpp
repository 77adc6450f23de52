// Which solutions a server serves: the folders that its command line names and what was deployed to
// its data folder, kept up with while deploys are made by other processes.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/world.hpp"
#include "runtime/solutions.hpp"
#include "solutions/deployments.hpp"
#include "solutions/solutions.hpp"

namespace millrace::solutions {

// Whoever runs the scripts of what is served.
class ScriptHost {
 public:
  virtual ~ScriptHost() = default;
  // Told before scripts are inspected or added: whether one solution is all there is to serve,
  // which may then have more.
  virtual void set_alone(bool is_alone) = 0;
  // Makes an installed version's scripts known. Blocks while packages are installed.
  virtual base::Result<void> add_version(const flow::Program& program,
                                         const std::filesystem::path& folder) = 0;
  // Starts a worker of that version before it is needed.
  virtual void prewarm(std::string_view hash) = 0;
};

class Served {
 public:
  struct Ports {
    Inspector& inspector;
    ScriptHost& scripts;
    std::shared_ptr<Holdings> holdings;
    delivery::Kinds kinds;
    base::Clock& clock;
    base::Log& log;
  };
  // What the ports are of must outlive it.
  Served(std::filesystem::path data, Ports ports);

  // Deploys folders as they are now, those that are not current already. `tell` hears of each
  // problem, and any error among a folder's refuses it (invalid_argument).
  using Tell = std::function<void(const std::filesystem::path& folder, const flow::Problem&)>;
  base::Result<void> add(const std::vector<std::filesystem::path>& folders, const Tell& tell);
  // Serves what is on record and not served yet.
  base::Result<void> take_up_all();
  // Chats begun on an older version stay on it, so each is kept ready; its workers start when
  // called.
  base::Result<void> add_old_versions();
  // Called on the watching thread when a solution has another version; set before watch().
  void when_deployed(std::function<void(const std::string& solution)> callback) {
    deployed_ = std::move(callback);
  }
  // From now on looks for deploys made by other processes, on a thread of its own.
  void watch();
  void stop_watching();

  const runtime::Solutions& solutions() const { return solutions_; }
  // The folders that the command line gave, by the names of their solutions.
  const std::map<std::string, std::filesystem::path, std::less<>>& folders() const {
    return folders_;
  }

 private:
  base::Result<Deployments> deployments() const {
    return Deployments::open(data_, ports_.holdings);
  }
  base::Result<void> add_one(const std::filesystem::path& folder, const Tell& tell);
  base::Result<void> take_up(const Deployment& deployment);
  std::shared_ptr<const dialog::Reader> reader_of_version(const flow::Program& program);
  void look(const std::stop_token& asked_to_stop);

  const std::filesystem::path data_;
  const std::filesystem::path versions_;
  Ports ports_;
  std::vector<std::string> named_;  // names of the solutions that the command line gave
  std::map<std::string, std::filesystem::path, std::less<>> folders_;
  runtime::Solutions solutions_;
  std::function<void(const std::string&)> deployed_;
  std::jthread watcher_;
};

}  // namespace millrace::solutions
