// Bytes as a YAML flow and as YAML to be laid out: whatever they are, it ends with problems, a
// program or a text; laying out twice changes nothing. Read piece by piece, and by a compiler that
// has read half of them before, it says what it says when it is read whole.
#include <cstdlib>
#include <string_view>

#include "flow/compiler.hpp"
#include "flow/convert.hpp"
#include "flow/yaml_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const flow::AppFacts facts{{"Test"}, {}, {"SendIt"}};
  const auto compiled = flow::compile({{"flows/main.flow.yaml", text}}, facts);
  flow::Compiler compiler;
  compiler.check({{"flows/main.flow.yaml", text.substr(0, text.size() / 2)}}, facts);
  const auto again = compiler.check({{"flows/main.flow.yaml", text}}, facts);
  if (again.size() != compiled.problems.size()) std::abort();
  for (size_t i = 0; i < again.size(); ++i) {
    if (again[i].describe() != compiled.problems[i].describe()) std::abort();
  }
  (void)flow::yaml_to_csv({{"flows/main.flow.yaml", text}});
  const auto formatted = flow::format_yaml(text);
  if (!formatted) return 0;
  const auto twice = flow::format_yaml(*formatted);
  if (!twice || *twice != *formatted) std::abort();
  return 0;
}
