// What happens to one request: judged, queued, sent, followed where it is redirected, answered.
#include <algorithm>

#include "base/text.hpp"
#include "egress/client_loop.hpp"

namespace millrace::egress {
namespace {

using base::Code;
using Kind = web::OutboundAnswer::Kind;

constexpr size_t kHostLabelsMax = 50;
constexpr size_t kEasyKept = 256;

std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::answered: return "answered";
    case Kind::refused: return "refused";
    case Kind::not_sent: return "not_sent";
    case Kind::unknown: return "unknown";
  }
  return "unknown";
}

std::optional<std::string> location_of(const web::Response& response) {
  for (const web::Header& header : response.headers) {
    if (base::equals_ignoring_case(header.name, "location")) return header.value;
  }
  return std::nullopt;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Everything else may be a credential.
bool may_go_elsewhere(const web::Header& header) {
  const std::string name = base::to_ascii_lower(header.name);
  return name.starts_with("accept") || name.starts_with("content-") || name == "user-agent";
}

// What is sent to the next address: RFC 9110 15.4.
void turn_into_next(web::OutboundRequest& request, int status) {
  const bool becomes_get = (status == 303 && request.method != "HEAD") ||
                           ((status == 301 || status == 302) && request.method == "POST");
  if (!becomes_get) return;
  request.method = "GET";
  request.body.clear();
  std::erase_if(request.headers, [](const web::Header& header) {
    return base::to_ascii_lower(header.name).starts_with("content-");
  });
}

}  // namespace

void Client::Impl::admit(std::unique_ptr<Job> job) {
  Job& added = *job;
  added.id = ++last_id;
  added.body_bytes = added.request.body.size();
  body_bytes += added.body_bytes;
  deadlines.emplace(added.until, added.id);
  jobs.emplace(added.id, std::move(job));
  if (auto problem = problem_of(added.request)) {
    return finish(added, {Kind::refused, {}, std::move(*problem)});
  }
  auto url = parse_url(added.request.url);
  if (!url) return finish(added, {Kind::refused, {}, url.error().message});
  added.url = std::move(*url);
  if (body_bytes > options.waiting_bytes_max) {
    return finish(added, {Kind::not_sent, {}, "too much is waiting to be sent"});
  }
  enter(added);
}

// Judges where it goes, and finds the addresses. Each hop begins here.
void Client::Impl::enter(Job& job) {
  job.host = to_string(job.url.authority);
  const Authority& to = job.url.authority;
  if (const auto fine = guard.check_name(to); !fine) {
    return finish(job, {Kind::refused, {}, fine.error().message});
  }
  job.through_proxy = !options.upstream_proxy.empty() && !guard.is_internal_allowed(to);
  if (to.host.address) return resolved(job.id, std::vector{*to.host.address});
  if (job.through_proxy) return enqueue(job);
  resolver.resolve(to.host.name, [this, box = inbox, id = job.id](auto found) {
    // Nothing of this client is touched once its inbox has closed.
    Task task = [this, id, found = std::move(found)]() mutable { resolved(id, std::move(found)); };
    (void)box->post(task);
  });
}

void Client::Impl::resolved(uint64_t id, base::Result<std::vector<Address>> found) {
  const auto entry = jobs.find(id);
  if (entry == jobs.end()) return;
  Job& job = *entry->second;
  if (!found) return finish(job, {Kind::not_sent, {}, found.error().message});
  if (const auto fine = guard.check_addresses(job.url.authority, *found); !fine) {
    const bool is_denied = fine.error().code == Code::permission_denied;
    return finish(job, {is_denied ? Kind::refused : Kind::not_sent, {}, fine.error().message});
  }
  job.addresses = std::move(*found);
  enqueue(job);
}

void Client::Impl::enqueue(Job& job) {
  job.is_queued = hosts.add(job.host, job.id);
  if (job.is_queued) return;
  finish(job, {Kind::not_sent, {}, "too many requests wait for " + job.host});
}

