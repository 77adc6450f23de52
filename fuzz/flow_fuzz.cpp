// Bytes as the files of a solution: whatever they are, compiling ends with problems or a program.
// The files are told apart by a line of "====".
#include <string_view>

#include "base/text.hpp"
#include "flow/flow.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const char* names[] = {"templates/bot.csv", "solution.yaml", "messages/pt-BR.yaml"};
  flow::Files files;
  for (const char* name : names) {
    const auto end = text.find("====\n");
    files[name] = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + 5);
  }
  const flow::AppFacts facts{{"Test"}, {{"sandbox", {"url"}}}, {"SendIt"}};
  const auto compiled = flow::compile(files, facts);
  for (const flow::Problem& problem : compiled.problems) (void)problem.describe();
  return 0;
}
