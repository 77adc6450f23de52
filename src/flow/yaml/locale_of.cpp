#include <algorithm>

#include "flow/parts.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {

int read_threshold(YamlFile& file, const YamlPair& pair) {
  const auto given = file.number(pair);
  if (!given) return 0;
  const double permille = *given * 1'000;
  if (permille >= 1 && permille <= 1'000) return static_cast<int>(permille + 0.5);
  file.error(pair, "bad_threshold", "a probability is above 0 and at most 1", "write one like 0.8");
  return 0;
}

std::optional<size_t> locale_of(YamlFile& file, std::string_view folder,
                                const std::vector<std::string>& locales) {
  constexpr std::string_view kEnding = ".yaml";
  const auto name = std::string_view(file.name()).substr(folder.size());
  const auto stem = name.ends_with(kEnding) ? name.substr(0, name.size() - kEnding.size()) : name;
  // A language may have several: pt-BR.yaml, pt-BR.reviewed.yaml.
  const auto found = std::ranges::find(locales, stem.substr(0, stem.find('.')));
  if (found != locales.end() && stem.size() != name.size()) {
    return static_cast<size_t>(found - locales.begin());
  }
  file.error(0, "", "unknown_locale", "no locale '" + std::string(stem) + "' in solution.yaml",
             "add it to locales, or rename the file to one of " + list_of(locales) + ".yaml");
  return std::nullopt;
}

}  // namespace millrace::flow
