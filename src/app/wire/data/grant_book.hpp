// The operator's grants as they are kept: `grants.json` in the data folder, which `millrace grant`
// writes, or a file of the operator's (`serve --grants FILE`), which then is all there is. Read
// anew at every question, so that a change counts for whatever is taken up next.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "flow/flow.hpp"
#include "secrets/secrets.hpp"

namespace millrace::app {

// Of the data folder; an absent file grants nothing. data_loss: it is damaged.
base::Result<secrets::Grants> read_grants(const std::filesystem::path& data);
base::Result<void> write_grants(const std::filesystem::path& data, const secrets::Grants& grants);
// YAML or JSON: Name: {secrets: [...], variables: [...], hosts: [...]}.
base::Result<secrets::Grants> read_grants_file(const std::filesystem::path& file);

class GrantBook {
 public:
  struct Options {
    std::filesystem::path data;
    std::filesystem::path file;       // "": the data folder's
    std::vector<std::string> opened;  // --allow-internal
    bool gives_all = false;           // a developer's own solution, on their own machine
  };
  explicit GrantBook(Options options) : options_(std::move(options)) {}

  // Whether one solution is all that is served; more than one until this is said. Thread-safe.
  void set_alone(bool is_alone) { is_alone_.store(is_alone); }

  // Thread-safe. The error is a file that cannot be read.
  base::Result<secrets::Rights> rights_of(std::string_view solution) const;

  const std::filesystem::path& data() const { return options_.data; }
  const std::vector<std::string>& opened() const { return options_.opened; }

 private:
  const Options options_;
  std::atomic<bool> is_alone_{false};
};

// What a solution names: in solution.yaml, and as ${secret:NAME} in app.py.
secrets::Grant named_by(const flow::Program& program, std::string_view app_py);

// What of that it would not get, of what there is: the command that grants it, or "".
std::string lacking_command(const flow::Program& program, std::string_view app_py,
                            const secrets::Rights& rights, const std::filesystem::path& data);

}  // namespace millrace::app
