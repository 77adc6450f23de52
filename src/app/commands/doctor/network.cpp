#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "app/commands/doctor/finding.hpp"
#include "app/wire/listeners.hpp"
#include "app/wire/system.hpp"
#include "base/time.hpp"
#include "delivery/headers.hpp"
#include "http/http.hpp"
#include "posix/posix.hpp"

namespace millrace::app {
namespace {

constexpr std::chrono::milliseconds kPatience{5'000};
constexpr int kFirstOpenPort = 1'024;

// Whether that port is free on all addresses: one that is taken on any is told.
int try_port(uint16_t port) {
  const posix::Fd fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return errno;
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in6 at{};
  at.sin6_family = AF_INET6;
  at.sin6_port = htons(port);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof(at)) != 0) return errno;
  return ::listen(fd.get(), 1) == 0 ? 0 : errno;
}

Finding look_at_port(const Endpoint& listen) {
  const std::string port = std::to_string(listen.port);
  if (listen.port == 0) return {"port", State::right, "any free one", ""};
  switch (try_port(listen.port)) {
    case 0: return {"port", State::right, port + " is free", ""};
    case EAFNOSUPPORT: return {"port", State::doubtful, port + " was not tried: no IPv6 here", ""};
    case EACCES:
      return {"port", State::wrong, "this user may not listen on " + port,
              "choose one from " + std::to_string(kFirstOpenPort) +
                  " on, and put a proxy before it (docs/serving.md)"};
    default: break;
  }
  http::FetchRequest request;
  request.url = url_of(listen, listen.port) + "/readyz";
  request.time_limit = kPatience;
  const auto answer = http::fetch(request);
  if (!answer || !answer->body.contains("\"status\"")) {
    return {"port", State::wrong, port + " is taken by another program",
            "choose another one with --listen"};
  }
  if (answer->status == 200) return {"port", State::right, "a server is ready on " + port, ""};
  return {"port", State::wrong, "the server on " + port + " is not ready: " + answer->body, ""};
}

// An empty request changes nothing: Braze says 400 to whoever may send users, and 401 to others.
std::vector<Finding> look_at_braze(const DoctorOptions& options) {
  http::FetchRequest request;
  request.method = "POST";
  request.url = options.braze_url + "/users/track";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = "{}";
  request.time_limit = kPatience;
  secrets::Places places = options.world.secrets;
  places.data = options.data;
  auto key = secrets::Resolver(places).resolve("BRAZE_API_KEY", secrets::Rights::all());
  if (key) request.headers.push_back({"Authorization", "Bearer " + *key});
  const auto answer = http::fetch(request);
  for (web::Header& header : request.headers) secrets::wipe(header.value);
  if (!answer) {
    return {{"braze", State::wrong, options.braze_url + ": " + answer.error().message,
             "see whether this machine may reach it, and whether BRAZE_URL is your instance's "
             "REST endpoint, such as https://rest.iad-01.braze.com"}};
  }
  std::vector<Finding> found;
  SystemClock clock;
  const base::Timestamp now = clock.now();
  const auto date = delivery::header(*answer, "Date");
  const auto theirs = date ? delivery::read_moment(*date, now) : std::nullopt;
  if (theirs) found.push_back(judge_clock((theirs->ms - now.ms) / 1'000, "Braze"));
  if (key) secrets::wipe(*key);
  if (!key) {
    found.push_back({"braze", State::doubtful, options.braze_url + " answers; no key was tried",
                     "millrace secret set BRAZE_API_KEY --data DIR"});
  } else if (answer->status == 401 || answer->status == 403) {
    found.push_back({"braze", State::wrong, options.braze_url + " refuses the key BRAZE_API_KEY",
                     "give it the permission users.track, or another key"});
  } else if (answer->status >= 500) {
    found.push_back({"braze", State::doubtful,
                     options.braze_url + " answers " + std::to_string(answer->status), ""});
  } else {
    found.push_back({"braze", State::right, options.braze_url + " takes the key", ""});
  }
  return found;
}

}  // namespace

std::vector<Finding> look_at_network(const DoctorOptions& options) {
  std::vector<Finding> found{look_at_port(options.listen)};
  if (options.braze_url.empty()) return found;
  for (Finding& each : look_at_braze(options)) found.push_back(std::move(each));
  return found;
}

}  // namespace millrace::app
