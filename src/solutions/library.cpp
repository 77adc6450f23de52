#include "solutions/library.hpp"

#include <algorithm>

namespace millrace::solutions {

extern const std::string_view kMakeApiCall;

std::vector<std::string> add_library_scripts(flow::Files& files) {
  constexpr std::string_view kName = "MakeAPICall";
  const std::string path = "action_nodes/" + std::string(kName) + ".py";
  const bool wanted = std::ranges::any_of(files, [&](const auto& file) {
    const bool is_flow = file.first.starts_with("templates/") || file.first.starts_with("flows/");
    return is_flow && file.second.contains(kName);
  });
  if (!wanted || files.contains(path)) return {};
  files.emplace(path, kMakeApiCall);
  return {std::string(kName)};
}

}  // namespace millrace::solutions
