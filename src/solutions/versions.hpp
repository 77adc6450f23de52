// The installed versions of a data folder, each read when it is first asked for and then kept.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "delivery/kind.hpp"
#include "flow/flow.hpp"

namespace millrace::solutions {

class Versions {
 public:
  using ProgramPtr = std::shared_ptr<const flow::Program>;
  // `folder` is `versions/` of a data folder.
  Versions(std::filesystem::path folder, delivery::Kinds kinds)
      : folder_(std::move(folder)), kinds_(kinds) {}

  // data_loss when its files are not there, or no longer give the program of that hash.
  base::Result<ProgramPtr> program(const std::string& hash);
  // Every node's id and the text it is written with (flow::node_sources); empty when it cannot be
  // read.
  const std::map<std::string, std::string>& node_sources(const std::string& hash);

 private:
  const std::filesystem::path folder_;
  const delivery::Kinds kinds_;
  std::map<std::string, base::Result<ProgramPtr>> programs_;
  std::map<std::string, std::map<std::string, std::string>> sources_;
};

// The same without keeping it.
base::Result<flow::Program> read_version(const std::filesystem::path& versions,
                                         const std::string& hash, delivery::Kinds kinds);

}  // namespace millrace::solutions
