// Which solutions are served, and every version that a live chat may still stand on. Read from all
// lanes while a deploy adds to it.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "dialog/dialog.hpp"
#include "flow/program.hpp"

namespace millrace::runtime {

// What a deploy does with chats that stand on an older version (docs/versions.md).
enum class OnLive { pin, migrate, restart };
std::string_view to_string(OnLive policy);
base::Result<OnLive> on_live_from(std::string_view name);

// One served solution: the ids under which the published APIs know it, and the version that new
// chats begin with. Never changes: a deploy puts another in its place.
struct Solution {
  std::string name;
  base::Id app_id;  // derived from the name, so that an embedded page survives a new data folder
  base::Id pype_id;
  base::Id stream_id;
  std::shared_ptr<const flow::Program> program;
  OnLive on_live = OnLive::pin;
  std::shared_ptr<const dialog::Reader> reader = {};  // of the version; null where it has no model
};
using SolutionPtr = std::shared_ptr<const Solution>;

// The `app_id` of the solution of that name.
base::Id app_id_of(std::string_view name);
Solution make_solution(std::shared_ptr<const flow::Program> program);

// Thread-safe.
class Solutions {
 public:
  // Takes the place of the solution of that name, or is added behind the others. The first one
  // added is the default.
  void deploy(Solution solution);
  // A version that only chats already begun may use. Without a reader one that it had stays.
  void add_version(std::shared_ptr<const flow::Program> program,
                   std::shared_ptr<const dialog::Reader> reader = nullptr);

  // nullptr when there is none.
  SolutionPtr find(base::Id app_id) const;
  SolutionPtr named(std::string_view name) const;
  SolutionPtr fallback() const;
  std::vector<SolutionPtr> all() const;
  // nullptr when no such version is installed.
  std::shared_ptr<const flow::Program> version(std::string_view hash) const;
  // nullptr when that version has no model.
  std::shared_ptr<const dialog::Reader> reader(std::string_view hash) const;
  // Where a consumer has said something, what the version's reader makes of it comes into the
  // input.
  void understand(const flow::Program& program, const dialog::State& state,
                  dialog::Input& input) const;

 private:
  mutable std::shared_mutex mutex_;
  std::vector<SolutionPtr> solutions_;
  std::map<std::string, std::shared_ptr<const flow::Program>, std::less<>> versions_;
  std::map<std::string, std::shared_ptr<const dialog::Reader>, std::less<>> readers_;
};

}  // namespace millrace::runtime
