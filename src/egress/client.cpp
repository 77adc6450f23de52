#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include "base/text.hpp"
#include "egress/hosts.hpp"
#include "egress/transfer.hpp"

namespace millrace::egress {
namespace {

using base::Code;
using base::fail;
using Kind = web::OutboundAnswer::Kind;
using SteadyClock = std::chrono::steady_clock;
using Task = std::move_only_function<void()>;

constexpr milliseconds kLongestWait{1'000};
constexpr milliseconds kDeadlineMax{3'600'000};
constexpr size_t kHostLabelsMax = 50;
constexpr size_t kEasyKept = 256;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;

std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::answered: return "answered";
    case Kind::refused: return "refused";
    case Kind::not_sent: return "not_sent";
    case Kind::unknown: return "unknown";
  }
  return "unknown";
}

// A request on its way through the client; of several hops when it is redirected.
struct Job {
  uint64_t id = 0;
  web::OutboundRequest request;
  web::Outbound::Done done;
  Url url;
  std::string host;  // the key of its queue
  std::vector<Address> addresses;
  bool through_proxy = false;
  size_t body_bytes = 0;  // counted at its arrival
  bool is_queued = false;
  bool holds_turn = false;    // owes Hosts a finished()
  bool was_answered = false;  // an earlier hop acted on it: what follows cannot undo that
  SteadyClock::time_point began;
  SteadyClock::time_point until;
  Easy easy;
  std::unique_ptr<Transfer> transfer;  // while it is under way
};

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

base::Result<void> check(const ClientOptions& options) {
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0) {
    return fail(Code::not_found, "there are no certificates to read", options.ca_file);
  }
  if (options.upstream_proxy.empty()) return {};
  const auto proxy = parse_url(options.upstream_proxy);
  if (!proxy) return fail(Code::invalid_argument, proxy.error().message, "the upstream proxy");
  return {};
}

}  // namespace

struct Client::Impl {
  Impl(ClientOptions given, Guard judge, Resolver& names, runtime::Clock& time,
       runtime::Meter& figures)
      : options(std::move(given)),
        guard(std::move(judge)),
        resolver(names),
        clock(time),
        meter(figures),
        hosts({options.running_max, options.running_per_host_max, options.waiting_per_host_max,
               options.breaker}),
        inbox(std::make_shared<Inbox>()) {}

  // Shared with answers of the resolver under way, which may come after the end.
  struct Inbox {
    std::mutex mutex;
    std::vector<std::unique_ptr<Job>> jobs;
    std::vector<Task> tasks;
    CURLM* multi = nullptr;  // to be woken; nullptr after the end
    std::thread::id thread;

    // False after the end; then nothing has been taken.
    bool post(std::unique_ptr<Job>& job);
    bool post(Task& task);
    bool is_empty() const { return jobs.empty() && tasks.empty(); }
    void wake();
  };

  void run();
  void take_inbox();
  void admit(std::unique_ptr<Job> job);
  void enter(Job& job);
  void resolved(uint64_t id, base::Result<std::vector<Address>> found);
  void enqueue(Job& job);
  void start_those_who_may();
  void start(Job& job);
  bool take_finished();
  void finish_transfer(Job& job, CURLcode code);
  bool follow(Job& job, web::OutboundAnswer& answer);
  void finish(Job& job, web::OutboundAnswer answer);
  void end_those_out_of_time();
  void end_all();
  void measure(const Job& job, const web::OutboundAnswer& answer);
  milliseconds time_to_wait() const;
  Easy take_easy();
  void keep_easy(Easy easy);

  ClientOptions options;
  Guard guard;
  Resolver& resolver;
  runtime::Clock& clock;
  runtime::Meter& meter;
  Hosts hosts;
  std::shared_ptr<Inbox> inbox;
  std::unique_ptr<CURLM, FreeMulti> multi{curl_multi_init()};
  std::vector<Easy> spare;
  std::unordered_map<uint64_t, std::unique_ptr<Job>> jobs;
  std::set<std::pair<SteadyClock::time_point, uint64_t>> deadlines;
  std::set<std::string, std::less<>> host_labels;
  size_t body_bytes = 0;
  uint64_t last_id = 0;
  bool stopping = false;
  std::mutex stop_mutex;
  std::thread thread;
};

bool Client::Impl::Inbox::post(std::unique_ptr<Job>& job) {
  const std::lock_guard lock(mutex);
  if (multi == nullptr) return false;
  if (is_empty()) wake();
  jobs.push_back(std::move(job));
  return true;
}

bool Client::Impl::Inbox::post(Task& task) {
  const std::lock_guard lock(mutex);
  if (multi == nullptr) return false;
  if (is_empty()) wake();
  tasks.push_back(std::move(task));
  return true;
}

// The client's own thread looks into its inbox before it waits.
void Client::Impl::Inbox::wake() {
  if (std::this_thread::get_id() != thread) curl_multi_wakeup(multi);
}

