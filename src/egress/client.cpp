#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "egress/client_loop.hpp"
#include "posix/threads.hpp"

namespace millrace::egress {
namespace {

using base::Code;
using base::fail;
using Kind = web::OutboundAnswer::Kind;

constexpr milliseconds kLongestWait{1'000};
constexpr milliseconds kDeadlineMax{3'600'000};

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

base::Result<std::unique_ptr<Client>> Client::make(ClientOptions options, Resolver& resolver,
                                                   base::Clock& clock, base::Meter& meter) {
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
  impl->thread = posix::named_thread("egress client", [raw = impl.get()] { raw->run(); });
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
