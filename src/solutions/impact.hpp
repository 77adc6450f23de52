// What a deploy, or a way back from one, means to the people who are talking.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"
#include "runtime/archive.hpp"
#include "solutions/deployments.hpp"
#include "solutions/solutions.hpp"
#include "solutions/versions.hpp"

namespace millrace::solutions {

// The people a data folder has talked with.
struct Conversations {
  runtime::Archive* archive = nullptr;  // null where nothing was ever served
  std::string seal_key;
};

struct Impact {
  struct AtNode {
    size_t touched = 0;
    size_t stranded = 0;
  };
  size_t chats = 0;                     // live ones of the solution
  size_t touched = 0;                   // stand on a node that is changed or taken away
  size_t stranded = 0;                  // could not migrate now
  size_t unreadable = 0;                // not counted among `chats`
  std::map<std::string, AtNode> nodes;  // by id, "" before the first; those with any
};
// What deploying `fresh`, which is sound, would do to live chats.
base::Result<Impact> impact(const Loaded& fresh, const Conversations& conversations,
                            Versions& versions);

struct RollbackOrder {
  std::string solution;
  std::string to;  // "v3" or a hash; "": the version below the current one
  runtime::OnLive on_live = runtime::OnLive::pin;
  base::Timestamp at;
};
struct RolledBack {
  static constexpr size_t kNamedMax = 20;

  Deployment from;  // what was current; the same version as `now` when only the policy has changed
  Deployment now;
  size_t on_from = 0;           // live chats that stand on `from`
  size_t staying = 0;           // of those, who stay there under this policy
  size_t can_migrate = 0;       // of the ones that stay, who could go on at the same node
  std::vector<base::Id> named;  // of the ones that stay, the latest kNamedMax
};
// Makes an older version the current one, and says who stays on the one that was left. Errors:
// not_found, nothing was deployed, or no such version; failed_precondition, there is none below.
// Once it is on record what cannot be read of the chats is an error that says so.
base::Result<RolledBack> roll_back(const RollbackOrder& order, Deployments& deployments,
                                   const Conversations& conversations, Versions& versions);

}  // namespace millrace::solutions
