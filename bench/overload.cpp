// People who talk to a served solution over the REST channel, each over a connection of their own:
// at fixed moments whether or not the answers before have come (--rate), or as fast as they are
// answered (--rate 0). The solution counts each one's messages (bench/overload/counting), which is
// compared with what was acknowledged. Prints one line of JSON.
//   overload_load --port N --app ID [--people 64] [--rate 0] [--seconds 10] [--name a]
//                 [--uncounted]  the answers are not counted (bench/overload/slow)
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "bench/overload_words.hpp"

namespace {

using millrace::bench::Answer;
using millrace::bench::Options;
using Steady = std::chrono::steady_clock;
using Moment = Steady::time_point;
using std::chrono::milliseconds;

struct Tally {
  long due = 0;     // messages that were to be sent
  long behind = 0;  // of these not sent, because the same one's last was not answered yet
  long sent = 0;
  std::map<int, long> answers;  // by status
  long without_retry_after = 0;
  long miscounted = 0;  // acknowledged and lost, or counted twice
  long broken = 0;      // connections that ended under a message
  long unanswered = 0;
  std::vector<float> waits_ms;  // of those that were served, from when they were due
  std::vector<float> refusals_ms;
};

class Crowd {
 public:
  explicit Crowd(Options options) : options_(std::move(options)) {
    people_.resize(static_cast<size_t>(options_.people));
    epoll_ = ::epoll_create1(0);
    for (size_t i = 0; i < people_.size(); ++i) connect(i);
  }

  Tally talk() {
    const Moment begin = Steady::now();
    const Moment end = begin + std::chrono::duration_cast<Steady::duration>(
                                   std::chrono::duration<double>(options_.seconds));
    plan(begin);
    while (Steady::now() < end) {
      ask_who_is_due();
      hear(next_due(end));
    }
    is_over_ = true;
    finish(std::chrono::seconds(20));
    for (const Person& person : people_) tally_.unanswered += person.is_asking ? 1 : 0;
    if (options_.counted) count_once_more();
    return std::move(tally_);
  }

 private:
  struct Person {
    int fd = -1;
    bool is_asking = false;
    Moment due;
    long taken = 0;      // acknowledged
    long uncertain = 0;  // may have been taken
    long asked = 0;
    std::string in;
  };

  void connect(size_t i) {
    Person& person = people_[i];
    if (person.fd >= 0) ::close(person.fd);
    person.in.clear();
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(options_.port));
    ::inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    person.fd = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(person.fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
      std::perror("overload_load: connect");
      std::exit(1);
    }
    const int on = 1;
    ::setsockopt(person.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(person.fd, F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, person.fd, &event);
  }

  void plan(Moment begin) {
    for (size_t i = 0; i < people_.size(); ++i) {
      if (options_.rate <= 0) {
        ask(i, begin);
      } else {
        const std::chrono::duration<double> offset(static_cast<double>(i) / options_.rate);
        dues_.emplace(begin + std::chrono::duration_cast<Steady::duration>(offset), i);
      }
    }
  }

  void ask_who_is_due() {
    const Moment now = Steady::now();
    const std::chrono::duration<double> every(static_cast<double>(people_.size()) / options_.rate);
    while (!dues_.empty() && dues_.top().first <= now) {
      const auto [due, i] = dues_.top();
      dues_.pop();
      dues_.emplace(due + std::chrono::duration_cast<Steady::duration>(every), i);
      ++tally_.due;
      if (people_[i].is_asking) {
        ++tally_.behind;
      } else {
        ask(i, due);
      }
    }
  }

  Moment next_due(Moment end) const {
    return dues_.empty() ? end : std::min(end, dues_.top().first);
  }

  void ask(size_t i, Moment due) {
    Person& person = people_[i];
    const std::string who = options_.name + std::to_string(i);
    const std::string body = R"({"app_id":")" + options_.app + R"(","sender":")" + who +
                             R"(","message":"word","message_id":")" +
                             std::to_string(++person.asked) + "\"}";
    const std::string request =
        "POST /webhooks/rest/webhook HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    person.is_asking = true;
    person.due = due;
    ++tally_.sent;
    if (options_.rate <= 0) ++tally_.due;
    // A request this small fits the empty buffer of a connection that waits for its answer.
    if (::send(person.fd, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      is_broken(i);
    }
  }

  void hear(Moment until) {
    epoll_event events[512];
    const auto left = std::chrono::ceil<milliseconds>(until - Steady::now()).count();
    const int timeout = static_cast<int>(std::clamp<long>(left, 0, 10));
    const int count = ::epoll_wait(epoll_, events, std::size(events), timeout);
    for (int n = 0; n < count; ++n) hear_one(events[n].data.u64);
  }

