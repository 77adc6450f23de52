// The port behind which solutions are worked on, for the public header and the operations: folders
// and files, git, drafts that are checked and tried, test runs, scripts. Bodies and answers are
// those of the document. Blocks; thread-safe. What is not there is not_found.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"

namespace millrace::api {

class Studio {
 public:
  using Object = base::Result<json::object>;
  using Array = base::Result<json::array>;
  using Done = base::Result<void>;
  struct Place {
    std::string_view solution;
    std::string_view workspace;
  };
  // Somebody signed in: who a conversation belongs to, and whose a commit is.
  struct Person {
    std::string who;
    std::string name;
  };

  virtual ~Studio() = default;

  virtual Array workspaces(std::string_view solution) = 0;
  virtual Object add_workspace(std::string_view solution, const json::object& order) = 0;
  virtual Done remove_workspace(const Place& place) = 0;
  virtual Array files(const Place& place) = 0;
  // What others may have changed, looked at once: hashes by path, and where git stands ("" where
  // there is no repository).
  struct Looked {
    std::map<std::string, std::string> files;
    std::string branch;
    std::string head;
  };
  virtual base::Result<Looked> look(const Place& place) = 0;
  virtual Object file(const Place& place, std::string_view path) = 0;
  // With `conflicts` nothing was saved.
  virtual Object save(const Place& place, const json::object& order) = 0;
  virtual Object format(const json::object& order) = 0;
  virtual Object refactor(const Place& place, const json::object& order) = 0;
  virtual Object check(const Place& place, const json::object& order) = 0;
  virtual Object diff(const Place& place, const json::object& order) = 0;
  virtual Object schema(std::string_view name) = 0;

  virtual Object git(const Place& place) = 0;
  struct LogChoice {
    std::string path;
    std::string node;
    size_t skip = 0;
    size_t limit = 100;
  };
  virtual Array git_log(const Place& place, const LogChoice& choice) = 0;
  virtual Object git_diff(const Place& place, std::string_view from, std::string_view to,
                          std::string_view path) = 0;
  virtual Object git_commit(const Place& place, const json::object& order,
                            const Person& person) = 0;
  virtual Object git_switch(const Place& place, const json::object& order) = 0;
  virtual Object git_pull(const Place& place) = 0;
  virtual Object git_push(const Place& place) = 0;

  virtual Object begin_try(const json::object& order, const Person& person) = 0;
  // Whose solution it is held with; not_found: none of this person's.
  virtual base::Result<std::string> solution_of_try(std::string_view id, const Person& person) = 0;
  // `what` is say, back, reload, test or "" (as it stands).
  virtual Object in_try(std::string_view id, std::string_view what, const json::object& order,
                        const Person& person) = 0;
  virtual Done end_try(std::string_view id, const Person& person) = 0;

  // A model is made of the draft's examples, in a run, and kept in memory for drafts alone.
  virtual Object train_model(const Place& place, const json::object& order) = 0;
  // failed_precondition: no model was made of these examples.
  virtual Object parse_texts(const Place& place, const json::object& order) = 0;
  virtual Object evaluate_model(const Place& place, const json::object& order) = 0;

  virtual Object run_tests(const Place& place, const json::object& order) = 0;
  virtual Object run(std::string_view id) = 0;  // has its `solution`
  virtual Object inspect_action(const Place& place, std::string_view action,
                                const json::object& order) = 0;
  virtual Object run_action(const Place& place, std::string_view action,
                            const json::object& order) = 0;

  virtual Array secrets() = 0;  // names and dates
  virtual Object set_secret(std::string_view name, std::string_view value) = 0;
  virtual Done remove_secret(std::string_view name) = 0;

  // Whether changing this file takes no more than solution.write.
  virtual bool is_authors_file(std::string_view path) const = 0;
};

}  // namespace millrace::api
