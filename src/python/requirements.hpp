// Reads a solution's requirements.txt. Pure. Only names with versions are accepted: a line that
// points elsewhere or sets an option of the installer's could run code outside of the sandbox.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace millrace::python {

// The requirements as they may be handed to pip: "requests>=2.28,<3", "tomli;
// python_version<'3.11'". Empty lines and comments are left out. An error names the line.
base::Result<std::vector<std::string>> read_requirements(std::string_view text);

}  // namespace millrace::python
