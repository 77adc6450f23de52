// Which lines of which file say what a node is.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "flow/language/reading.hpp"

namespace millrace::flow {

std::map<std::string, std::string> node_sources(const Files& files) {
  Problems problems;
  Sources read;
  read.reads_whole = true;
  const Drafts drafts = read_drafts(files, read, problems);
  std::map<std::string, std::set<int>> begins;
  for (const Draft& draft : drafts.nodes) begins[draft.file].insert(draft.line());
  std::map<std::string, std::vector<std::string_view>> lines;
  for (const auto& [file, text] : files) {
    if (begins.contains(file)) lines[file] = base::split(text, '\n');
  }
  std::map<std::string, std::string> out;
  for (const Draft& draft : drafts.nodes) {
    const auto& all = lines[draft.file];
    const auto& starts = begins[draft.file];
    const auto next = starts.upper_bound(draft.line());
    const size_t end = next == starts.end() ? all.size() : static_cast<size_t>(*next) - 1;
    std::string& source = out[draft.id];
    for (size_t i = static_cast<size_t>(std::max(draft.line(), 1)) - 1;
         i < std::min(end, all.size()); ++i) {
      const auto line = base::trim(all[i]);
      if (line.empty() || line.starts_with('#')) continue;
      source.append(line).push_back('\n');
    }
  }
  return out;
}

}  // namespace millrace::flow
