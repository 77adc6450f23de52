// What a data folder holds (`millrace.json`): a name for the folder, and the files that were made
// in it and must be there again at the next start. So a file that was lost is told from one that
// was never made, and nothing that people rely on begins anew unnoticed.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "solutions/deployments.hpp"

namespace millrace::app {

class Manifest {
 public:
  // One of a folder that has none is empty. data_loss: it is damaged; failed_precondition: a later
  // version of this program made it.
  static base::Result<Manifest> read(const std::filesystem::path& data);

  bool holds(std::string_view name) const { return names_.contains(name); }
  // Notes files that were made, or struck off, durably. Several processes may do so.
  base::Result<void> add(const std::vector<std::string>& names);
  base::Result<void> strike(const std::vector<std::string>& names);

  static std::filesystem::path file_in(const std::filesystem::path& data);

 private:
  base::Result<void> load();
  base::Result<void> save() const;

  std::filesystem::path data_;
  std::string id_;
  std::set<std::string, std::less<>> names_;
};

// The manifest as whoever keeps a record in the folder sees it.
class ManifestHoldings final : public solutions::Holdings {
 public:
  explicit ManifestHoldings(std::filesystem::path data) : data_(std::move(data)) {}
  base::Result<bool> holds(std::string_view file) override;
  base::Result<void> note(std::string_view file) override;

 private:
  const std::filesystem::path data_;
};

}  // namespace millrace::app
