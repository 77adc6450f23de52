// Solutions for the operator's API: the room `solutions`, with its values as JSON.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>

#include "api/api.hpp"
#include "app/wire/python_inspector.hpp"
#include "solutions/solutions.hpp"

namespace millrace::app {

class OperatorDesk final : public api::Desk {
 public:
  struct Ports {
    std::filesystem::path data;
    solutions::Inspector& inspector;
    const runtime::Solutions& solutions;
    base::Clock& clock;
    std::string seal_key;
  };
  explicit OperatorDesk(Ports ports) : ports_(std::move(ports)) {}

  base::Result<json::array> versions(std::string_view solution) override;
  base::Result<json::array> list_deploys(std::string_view solution) override;
  base::Result<json::array> files(std::string_view solution, std::string_view version) override;
  base::Result<json::object> file(std::string_view solution, std::string_view version,
                                  std::string_view path) override;
  base::Result<json::object> check(std::string_view solution, const json::object& files) override;
  base::Result<json::object> impact(std::string_view solution,
                                    const json::object& subject) override;
  base::Result<json::object> deploy(std::string_view solution, const json::object& order) override;
  base::Result<json::object> roll_back(std::string_view solution,
                                       const json::object& order) override;
  base::Result<json::object> replay(base::Id chat) override;
  base::Result<json::object> test_of(base::Id chat) override;
  base::Result<json::object> live_nodes(std::string_view solution) override;
  base::Result<MisunderstoodPage> misunderstood(const runtime::ChatFilter& filter,
                                                std::string_view locale) override;

 private:
  struct Counted {
    base::Timestamp at;
    json::object nodes;
  };
  base::Result<flow::Files> files_of(std::string_view solution, std::string_view version);
  // What was counted no longer ago than that.
  std::optional<json::object> counted(std::string_view solution, int64_t for_ms);

  const Ports ports_;
  std::mutex mutex_;        // one inspects or deploys at a time
  std::mutex count_mutex_;  // one counts at a time
  std::mutex counted_mutex_;
  std::map<std::string, Counted, std::less<>> counted_;  // by solution
};

}  // namespace millrace::app