  void hear_one(size_t i) {
    Person& person = people_[i];
    char buffer[16 << 10];
    const auto count = ::recv(person.fd, buffer, sizeof buffer, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      is_broken(i);
      return;
    }
    person.in.append(buffer, static_cast<size_t>(count));
    const auto answer = millrace::bench::read_answer(person.in);
    if (!answer) return;
    take(person, *answer);
    person.in.clear();
    if (options_.rate <= 0 && !is_over_) ask(i, Steady::now());
  }

  void take(Person& person, const Answer& answer) {
    person.is_asking = false;
    ++tally_.answers[answer.status];
    const auto waited = static_cast<float>(
        std::chrono::duration<double, std::milli>(Steady::now() - person.due).count());
    if (answer.status != 200) {
      if (!answer.has_retry_after) ++tally_.without_retry_after;
      tally_.refusals_ms.push_back(waited);
      return;
    }
    tally_.waits_ms.push_back(waited);
    if (options_.counted) count(person, answer.body);
  }

  void count(Person& person, std::string_view body) {
    const auto at = body.find("n=");
    long counted = -1;
    if (at != body.npos) std::from_chars(body.data() + at + 2, body.data() + body.size(), counted);
    const long least = person.taken + 1;
    if (counted < least || counted > least + person.uncertain) {
      if (++tally_.miscounted <= 3) {
        std::cerr << "expected n=" << least << " to " << least + person.uncertain
                  << ", heard: " << body << "\n";
      }
    }
    person.taken = std::max(counted, least);
    person.uncertain = 0;
  }

  void is_broken(size_t i) {
    Person& person = people_[i];
    if (person.is_asking) {
      person.is_asking = false;
      ++person.uncertain;
      ++tally_.broken;
    }
    connect(i);
  }

  bool anyone_asks() const {
    return std::ranges::any_of(people_, [](const Person& person) { return person.is_asking; });
  }
  void finish(std::chrono::seconds patience) {
    const Moment end = Steady::now() + patience;
    while (anyone_asks() && Steady::now() < end) hear(end);
  }

  // One more message of each, as gently as it takes: what was acknowledged last is counted by it.
  void count_once_more() {
    Tally kept = std::move(tally_);
    tally_ = {};
    tally_.miscounted = kept.miscounted;
    for (size_t first = 0; first < people_.size(); first += 64) {
      const size_t end = std::min(people_.size(), first + 64);
      for (size_t i = first; i < end; ++i) {
        const Moment patience = Steady::now() + std::chrono::seconds(20);
        for (long taken = -1; taken < people_[i].taken && Steady::now() < patience;) {
          taken = people_[i].taken;
          ask(i, Steady::now());
          while (people_[i].is_asking && Steady::now() < patience) hear(patience);
          if (people_[i].taken > taken) break;
          taken = -1;
        }
      }
    }
    kept.miscounted = tally_.miscounted;
    tally_ = std::move(kept);
  }

  const Options options_;
  int epoll_ = -1;
  std::vector<Person> people_;
  using Due = std::pair<Moment, size_t>;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> dues_;
  bool is_over_ = false;
  Tally tally_;
};

double share(std::vector<float>& values, double part) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<size_t>(static_cast<double>(values.size() - 1) * part)];
}

}  // namespace

int main(int argc, char** argv) {
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
  const Options options = millrace::bench::read_options(argc, argv);
  Crowd crowd(options);
  Tally tally = crowd.talk();
  std::string answers;
  for (const auto& [status, count] : tally.answers) {
    answers +=
        (answers.empty() ? "\"" : ",\"") + std::to_string(status) + "\":" + std::to_string(count);
  }
  std::printf(
      "{\"seconds\":%.3f,\"due\":%ld,\"behind\":%ld,\"sent\":%ld,\"answers\":{%s},"
      "\"without_retry_after\":%ld,\"miscounted\":%ld,\"broken\":%ld,\"unanswered\":%ld,"
      "\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"max_ms\":%.1f,\"refused_p99_ms\":%.1f}\n",
      options.seconds, tally.due, tally.behind, tally.sent, answers.c_str(),
      tally.without_retry_after, tally.miscounted, tally.broken, tally.unanswered,
      share(tally.waits_ms, 0.5), share(tally.waits_ms, 0.99), share(tally.waits_ms, 1),
      share(tally.refusals_ms, 0.99));
  return 0;
}
