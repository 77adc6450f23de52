#include "delivery/kind.hpp"

#include <algorithm>

namespace millrace::delivery {

const Kind* kind_of(Kinds kinds, std::string_view receiver) {
  const auto found = std::ranges::find(kinds, receiver.substr(0, receiver.find(':')), &Kind::name);
  return found == kinds.end() ? nullptr : *found;
}

KindCommand command_of(Kinds kinds, std::string_view command) {
  for (const Kind* kind : kinds) {
    const auto found = std::ranges::find(kind->commands, command, &Command::name);
    if (found != kind->commands.end()) return {kind, &*found};
  }
  return {};
}

}  // namespace millrace::delivery
