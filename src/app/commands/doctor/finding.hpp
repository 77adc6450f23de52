// What `millrace doctor` looks at, each as a value: how it stands, and what to do where it does not
// stand well. The checks change nothing but a file of their own that they take away again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/wire/options.hpp"
#include "app/wire/world_options.hpp"
#include "base/json.hpp"

namespace millrace::app {

enum class State { right, doubtful, wrong };

struct Finding {
  std::string name;  // "kernel", "disk", ...
  State state = State::right;
  std::string found;
  std::string remedy;  // "" where there is nothing to mend
};

struct DoctorOptions {
  std::filesystem::path data;  // "" = none is looked at
  Endpoint listen{"127.0.0.1", 8080};
  std::string braze_url;  // "" = Braze is not asked
  WorldOptions world;
};

// The kernel, the walls around scripts, descriptors and the clock.
std::vector<Finding> look_at_machine(const DoctorOptions& options);
// The data folder: whose it is, its disk, its keys, what is deployed, whether it is served.
std::vector<Finding> look_at_data(const DoctorOptions& options);
// The address to listen on, and Braze.
std::vector<Finding> look_at_network(const DoctorOptions& options);

// Each judges figures that were read elsewhere.
Finding judge_kernel(const std::string& release);
Finding judge_descriptors(size_t count);
// What a data folder's disk is: `type` as statfs(2) tells it, and bytes that are left.
Finding judge_disk(uint64_t type, uint64_t left, uint64_t disk_min);
// `median_us`: of writing and syncing 4 KiB.
Finding judge_syncs(int64_t median_us);
// `behind_s`: how far this machine's clock is behind another's.
Finding judge_clock(int64_t behind_s, const std::string& whose);

bool all_well(const std::vector<Finding>& findings);  // nothing is wrong; it may be doubtful
// A line each, with the remedy below what is not right.
std::string as_text(const std::vector<Finding>& findings);
json::object as_json(const std::vector<Finding>& findings);

}  // namespace millrace::app
