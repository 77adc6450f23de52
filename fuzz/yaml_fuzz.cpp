// Bytes as a YAML flow and as YAML to be laid out: whatever they are, it ends with problems, a
// program or a text; laying out twice changes nothing.
#include <cstdlib>
#include <string_view>

#include "flow/convert.hpp"
#include "flow/yaml_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto compiled = flow::compile({{"flows/main.flow.yaml", text}}, {{"Test"}, {}, {"SendIt"}});
  for (const flow::Problem& problem : compiled.problems) (void)problem.describe();
  (void)flow::yaml_to_csv({{"flows/main.flow.yaml", text}});
  const auto formatted = flow::format_yaml(text);
  if (!formatted) return 0;
  const auto twice = flow::format_yaml(*formatted);
  if (!twice || *twice != *formatted) std::abort();
  return 0;
}
