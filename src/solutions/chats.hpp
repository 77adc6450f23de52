// Chats as an archive has them, for whoever asks about a solution.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dialog/dialog.hpp"
#include "runtime/archive.hpp"
#include "solutions/deployments.hpp"

namespace millrace::solutions {

// Every chat that a filter means, whatever its limit, those with the latest turn first.
using EachChat = std::move_only_function<base::Result<void>(const runtime::ChatEntry& chat)>;
base::Result<void> each_chat(runtime::Archive& archive, runtime::ChatFilter filter, EachChat each);

// A chat's state as its last turn left it.
base::Result<dialog::State> state_of(runtime::Archive& archive, const runtime::ChatEntry& chat,
                                     const std::string& seal_key);

// The versions that were ever deployed of a solution: for chats of a former build, which do not say
// the name of theirs.
std::vector<std::string> versions_of(const Deployments& deployments, std::string_view solution);

struct ListedVersion {
  Deployment deployment;
  bool is_current = false;
  size_t live = 0;  // chats that stand on it and have not ended
};
// What was deployed, the oldest first. `archive` is null where nothing was ever served.
base::Result<std::vector<ListedVersion>> list_versions(const Deployments& deployments,
                                                       runtime::Archive* archive);

}  // namespace millrace::solutions
