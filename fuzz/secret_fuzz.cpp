// The marks of secrets in a text, and a stored trace read back: they must not crash.
#include <cstdint>
#include <string_view>

#include "calls/calls.hpp"
#include "secrets/secrets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& name : secrets::names_in(text)) MILLRACE_CHECK(secrets::is_name(name));
  (void)secrets::Resolver().expand(text, secrets::Rights::all());
  if (const auto trace = calls::trace_from_json(text)) {
    MILLRACE_CHECK(calls::trace_from_json(calls::to_json(*trace)).has_value());
  }
  return 0;
}
