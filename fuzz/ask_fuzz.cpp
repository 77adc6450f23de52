// Bytes as an answer to each type of ask, in each language.
#include <string_view>

#include "ask/ask.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* type : {"text", "email", "phone", "number", "date", "time", "choice", "yes_no",
                           "address", "regex", "file"}) {
    ask::Rules rules{.type = *ask::type_from(type),
                     .pattern = "[a-z]+",
                     .choices = {{"Single", {"Single"}}, {"Double", {"Double", "two beds"}}}};
    for (const char* locale : {"en", "pt-BR", "de"}) {
      const auto reading = ask::read(rules, text, locale, base::Date{2026, 1, 5});
      if (reading.verdict == ask::Verdict::accepted) {
        (void)ask::show(rules.type, reading.value, locale);
      }
    }
  }
  for (const char* locale : {"en", "pt", "es", "fr", "de"}) (void)ask::find_aside(text, locale);
  return 0;
}
