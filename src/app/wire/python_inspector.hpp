// A solution's scripts, looked at by Python behind the sandbox's walls: what they may see while
// they are, and the packages they ask for.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "secrets/secrets.hpp"
#include "solutions/solutions.hpp"

namespace millrace::app {

// The variables that a solution's scripts may see: those that solution.yaml declares and that it
// has a right to, from this process's environment, with `given` on top.
using Variables = std::map<std::string, std::string>;

// What a solution of that name may have.
using RightsOf = std::function<base::Result<secrets::Rights>(std::string_view solution)>;

struct LoadOptions {
  Variables given;                 // handed to app.py while it is inspected
  std::filesystem::path packages;  // where installed packages are kept; "": in the user's cache
  bool is_sandboxed = true;
  RightsOf rights = [](std::string_view) { return secrets::Rights::all(); };
};

class PythonInspector final : public solutions::Inspector {
 public:
  explicit PythonInspector(LoadOptions options) : options_(std::move(options)) {}
  base::Result<solutions::Inspected> inspect(const std::filesystem::path& folder,
                                             const flow::Program& declared) override;

 private:
  const LoadOptions options_;
};

// solutions::load() with it, for the kinds of receivers that there are.
base::Result<solutions::Loaded> load_solution(const std::filesystem::path& folder,
                                              LoadOptions options);

// The folder with what requirements.txt asks for, installed when it is not there yet, which is said
// on standard error; "" when nothing is asked for. `packages` as in LoadOptions.
base::Result<std::filesystem::path> packages_of(const std::filesystem::path& folder,
                                                const std::filesystem::path& packages);

// `given` is everybody's; of this process's environment only what the solution has a right to.
Variables declared_variables(const std::vector<std::string>& names, const Variables& given,
                             const secrets::Rights& rights);

}  // namespace millrace::app
