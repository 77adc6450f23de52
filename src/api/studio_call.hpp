// What the operations on workspaces share, for the files of this room only.
#pragma once

#include "api/operation.hpp"

namespace millrace::api {

// The workspace that the path names.
inline Studio::Place place_of(const Call& call) {
  return {call.path["solution"], call.path["workspace"]};
}
inline Studio::Person person_of(const Call& call) {
  return {call.asker.principal.who(), call.asker.principal.name};
}

inline Replied replied(base::Result<json::object> body, int status = 200) {
  if (!body) return std::unexpected(body.error());
  return Reply::at(status, std::move(*body));
}
inline Replied listed_or_refused(base::Result<json::array> items) {
  if (!items) return std::unexpected(items.error());
  return listed(std::move(*items), std::nullopt);
}

// A file that a port gave, under its hash as ETag; 304 to whoever has it already.
Replied file_or_unchanged(const Call& call, base::Result<json::object> file);

// What may run on the server, or says whom it may reach, takes script.write besides the operation's
// own right. permission_denied.
base::Result<void> check_script_right(const Call& call, std::string_view solution,
                                      std::string_view path);
// Of all files under that member of the body: a script among them runs when it is inspected.
base::Result<void> check_files_right(const Call& call, std::string_view solution,
                                     std::string_view member);
inline base::Result<void> check_overlay_right(const Call& call, std::string_view solution) {
  return check_files_right(call, solution, "overlay");
}

// What a port says of the workspace with the changes of the body laid over it; whoever lays scripts
// over it wants the right to.
template <typename Work>
Replied on_draft(Call& call, Work work, int status = 200) {
  if (auto may = check_overlay_right(call, call.path["solution"]); !may) {
    return std::unexpected(may.error());
  }
  return replied((call.ports.studio.*work)(place_of(call), call.body), status);
}

// A row of the audit log about the path's solution: "SOLUTION/WHAT".
base::Result<void> note(Call& call, std::string_view action, std::string_view what,
                        std::string_view after = "");

}  // namespace millrace::api
