// The keys that solution.yaml names and the secrets' places have: of REST channels, and those under
// which sites prove who their visitors are. A key that was read counts for half a minute, so that a
// changed one counts soon.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "app/wire/data/grant_book.hpp"
#include "channels/rest/rest.hpp"
#include "engage/engage.hpp"
#include "secrets/secrets.hpp"

namespace millrace::app {

class ServedRestKeys final : public channels::RestKeys, public engage::IdentityKeys {
 public:
  static constexpr std::chrono::seconds kKeptFor{30};

  // Only what the operator grants a solution is read for it.
  ServedRestKeys(const secrets::Resolver& secrets, const GrantBook& grants)
      : secrets_(secrets), grants_(grants) {}

  base::Result<std::string> key_of(const runtime::Solution& solution) override;
  base::Result<std::string> identity_key_of(const runtime::Solution& solution) override;

 private:
  struct Kept {
    base::Result<std::string> key;
    std::chrono::steady_clock::time_point until;
  };
  base::Result<std::string> value_of(const runtime::Solution& solution, const std::string& written);

  const secrets::Resolver& secrets_;
  const GrantBook& grants_;
  std::mutex mutex_;
  std::map<std::string, Kept, std::less<>> kept_;  // by what solution.yaml says, which is bounded
};

}  // namespace millrace::app
