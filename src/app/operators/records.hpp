// What the operator's API reads and orders of a data folder that this server holds.
#pragma once

#include <filesystem>

#include "api/api.hpp"
#include "app/wire/action_edge.hpp"
#include "app/wire/braze_edge.hpp"
#include "app/wire/media/media_edge.hpp"
#include "runtime/identities.hpp"
#include "runtime/retirement.hpp"
#include "runtime/runtime.hpp"

namespace millrace::app {

class OperatorRecords final : public api::Records {
 public:
  struct Ports {
    std::filesystem::path data;
    runtime::Runtime& runtime;
    runtime::Retirements& journal;
    runtime::DeliveryStore& deliveries;
    runtime::Identities& identities;
    ActionEdge& actions;
    BrazeEdge* sandbox;  // nullptr: this server has none
    MediaEdge& media;
    std::string seal_key;
  };
  explicit OperatorRecords(Ports ports) : ports_(std::move(ports)) {}

  base::Result<std::unique_ptr<runtime::Archive>> archive() override;
  base::Result<void> traces(std::string_view chat, const Each& each) override;
  std::string summary(const runtime::StoredDelivery& delivery) override;
  base::Result<void> order(runtime::DeliveryOrder::Action action,
                           const std::vector<int64_t>& rows) override;
  base::Result<std::set<base::Id>> person(base::Id consumer) override;
  base::Result<void> export_person(const std::set<base::Id>& person, const Each& each) override;
  base::Result<json::object> erase(const std::set<base::Id>& person) override;

 private:
  base::Result<bool> is_at_rest(base::Id consumer);
  base::Result<runtime::Retired> retire(const runtime::Retirement& what);
  base::Result<void> retire_all(const std::set<base::Id>& person);
  base::Result<void> part(base::Id consumer);
  base::Result<json::array> left_of() const;

  const Ports ports_;
};

}  // namespace millrace::app
