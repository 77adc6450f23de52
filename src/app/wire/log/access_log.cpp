#include "app/wire/log/access_log.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "delivery/headers.hpp"

namespace millrace::app {
namespace {

constexpr std::string_view kRequestId = "X-Request-Id";
constexpr size_t kSecretLike = 20;
constexpr size_t kShownOfSecrets = 4;
constexpr size_t kPathMax = 200;

std::string new_id(base::Random& random) {
  std::array<uint8_t, 12> bytes{};
  random.fill(bytes);
  return base::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string id_of(const web::Request& request, base::Random& random) {
  std::string given = delivery::token_of(request.header(kRequestId).value_or(""));
  return given.empty() ? new_id(random) : given;
}

void put_id(web::Request& request, const std::string& id) {
  std::erase_if(request.headers, [](const web::Header& header) {
    return base::equals_ignoring_case(header.name, kRequestId);
  });
  request.headers.push_back({std::string(kRequestId), id});
}

// What is known of a request before it is answered.
struct Asked {
  std::string id;
  std::string method;
  std::string path;
  std::string peer;
  int64_t began_ms;

  void note(RequestLog& log, int64_t now_ms, int status, size_t bytes) const {
    log.answered({.id = id,
                  .method = method,
                  .path = logged_path(path),
                  .peer = peer,
                  .status = status,
                  .bytes = bytes,
                  .took = std::chrono::milliseconds(now_ms - began_ms)});
  }
};

}  // namespace

std::string logged_path(std::string_view path) {
  std::string out;
  for (size_t at = 0; at < path.size() && out.size() < kPathMax;) {
    const size_t end = std::min(path.find('/', at + 1), path.size());
    const std::string_view part = path.substr(at, end - at);  // with the '/' before it
    const bool is_cut = part.size() > kSecretLike;
    for (const char c : is_cut ? part.substr(0, kShownOfSecrets + 1) : part) {
      out += c > ' ' && c < '\x7F' ? c : '?';
    }
    if (is_cut) out += "...";
    at = end;
  }
  return out;
}

void AccessLogged::handle(web::Request request, web::Respond respond) {
  Asked asked{id_of(request, ports_.random), request.method, request.path, request.peer,
              ports_.clock.steady_ms()};
  put_id(request, asked.id);
  inner_.handle(std::move(request), [ports = ports_, asked = std::move(asked),
                                     respond = std::move(respond)](web::Response response) mutable {
    response.headers.push_back({std::string(kRequestId), asked.id});
    asked.note(ports.log, ports.clock.steady_ms(), response.status, response.body.size());
    respond(std::move(response));
  });
}

web::UpgradeAnswer AccessLogged::upgrade(const web::Request& request) {
  const Asked asked{id_of(request, ports_.random), request.method, request.path, request.peer,
                    ports_.clock.steady_ms()};
  web::UpgradeAnswer answer = inner_.upgrade(request);
  auto* refused = std::get_if<web::Response>(&answer);
  asked.note(ports_.log, ports_.clock.steady_ms(), refused ? refused->status : 101,
             refused ? refused->body.size() : 0);
  if (refused) refused->headers.push_back({std::string(kRequestId), asked.id});
  return answer;
}

}  // namespace millrace::app
