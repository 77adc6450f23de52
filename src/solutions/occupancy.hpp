// Where in its flows the people are who talk with a solution, and what became of those who came by.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "runtime/archive.hpp"
#include "solutions/versions.hpp"

namespace millrace::solutions {

struct AtNode {
  size_t here = 0;     // live chats that stand there
  size_t passed = 0;   // chats in which something was said there, or that were left there
  size_t dropped = 0;  // chats that were given up there: ended by the consumer or by silence, or
                       // left for a later one
  size_t failed = 0;   // calls there that did not return, and chats parked there
};
struct Occupancy {
  // By version, then by a node's id; those with any. A chat counts for the version it is on.
  std::map<std::string, std::map<std::string, AtNode>> versions;
  size_t unreadable = 0;  // chats, not counted
  bool is_whole = true;   // false: of the chats since then only the latest were read
};

struct OccupancyChoice {
  runtime::ChatFilter chats;  // of which solution
  base::Timestamp since;      // of all but `here`
  size_t chats_max = 5'000;   // that are read for it
};
// What was before `since` does not count, but for where live chats stand.
base::Result<Occupancy> occupancy(runtime::Archive& archive, const OccupancyChoice& choice,
                                  const std::string& seal_key, Versions& versions);

}  // namespace millrace::solutions
