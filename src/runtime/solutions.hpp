// Which solutions are served, and every version that a live chat may still stand on. Filled at the
// start, then read from all lanes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "flow/flow.hpp"

namespace millrace::runtime {

// One served solution: the ids under which the published APIs know it, and the version that new
// chats begin with.
struct Solution {
  std::string name;
  base::Id app_id;  // derived from the name, so that an embedded page survives a new data folder
  base::Id pype_id;
  base::Id stream_id;
  std::shared_ptr<const flow::Program> program;
};

Solution make_solution(std::shared_ptr<const flow::Program> program);

class Solutions {
 public:
  // The first one added is the default.
  void add(Solution solution);
  // A version that only chats already begun may use.
  void add_version(std::shared_ptr<const flow::Program> program);

  const Solution* find(base::Id app_id) const;
  const Solution* fallback() const;
  const std::vector<Solution>& all() const { return solutions_; }
  // nullptr when no such version is installed.
  std::shared_ptr<const flow::Program> version(std::string_view hash) const;

 private:
  std::vector<Solution> solutions_;
  std::map<std::string, std::shared_ptr<const flow::Program>, std::less<>> versions_;
};

}  // namespace millrace::runtime
