// Bytes as a whole request to the Braze sandbox: a method, a path, a query and a body, told apart
// by line breaks. Whatever they are, there is one answer, its body is JSON, and it names no key.
#include <cstdlib>
#include <string_view>

#include "tests/support/braze_sandbox.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto next = [&] {
    const auto end = text.find('\n');
    const std::string line(text.substr(0, end));
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    return line;
  };
  braze::SandboxOptions options;
  options.enforces_rates = false;
  options.workspace["campaigns"] = {{"c", {{"name", "C"}}}};
  options.workspace["canvases"] = {{"c", {{"name", "C"}}}};
  options.workspace["segments"] = {{"c", {{"filter", {{"custom_attribute", "a"}}}}}};
  options.workspace["subscription_groups"] = {{"c", {{"name", "C"}}}};
  braze::Bench bench(options);
  bench.track(R"({"attributes":[{"external_id":"u","email":"a@ex.com","a":[1]}]})");
  auto request = braze::Bench::request("", "");
  request.method = next();
  request.path = "/" + next();
  request.query = next();
  request.body = std::string(text);
  request.headers.push_back({"Host", "127.0.0.1"});
  const bool is_braze = !request.path.starts_with("/_sandbox") &&
                        !request.path.starts_with("/inspector") && request.path != "/";
  const auto answer = bench.send(std::move(request));
  if (answer->status == 0 && !answer->headers.contains("X-Millrace-Drop-Connection")) std::abort();
  if (is_braze && !json::parse_object(answer->body)) std::abort();
  if (answer->status >= 500) std::abort();
  if (!answer->diagnostics().empty() && !json::parse(answer->diagnostics())) std::abort();
  (void)bench.profile("u");
  return 0;
}
