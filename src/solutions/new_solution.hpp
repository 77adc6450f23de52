// A new solution from a template: the examples, carried in the program.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "flow/flow.hpp"

namespace millrace::solutions {

struct Template {
  std::string_view name;
  std::string_view description;
  std::string_view example;  // folder of examples/
};
std::span<const Template> templates();

// An example's files as they are; none where there is no such example. Paths from its folder on.
flow::Files files_of_example(std::string_view example);

// The files of a template, for a solution of that name: paths from its folder on. `name` is what
// people call it, "my-bot" or "My bot". invalid_argument: no such template, or a name without a
// letter to begin with.
base::Result<flow::Files> files_of_template(std::string_view name_of_template,
                                            std::string_view name);

// Writes them into `folder`, which is new or empty, with a .gitignore and JSON Schemas for editors,
// and gives the paths in their order. already_exists when something is there; then nothing is
// written.
base::Result<std::vector<std::string>> write_solution(const std::filesystem::path& folder,
                                                      const flow::Files& files,
                                                      delivery::Kinds kinds);

}  // namespace millrace::solutions
