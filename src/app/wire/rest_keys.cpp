#include "app/wire/rest_keys.hpp"

namespace millrace::app {

base::Result<std::string> ServedRestKeys::key_of(const runtime::Solution& solution) {
  return value_of(solution, solution.program->rest_key);
}

base::Result<std::string> ServedRestKeys::identity_key_of(const runtime::Solution& solution) {
  return value_of(solution, solution.program->identity_key);
}

base::Result<std::string> ServedRestKeys::value_of(const runtime::Solution& solution,
                                                   const std::string& written) {
  if (written.empty()) return std::string();
  const auto now = std::chrono::steady_clock::now();
  const std::string name = solution.name + "\n" + written;
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(name);
  if (found != kept_.end() && found->second.until > now) return found->second.key;
  const auto rights = grants_.rights_of(solution.name);
  auto key = rights ? secrets_.expand(written, *rights) : std::unexpected(rights.error());
  if (key && key->empty()) {
    key = base::fail(base::Code::not_found, "the key is empty", written);
  }
  kept_.insert_or_assign(name, Kept{key, now + kKeptFor});
  return key;
}

}  // namespace millrace::app
