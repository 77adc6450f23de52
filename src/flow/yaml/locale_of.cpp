#include <algorithm>

#include "flow/parts.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {

std::optional<size_t> locale_of(YamlFile& file, std::string_view folder,
                                const std::vector<std::string>& locales) {
  constexpr std::string_view kEnding = ".yaml";
  const auto name = std::string_view(file.name()).substr(folder.size());
  const auto stem = name.ends_with(kEnding) ? name.substr(0, name.size() - kEnding.size()) : name;
  const auto found = std::ranges::find(locales, stem);
  if (found != locales.end() && stem.size() != name.size()) {
    return static_cast<size_t>(found - locales.begin());
  }
  file.error(0, "", "unknown_locale", "no locale '" + std::string(stem) + "' in solution.yaml",
             "add it to locales, or rename the file to one of " + list_of(locales) + ".yaml");
  return std::nullopt;
}

}  // namespace millrace::flow
