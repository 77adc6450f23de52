// What operators work on, for the operator's API: the room `solutions` with its values as JSON.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "api/studio.hpp"
#include "app/wire/one_call.hpp"
#include "base/world.hpp"
#include "runtime/solutions.hpp"
#include "secrets/secrets.hpp"
#include "solutions/models/shelf.hpp"
#include "solutions/trying/runs.hpp"
#include "solutions/trying/tries.hpp"
#include "solutions/workspace/drafts.hpp"
#include "solutions/workspace/workspaces.hpp"

namespace millrace::app {

class OperatorStudio final : public api::Studio {
 public:
  struct Options {
    std::filesystem::path data;
    solutions::Workspaces::Folders folders;
    WorldOptions world;  // what scripts may reach that are run one at a time
    Variables given;     // handed to them
    std::string seal_key;
  };
  struct Ports {
    solutions::Inspector& inspector;
    const runtime::Solutions& solutions;
    RightsOf rights_of;
    base::Clock& clock;
    base::Random& random;
  };
  OperatorStudio(Options options, Ports ports);

  Array workspaces(std::string_view solution) override;
  Object add_workspace(std::string_view solution, const json::object& order) override;
  Done remove_workspace(const Place& place) override;
  Array files(const Place& place) override;
  base::Result<Looked> look(const Place& place) override;
  Object file(const Place& place, std::string_view path) override;
  Object save(const Place& place, const json::object& order) override;
  Object format(const json::object& order) override;
  Object refactor(const Place& place, const json::object& order) override;
  Object check(const Place& place, const json::object& order) override;
  Object diff(const Place& place, const json::object& order) override;
  Object schema(std::string_view name) override;

  Object git(const Place& place) override;
  Array git_log(const Place& place, const LogChoice& choice) override;
  Object git_diff(const Place& place, std::string_view from, std::string_view to,
                  std::string_view path) override;
  Object git_commit(const Place& place, const json::object& order, const Person& person) override;
  Object git_switch(const Place& place, const json::object& order) override;
  Object git_pull(const Place& place) override;
  Object git_push(const Place& place) override;

  Object begin_try(const json::object& order, const Person& person) override;
  base::Result<std::string> solution_of_try(std::string_view id, const Person& person) override;
  Object in_try(std::string_view id, std::string_view what, const json::object& order,
                const Person& person) override;
  Done end_try(std::string_view id, const Person& person) override;

  Object train_model(const Place& place, const json::object& order) override;
  Object parse_texts(const Place& place, const json::object& order) override;
  Object evaluate_model(const Place& place, const json::object& order) override;

  Object run_tests(const Place& place, const json::object& order) override;
  Object run(std::string_view id) override;
  Object inspect_action(const Place& place, std::string_view action,
                        const json::object& order) override;
  Object run_action(const Place& place, std::string_view action,
                    const json::object& order) override;

  Array secrets() override;
  Object set_secret(std::string_view name, std::string_view value) override;
  Done remove_secret(std::string_view name) override;

  bool is_authors_file(std::string_view path) const override;

  // Ends the runs that go on.
  void stop() { runs_.stop(); }

 private:
  // The files of a workspace with what `order` lays over them.
  base::Result<flow::Files> draft_of(const Place& place, const json::object& order);
  base::Result<std::shared_ptr<const solutions::Loaded>> loaded_of(const Place& place,
                                                                   const json::object& order);
  // Of a draft; failed_precondition where they are too few for a model.
  base::Result<solutions::TrainingSet> examples_of(const Place& place, const json::object& order);
  // Where it was made before: for drafts, by hand in the workspace, or for the version that is
  // current.
  std::shared_ptr<const std::string> model_at_hand(const Place& place,
                                                   const solutions::TrainingSet& set);
  base::Result<json::object> begin_run(solutions::RunKind kind, const Place& place,
                                       solutions::Runs::Work work);
  // What a workspace is compared with: "disk", "live", or a version.
  base::Result<flow::Files> compared_with(const Place& place, std::string_view what);
  base::Result<void> move_in(solutions::Try& held, const json::object& order);
  base::Result<void> run_awaited(solutions::Try& held);
  base::Result<OneRan> run_script(const solutions::Loaded& loaded, OneCall call, base::Log& log);

  const Options options_;
  const Ports ports_;
  solutions::Workspaces workspaces_;
  solutions::Drafts drafts_;
  solutions::Tries tries_;
  solutions::Shelf shelf_;
  solutions::Runs runs_;
};

// What was laid over a workspace's files; invalid_argument.
solutions::Overlay overlay_in(const json::object& order);
json::array shown(const std::vector<flow::Problem>& problems);

}  // namespace millrace::app
