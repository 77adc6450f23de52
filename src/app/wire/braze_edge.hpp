// The Braze sandbox with what it needs around it: a store, a listener and a thread of its own, so
// that its work never delays a conversation.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "app/wire/options.hpp"
#include "base/json.hpp"
#include "base/world.hpp"
#include "braze/braze.hpp"
#include "lanes/notices.hpp"

namespace millrace::app {

class BrazeEdge {
 public:
  struct Listening {
    size_t connections_max = 1'000;
    std::shared_ptr<lanes::Notices> notices;
  };
  // Keeps its data and its key in the data folder, so that both outlive a restart.
  // Without keys in the options there is one of its own, which may do everything; `make_anew` as in
  // data_folder.hpp.
  static base::Result<std::unique_ptr<BrazeEdge>> open(
      const std::filesystem::path& data, const Endpoint& endpoint, base::Clock& clock,
      base::Random& random, base::Log& log, Listening listening, braze::SandboxOptions options = {},
      const std::vector<std::string>& make_anew = {});
  ~BrazeEdge();

  const std::string& url() const;
  const std::string& api_key() const;
  // Deletes the profiles of people by lists of users/delete, to the last byte of what is kept;
  // waits for the store. Error: unavailable.
  using Names = std::map<std::string, json::array>;
  base::Result<void> forget(const Names& names);
  void stop();

 private:
  struct Parts;
  explicit BrazeEdge(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace::app
