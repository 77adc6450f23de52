// The journal's tables that only repeat what its turns say (the heads of consumers, the list of
// chats), made anew from them.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "base/world.hpp"

namespace millrace::storage {

struct Rebuilt {
  int64_t turns = 0;
  int64_t consumers = 0;
  int64_t chats = 0;
};

// Nobody else may use the journal. The old tables stand until the new ones are whole: what is cut
// short leaves them as they were. Progress goes to `log`. Errors: not_found, there is no journal;
// unavailable; data_loss, its turns cannot be read.
base::Result<Rebuilt> rebuild_journal(const std::filesystem::path& journal, base::Log& log);

}  // namespace millrace::storage
