// The client's insides: a request on its way, and the loop that all of them share. Everything but
// the inbox belongs to the client's thread.
#pragma once

#include <curl/curl.h>

#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include "egress/hosts.hpp"
#include "egress/transfer.hpp"

namespace millrace::egress {

using SteadyClock = std::chrono::steady_clock;
using Task = std::move_only_function<void()>;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;

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

struct Client::Impl {
  Impl(ClientOptions given, Guard judge, Resolver& names, base::Clock& time, base::Meter& figures)
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
  base::Clock& clock;
  base::Meter& meter;
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

}  // namespace millrace::egress