void Client::Impl::run() {
  // A server that closes while OpenSSL writes would end the process.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  for (;;) {
    take_inbox();
    if (stopping) break;
    end_those_out_of_time();
    start_those_who_may();
    int running = 0;
    curl_multi_perform(multi.get(), &running);
    // What has finished made room for others.
    const milliseconds wait = take_finished() ? milliseconds(0) : time_to_wait();
    curl_multi_poll(multi.get(), nullptr, 0, static_cast<int>(wait.count()), nullptr);
  }
  end_all();
}

milliseconds Client::Impl::time_to_wait() const {
  {
    const std::lock_guard lock(inbox->mutex);
    if (!inbox->is_empty()) return milliseconds(0);
  }
  if (deadlines.empty()) return kLongestWait;
  const auto left = deadlines.begin()->first - SteadyClock::now();
  return std::clamp(std::chrono::ceil<milliseconds>(left), milliseconds(0), kLongestWait);
}

void Client::Impl::take_inbox() {
  std::vector<std::unique_ptr<Job>> arrived;
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(inbox->mutex);
    arrived.swap(inbox->jobs);
    tasks.swap(inbox->tasks);
  }
  for (auto& job : arrived) admit(std::move(job));
  for (Task& task : tasks) task();
}

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

void Client::Impl::start_those_who_may() {
  while (const auto next = hosts.next(clock.now())) {
    const auto entry = jobs.find(next->request);
    MILLRACE_CHECK(entry != jobs.end());
    Job& job = *entry->second;
    job.is_queued = false;
    if (next->refused_until) {
      const int64_t seconds =
          std::max<int64_t>(0, next->refused_until->ms - clock.now().ms + 999) / 1000;
      finish(job, {Kind::refused,
                   {},
                   job.host + " keeps failing; the next attempt is made in " +
                       std::to_string(seconds) + " s"});
      continue;
    }
    job.holds_turn = true;
    start(job);
  }
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

// True when there was any.
bool Client::Impl::take_finished() {
  int left = 0;
  bool any = false;
  while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    char* job = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
    finish_transfer(*reinterpret_cast<Job*>(job), code);
    any = true;
  }
  return any;
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

void Client::Impl::end_those_out_of_time() {
  const auto now = SteadyClock::now();
  while (!deadlines.empty() && deadlines.begin()->first <= now) {
    Job& job = *jobs.at(deadlines.begin()->second);
    if (job.transfer) {
      web::OutboundAnswer answer = job.transfer->answer(CURLE_OPERATION_TIMEDOUT);
      finish(job, std::move(answer));
    } else {
      finish(job, {Kind::not_sent, {}, job.url.origin() + ": no connection in time"});
    }
  }
}

void Client::Impl::end_all() {
  {
    const std::lock_guard lock(inbox->mutex);
    inbox->multi = nullptr;
  }
  take_inbox();
  while (!jobs.empty()) {
    Job& job = *jobs.begin()->second;
    web::OutboundAnswer answer{Kind::not_sent, {}, {}};
    if (job.transfer) answer = job.transfer->answer(CURLE_ABORTED_BY_CALLBACK);
    answer.message = "the server is stopping";
    finish(job, std::move(answer));
  }
  // Here, because closing a TLS connection writes, and this thread does not mind who has gone.
  spare.clear();
  multi.reset();
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

base::Result<std::unique_ptr<Client>> Client::make(ClientOptions options, Resolver& resolver,
                                                   runtime::Clock& clock, runtime::Meter& meter) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return fail(Code::internal, "libcurl cannot be set up");
  auto guard = Guard::make(options.rules);
  if (!guard) return std::unexpected(std::move(guard.error()));
  if (auto fine = check(options); !fine) return std::unexpected(std::move(fine.error()));
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*guard), resolver, clock, meter);
  if (!impl->multi) return fail(Code::internal, "libcurl cannot be set up");
  curl_multi_setopt(impl->multi.get(), CURLMOPT_MAXCONNECTS,
                    static_cast<long>(impl->options.running_max));
  impl->inbox->multi = impl->multi.get();
  impl->thread = std::thread([raw = impl.get()] { raw->run(); });
  {
    const std::lock_guard lock(impl->inbox->mutex);
    impl->inbox->thread = impl->thread.get_id();
  }
  return std::unique_ptr<Client>(new Client(std::move(impl)));
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Client::~Client() {
  stop();
}

void Client::send(web::OutboundRequest request, Done done) {
  auto job = std::make_unique<Job>();
  job->began = SteadyClock::now();
  job->until = job->began + std::clamp(request.deadline, milliseconds(1), kDeadlineMax);
  job->request = std::move(request);
  job->done = std::move(done);
  if (impl_->inbox->post(job)) return;
  job->done({Kind::not_sent, {}, "the server is stopping"});
}

void Client::stop() {
  const std::lock_guard lock(impl_->stop_mutex);
  if (!impl_->thread.joinable()) return;
  Task task = [impl = impl_.get()] { impl->stopping = true; };
  (void)impl_->inbox->post(task);
  impl_->thread.join();
}

}  // namespace millrace::egress
