// Bytes as what surrounds a body: query strings, tokens, e-mail addresses, dates, log lines.
#include <cstdlib>

#include "base/hash.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "base/web/web.hpp"
#include "engage/tokens.hpp"
#include "natives/natives.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string text(reinterpret_cast<const char*>(data), size);
  web::Request request;
  request.query = text;
  request.headers = {{"Authorization", text}, {"Content-Type", text}};
  (void)request.query_parameter("token");
  (void)request.bearer_token();
  (void)request.is_json();
  if (engage::read_token(std::string(32, 'k'), text, {0}))
    std::abort();  // nobody guesses a signature
  (void)base::is_email_address(text);
  (void)base::parse_iso8601(text);
  (void)natives::parse_consumer_date(text, "pt-BR");
  (void)base::squash(text);
  const std::string cleaned = base::clean_user_text(text);
  if (base::clean_user_text(cleaned) != cleaned) std::abort();
  const base::Sensitive secret{"s3cret-value", "api_key"};
  if (base::redact(text + "s3cret-value" + text, {&secret, 1}).find("s3cret-value") != text.npos) {
    std::abort();
  }
  return 0;
}
