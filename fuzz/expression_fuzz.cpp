// Bytes as an expression: parsed and, where that succeeds, evaluated over odd values.
#include <string_view>

#include "flow/expression.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const auto parsed = flow::Expression::parse({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  for (const char* value : {"", "0", "-1.5", "1990-02-28", "true", "{X}", "999999999999999999"}) {
    const auto result = parsed->evaluate({[&](std::string_view name) -> std::optional<std::string> {
                                            if (name == "NONE") return std::nullopt;
                                            return value;
                                          },
                                          base::Timestamp{1'767'603'600'000}});
    if (result) (void)flow::to_text(*result);
  }
  return 0;
}
