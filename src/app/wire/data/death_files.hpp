// What is put aside, and what is counted towards it, as files in a data folder: one each, under
// `quarantine/`. A file that is removed is released, also beside a running server.
#pragma once

#include <filesystem>

#include "calls/calls.hpp"

namespace millrace::app {

class DeathFiles final : public calls::DeathRecords {
 public:
  explicit DeathFiles(std::filesystem::path data) : folder_(std::move(data) / "quarantine") {}

  std::optional<calls::DeathRecord> find(const std::string& id) override;
  // Durable when it returns.
  base::Result<void> keep(const calls::DeathRecord& record) override;
  void forget(const std::string& id) override;
  // In no order; files that cannot be read are passed over.
  std::vector<calls::DeathRecord> all() override;

 private:
  std::filesystem::path file_of(const std::string& id) const;
  std::filesystem::path folder_;
};

}  // namespace millrace::app
