#include <netdb.h>
#include <netinet/in.h>

#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "egress/egress.hpp"
#include "posix/threads.hpp"

namespace millrace::egress {
namespace {

using base::Code;
using base::fail;
using SteadyClock = std::chrono::steady_clock;
using Answer = base::Result<std::vector<Address>>;

constexpr size_t kAddressesMax = 64;
constexpr size_t kWaitersMax = 16'384;  // for one name

std::optional<Address> address_of(const sockaddr* socket_address) {
  if (socket_address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(socket_address);
    return Address::v4(ntohl(v4->sin_addr.s_addr));
  }
  if (socket_address->sa_family != AF_INET6) return std::nullopt;
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(socket_address);
  std::array<uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &v6->sin6_addr, bytes.size());
  return Address::v6(bytes);
}

Answer look_up(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &raw) != 0) {
    return fail(Code::unavailable, name + " has no address that the system can find");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(raw, &::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* one = raw; one != nullptr; one = one->ai_next) {
    const auto address = address_of(one->ai_addr);
    if (address) addresses.push_back(*address);
  }
  // More than can be checked and told apart: not somebody's ordinary name.
  if (addresses.size() > kAddressesMax)
    return fail(Code::unavailable, name + " has too many addresses");
  if (addresses.empty()) return fail(Code::unavailable, name + " has no address");
  return addresses;
}

}  // namespace

struct SystemResolver::State {
  struct Believed {
    Answer answer;
    SteadyClock::time_point until;
  };

  SystemResolverOptions options;
  std::mutex mutex;
  std::condition_variable changed;
  bool stopped = false;
  std::deque<std::string> queue;
  std::map<std::string, std::vector<Done>> waiting;  // queued, or being looked up
  std::map<std::string, Believed> believed;
  std::vector<std::thread> threads;
  std::vector<bool> busy;  // by thread: the system has it

  void work(size_t thread);
  void believe(const std::string& name, const Answer& answer);
};

void SystemResolver::State::believe(const std::string& name, const Answer& answer) {
  const auto now = SteadyClock::now();
  if (believed.size() >= options.believed_max) {
    std::erase_if(believed, [&](const auto& entry) { return entry.second.until <= now; });
    if (believed.size() >= options.believed_max) believed.clear();
  }
  const auto time = answer ? options.believed_for : options.believed_for / 10;
  believed.insert_or_assign(name, Believed{answer, now + time});
}

void SystemResolver::State::work(size_t thread) {
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait(lock, [&] { return stopped || !queue.empty(); });
    if (stopped) return;
    const std::string name = std::move(queue.front());
    queue.pop_front();
    busy[thread] = true;
    lock.unlock();
    const Answer answer = look_up(name);
    lock.lock();
    busy[thread] = false;
    if (stopped) return;
    believe(name, answer);
    auto waiters = waiting.extract(name);
    lock.unlock();
    if (waiters) {
      for (Done& done : waiters.mapped()) done(answer);
    }
    lock.lock();
  }
}

SystemResolver::SystemResolver(SystemResolverOptions options) : state_(std::make_shared<State>()) {
  state_->options = options;
  const auto count = static_cast<size_t>(std::max(1, options.threads));
  state_->busy.resize(count);
  for (size_t i = 0; i < count; ++i) {
    state_->threads.push_back(posix::named_thread("resolve " + std::to_string(i),
                                                  [state = state_, i] { state->work(i); }));
  }
}

SystemResolver::~SystemResolver() {
  std::map<std::string, std::vector<Done>> unanswered;
  std::vector<bool> busy;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
    unanswered.swap(state_->waiting);
    busy = state_->busy;
  }
  state_->changed.notify_all();
  for (size_t i = 0; i < busy.size(); ++i) {
    if (busy[i]) {
      state_->threads[i].detach();  // touches nothing but the shared state when it comes back
    } else {
      state_->threads[i].join();
    }
  }
  for (auto& [name, waiters] : unanswered) {
    for (Done& done : waiters) done(fail(Code::unavailable, "the server is stopping"));
  }
}

void SystemResolver::resolve(std::string name, Done done) {
  Answer answer = fail(Code::unavailable, "too many names are being looked up");
  {
    const std::lock_guard lock(state_->mutex);
    const auto known = state_->believed.find(name);
    if (known != state_->believed.end() && known->second.until > SteadyClock::now()) {
      answer = known->second.answer;
    } else if (const auto asked = state_->waiting.find(name); asked != state_->waiting.end()) {
      if (asked->second.size() < kWaitersMax) {
        asked->second.push_back(std::move(done));
        return;
      }
    } else if (state_->queue.size() < state_->options.waiting_max) {
      state_->waiting[name].push_back(std::move(done));
      state_->queue.push_back(std::move(name));
      state_->changed.notify_one();
      return;
    }
  }
  done(std::move(answer));
}

}  // namespace millrace::egress
