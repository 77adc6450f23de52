// Addresses as others write them: hosts, authorities, URLs, Location headers, rules. What is read
// has one spelling, which reads as the same thing again, and is never a way inside.
#include <cstdlib>

#include "egress/rules.hpp"
#include "egress/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace::egress;
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const Guard guard = *Guard::make({{"*:*"}, {}});
  if (const auto host = parse_host(text)) {
    const Authority authority{*host, 443};
    const auto again = parse_authority(to_string(authority), {});
    if (!again || *again != authority) std::abort();
    if (host->address) {
      const bool allowed = guard.check_addresses(authority, {&*host->address, 1}).has_value();
      if (allowed != (network_of(*host->address) == Network::global)) std::abort();
    }
  }
  if (const auto url = parse_url(text)) {
    const auto again = parse_url(url->text());
    if (!again || again->text() != url->text()) std::abort();
    if (url->text().find_first_of("@#\\ \r\n") < url->text().find('/', 8)) std::abort();
  }
  static const Url from = *parse_url("https://a.example/b/c?d");
  if (const auto url = parse_reference(from, text)) {
    const auto again = parse_url(url->text());
    if (again && again->text() != url->text()) std::abort();
    if (url->text().find_first_of("\r\n\\ ") != std::string::npos) std::abort();
  }
  (void)Guard::make({{text}, {text}});
  return 0;
}
