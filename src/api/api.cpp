#include "api/api.hpp"

#include "api/envelope.hpp"
#include "api/guard.hpp"
#include "api/live.hpp"
#include "api/live_feeds.hpp"
#include "api/page.hpp"
#include "api/pool.hpp"
#include "base/contain.hpp"

namespace millrace::api {
namespace {

constexpr std::string_view kPrefix = "/api/v1";
constexpr std::string_view kLive = "/api/v1/live";

using Table = web::Routes<Who, const Operation*>;

Table make_table() {
  std::vector<Table::Route> routes;
  for (const Operation& operation : all_operations()) {
    routes.push_back({operation.method, operation.path, operation.who, &operation});
  }
  return Table(std::move(routes));
}

// Nothing of what is told to operators is kept on the way.
void add_usual_headers(web::Response& response) {
  for (const web::Header& header : response.headers) {
    if (header.name == "Cache-Control") return;
  }
  response.headers.push_back({"Cache-Control", "no-store"});
}

}  // namespace

const std::vector<Operation>& all_operations() {
  static const std::vector<Operation> kAll = [] {
    std::vector<Operation> all;
    for (auto* part :
         {session_operations,   own_operations,      user_operations,   user_session_operations,
          key_operations,       role_operations,     audit_operations,  chat_operations,
          call_operations,      delivery_operations, pipe_operations,   person_operations,
          solution_operations,  deploy_operations,   model_operations,  misunderstood_operations,
          workspace_operations, draft_operations,    git_operations,    try_operations,
          run_operations,       secret_operations,   search_operations, document_operations}) {
      for (Operation& operation : part()) all.push_back(std::move(operation));
    }
    return all;
  }();
  return kAll;
}

struct Api::Impl {
  Impl(Ports the_ports, Options the_options)
      : ports(the_ports),
        options(std::move(the_options)),
        feeds(ports, [this](base::Task task) { return pool.post(std::move(task)); }),
        guard(ports, options, feeds,
              [this](base::Task task) { return pool.post(std::move(task)); }),
        live(ports, options, feeds),
        pool(options.threads, options.waiting_max, ports.log) {}

  web::Response answer(const web::Request& request) {
    if (!serves(request.path)) return refusal(404, "not_found", "there is nothing at this address");
    const std::string_view path = std::string_view(request.path).substr(kPrefix.size());
    auto found = table.find(request.method, path);
    if (!found) {
      const std::string& allowed = found.error().allowed;
      if (allowed.empty()) return refusal(404, "not_found", "there is nothing at this address");
      auto response = refusal(405, "unimplemented", "this address takes " + allowed);
      response.headers.push_back({"Allow", allowed});
      return response;
    }
    return guard.answer(*found->route.serve, std::move(found->values), request);
  }

  web::Response contained(const web::Request& request) {
    try {
      const base::ChecksThrow checks;
      return answer(request);
    } catch (const std::exception& thrown) {
      ports.log.line(base::Level::error, "api", base::name_of(thrown));
    }
    return refusal(500, "internal", "this failed here; the log says why");
  }

  const Ports ports;
  const Options options;
  const Table table = make_table();
  Feeds feeds;
  Guard guard;
  Live live;
  Pool pool;  // last: its threads use the others
};

Api::Api(Ports ports, Options options)
    : impl_(std::make_shared<Impl>(std::move(ports), std::move(options))) {
  impl_->live.start();
}
Api::~Api() {
  stop();
}

bool Api::serves(std::string_view path) {
  return path == kPrefix || (path.starts_with(kPrefix) && path[kPrefix.size()] == '/') ||
         serves_page(path);
}

void Api::handle(web::Request request, web::Respond respond) {
  if (serves_page(request.path)) return respond(page_answer(request));
  // Shared with the task, which is dropped where there is no room.
  auto answer = std::make_shared<web::Respond>(std::move(respond));
  const bool is_taken =
      impl_->pool.post([impl = impl_.get(), answer, request = std::move(request)] {
        auto response = impl->contained(request);
        add_usual_headers(response);
        (*answer)(std::move(response));
      });
  if (is_taken) return;
  auto refused = refusal(503, "unavailable", "too much is asked at once; ask again");
  refused.headers.push_back({"Retry-After", "1"});
  (*answer)(std::move(refused));
}

web::UpgradeAnswer Api::upgrade(const web::Request& request) {
  if (request.path != kLive) return refusal(404, "not_found", "no web socket here");
  if (!web::may_come_from(request, impl_->options.origins, {})) {
    return refusal(403, "origin", "pages of this origin may not ask", "Origin");
  }
  const bool is_bearer = request.bearer_token().has_value();
  if (!is_bearer && !request.header("Origin")) {
    return refusal(403, "csrf", "with a session's cookie only pages may listen", "Origin");
  }
  return web::SocketAccept{
      impl_->live.listener(
          [impl = impl_, request] { return impl->guard.who(request); },
          [impl = impl_](base::Task task) { return impl->pool.post(std::move(task)); }),
      "", 90};
}

void Api::stop() {
  impl_->live.stop();
  impl_->pool.stop();
}

}  // namespace millrace::api
