// A test build can make the engine throw at a node, so that it can be seen that nobody but that
// chat is hurt. In every other build there is no such thing.
#pragma once

#include <functional>
#include <stdexcept>
#include <string_view>

namespace millrace::dialog {

#ifdef MILLRACE_BREAKABLE
// Whether the engine throws on entering the node of this id. For one thread.
inline std::function<bool(std::string_view node)> is_poisoned;

inline void throw_if_poisoned(std::string_view node) {
  if (is_poisoned && is_poisoned(node)) throw std::logic_error("a node that was poisoned");
}
#else
inline void throw_if_poisoned(std::string_view) {}
#endif

}  // namespace millrace::dialog
