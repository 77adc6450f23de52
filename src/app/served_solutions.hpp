// Which solutions the server serves: what the command line names and what was deployed to the data
// folder, kept up with while deploys are made by other processes.
#pragma once

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "app/action_edge.hpp"
#include "app/deployments.hpp"
#include "app/grant_book.hpp"

namespace millrace::app {

class ServedSolutions {
 public:
  // `loading`'s variables are the scripts' too. All must outlive it.
  ServedSolutions(std::filesystem::path data, LoadOptions loading, ActionEdge& actions,
                  GrantBook& grants, base::Clock& clock, base::Log& log);

  // Deploys folders as they are now. Their problems are written to standard error, and any error
  // among them refuses the folder.
  base::Result<void> add(const std::vector<std::filesystem::path>& folders);
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

 private:
  base::Result<void> add_one(const std::filesystem::path& folder);
  base::Result<void> take_up(const Deployment& deployment);
  base::Result<void> add_scripts(const flow::Program& program);
  void note_who_is_served(const Deployments& deployments);
  void look(const std::stop_token& asked_to_stop);

  const std::filesystem::path data_;
  const std::filesystem::path versions_;
  const LoadOptions loading_;
  ActionEdge& actions_;
  GrantBook& grants_;
  base::Clock& clock_;
  base::Log& log_;
  std::vector<std::string> named_;  // names of the solutions that the command line gave
  runtime::Solutions solutions_;
  std::function<void(const std::string&)> deployed_;
  std::jthread watcher_;
};

}  // namespace millrace::app
