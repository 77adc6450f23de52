// What the commands about versions are told, and how they name one.
#pragma once

#include <filesystem>
#include <string>

#include "app/wire/world_options.hpp"
#include "base/json.hpp"
#include "solutions/deployments.hpp"

namespace millrace::app::cli {
class App;
}

namespace millrace::app {

struct VersionOptions {
  std::filesystem::path solution;
  std::filesystem::path data;
  std::string name;
  std::string version;
  std::string on_live = "pin";
  bool skip_tests = false;
  bool json = false;
  WorldOptions world;
};

void add_data_option(cli::App& command, VersionOptions& options);
void add_on_live_option(cli::App& command, VersionOptions& options);
void add_json_flag(cli::App& command, VersionOptions& options);

// "v3"
std::string version_of(const solutions::Deployment& deployment);
// {"solution": "Hotel", "version": "v3", "hash": "1f0c..."}
json::object as_json(const solutions::Deployment& deployment);
// "Hotel v3  1f0c..."
std::string line_of(const solutions::Deployment& deployment);

}  // namespace millrace::app
