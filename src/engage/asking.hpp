// Who asks, and what they may: the shares and the origins of a call about a chat.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/resilience/shares.hpp"
#include "base/web/web.hpp"
#include "engage/tokens.hpp"
#include "runtime/solutions.hpp"

namespace millrace::engage {

struct Asker {
  std::string network;    // web::Request::network
  bool is_local = false;  // web::Request::is_local
};

// Takes what one call about a chat takes; the seconds to wait when there is too little.
std::optional<int> take_turn(base::Shares& shares, const Asker& asker, const Identity& identity,
                             size_t bytes);

// Takes, besides that, what one event of a page takes.
std::optional<int> take_event(base::Shares& shares, const Identity& identity);

// The pages of others that may talk to the solution.
std::vector<std::string> origins_of(const runtime::Solutions& solutions, base::Id app);

}  // namespace millrace::engage