void Client::Impl::start(Job& job) {
  const auto left = std::chrono::ceil<milliseconds>(job.until - SteadyClock::now());
  if (left.count() <= 0) {
    return finish(job, {Kind::not_sent, {}, job.url.origin() + ": no connection in time"});
  }
  job.easy = take_easy();
  job.transfer = std::make_unique<Transfer>(job.easy.get(), options, job.request, job.url,
                                            job.addresses, job.through_proxy, left);
  curl_easy_setopt(job.easy.get(), CURLOPT_PRIVATE, &job);
  curl_multi_add_handle(multi.get(), job.easy.get());
}

void Client::Impl::finish_transfer(Job& job, CURLcode code) {
  web::OutboundAnswer answer = job.transfer->answer(code);
  curl_multi_remove_handle(multi.get(), job.easy.get());
  job.transfer.reset();
  keep_easy(std::move(job.easy));
  const bool succeeded = answer.kind == Kind::answered && answer.response.status < 500;
  hosts.finished(job.host, succeeded, clock.now());
  job.holds_turn = false;
  const bool is_to_follow = answer.kind == Kind::answered && job.request.redirects_max > 0 &&
                            is_redirect(answer.response.status);
  if (is_to_follow && follow(job, answer)) return;
  finish(job, std::move(answer));
}

// True when the job goes on to another address, or has been refused to.
bool Client::Impl::follow(Job& job, web::OutboundAnswer& answer) {
  const auto location = location_of(answer.response);
  if (!location) return false;
  --job.request.redirects_max;
  auto url = parse_reference(job.url, *location);
  const std::string method = job.request.method;
  turn_into_next(job.request, answer.response.status);
  job.was_answered = job.was_answered || method != job.request.method;
  if (!url) {
    finish(job, {Kind::refused, {}, job.url.origin() + " redirects: " + url.error().message});
    return true;
  }
  if (job.url.secure && !url->secure) {
    finish(job, {Kind::refused, {}, job.url.origin() + " redirects from https to http"});
    return true;
  }
  if (url->origin() != job.url.origin()) {
    std::erase_if(job.request.headers,
                  [](const web::Header& header) { return !may_go_elsewhere(header); });
  }
  job.url = std::move(*url);
  job.addresses.clear();
  enter(job);
  return true;
}

void Client::Impl::finish(Job& job, web::OutboundAnswer answer) {
  // The first address acted on it and pointed to the result, which did not come.
  if (job.was_answered && answer.kind != Kind::answered) answer.kind = Kind::unknown;
  if (job.transfer) {
    curl_multi_remove_handle(multi.get(), job.easy.get());
    job.transfer.reset();
  }
  if (job.holds_turn) hosts.finished(job.host, false, clock.now());
  if (job.is_queued) hosts.remove(job.host, job.id);
  measure(job, answer);
  deadlines.erase({job.until, job.id});
  body_bytes -= job.body_bytes;
  auto ended = jobs.extract(job.id);
  ended.mapped()->done(std::move(answer));
}

void Client::Impl::measure(const Job& job, const web::OutboundAnswer& answer) {
  std::string_view host = "other";
  if (host_labels.contains(job.host)) {
    host = job.host;
  } else if (host_labels.size() < kHostLabelsMax && answer.kind == Kind::answered) {
    host = *host_labels.insert(job.host).first;
  }
  meter.count("egress_requests_total", {{"host", host}, {"outcome", to_text(answer.kind)}});
  const std::chrono::duration<double> took = SteadyClock::now() - job.began;
  meter.observe("egress_request_seconds", {{"host", host}}, took.count());
  meter.set("egress_running", {}, hosts.running());
  meter.set("egress_waiting", {}, static_cast<double>(hosts.waiting()));
}

Easy Client::Impl::take_easy() {
  if (spare.empty()) {
    Easy made(curl_easy_init());
    MILLRACE_CHECK(made != nullptr);
    return made;
  }
  Easy easy = std::move(spare.back());
  spare.pop_back();
  return easy;
}

void Client::Impl::keep_easy(Easy easy) {
  if (spare.size() >= kEasyKept) return;
  curl_easy_reset(easy.get());
  spare.push_back(std::move(easy));
}

}  // namespace millrace::egress
