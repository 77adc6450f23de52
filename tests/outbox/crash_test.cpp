// The sender as a process of its own, killed at any moment, against a target that has every fault:
// at the end every accepted attribute is right, and every event is there, twice only where that is
// flagged. The target is this process; the sender speaks to it over a socket, a line for a request
// and a line for an answer. MILLRACE_KILLS and MILLRACE_FAULTS (of each kind) say how much of it.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <iostream>
#include <latch>

#include "delivery/braze/parcel.hpp"
#include "delivery/progress.hpp"
#include "storage/storage.hpp"
#include "tests/outbox/model_outbound.hpp"

namespace millrace::outbox {
namespace {

namespace fs = std::filesystem;
using delivery::Fate;
using delivery::State;
using Fault = delivery::braze::ModelBraze::Fault;

int from_environment(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

// Reads whole lines from a socket.
class Lines {
 public:
  explicit Lines(int socket) : socket_(socket) {}
  // nullopt when the other side is gone.
  std::optional<std::string> next() {
    for (;;) {
      const size_t end = buffer_.find('\n');
      if (end != buffer_.npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      char bytes[65'536];
      const auto count = ::read(socket_, bytes, sizeof bytes);
      if (count <= 0) return std::nullopt;
      buffer_.append(bytes, static_cast<size_t>(count));
    }
  }
  bool has_one() const { return buffer_.contains('\n'); }

 private:
  int socket_;
  std::string buffer_;
};

bool write_line(int socket, const json::object& line) {
  const std::string text = json::serialize(line) + "\n";
  for (size_t at = 0; at < text.size();) {
    const auto count = ::send(socket, text.data() + at, text.size() - at, MSG_NOSIGNAL);
    if (count <= 0) return false;
    at += static_cast<size_t>(count);
  }
  return true;
}

// The sender's side of that socket.
class SocketOutbound final : public web::Outbound {
 public:
  explicit SocketOutbound(int socket) : socket_(socket), thread_([this] { read(); }) {}
  ~SocketOutbound() override {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
  }
  void send(web::OutboundRequest request, Done done) override {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(++number_, std::move(done));
    write_line(socket_, {{"number", number_},
                         {"path", request.url.substr(request.url.find('/', 8))},
                         {"body", request.body}});
  }

 private:
  void read() {
    Lines lines(socket_);
    while (const auto line = lines.next()) {
      const auto parsed = *json::parse_object(*line);
      web::OutboundAnswer answer;
      answer.kind = static_cast<web::OutboundAnswer::Kind>(parsed.at("kind").as_int64());
      answer.response.status = static_cast<int>(parsed.at("status").as_int64());
      answer.response.body = parsed.at("body").as_string();
      for (const auto& [name, value] : parsed.at("headers").as_object()) {
        answer.response.headers.push_back({name, std::string(value.as_string())});
      }
      std::unique_lock lock(mutex_);
      auto done = waiting_.extract(parsed.at("number").as_int64());
      lock.unlock();
      done.mapped()(std::move(answer));
    }
  }

  int socket_;
  std::mutex mutex_;
  int64_t number_ = 0;
  std::map<int64_t, Done> waiting_;
  std::thread thread_;
};

// Lets somebody wait until nothing is left to be delivered.
class NothingWaits final : public base::Meter {
 public:
  void count(std::string_view, Labels, double) override {}
  void observe(std::string_view, Labels, double) override {}
  void set(std::string_view name, Labels, double value) override {
    const bool is_it = name == "deliveries_waiting" && value == 0;
    if (is_it && !is_seen_.exchange(true)) seen_.count_down();
  }
  void wait() { seen_.wait(); }

 private:
  std::atomic<bool> is_seen_ = false;
  std::latch seen_{1};
};

[[noreturn]] void run_sender(const fs::path& folder, int socket) {
  fakes::KeptLog log;
  fakes::WallClock clock;
  fakes::SeededChance random;
  NothingWaits meter;
  auto journal = storage::open_journal(folder / "journal.db", log);
  if (!journal) ::_exit(2);
  SocketOutbound outbound(socket);
  Settings settings;
  settings.rules.flights_max = 4;
  settings.rules.backoff = {1, 20};
  settings.rules.probe_ms = 5;
  settings.rules.wait_max_ms = 20;
  settings.rules.ambiguous = delivery::Ambiguous::resend;
  settings.rules.ambiguous_max = 1'000;
  settings.figures_every = std::chrono::milliseconds(5);
  Sender sender({(*journal)->deliveries(), outbound, clock, random, log, meter,
                 [](const auto&) { return braze_at("https://braze.test", "SECRET-KEY"); },
                 [](std::string_view) {
                   return std::make_unique<delivery::braze::BrazeCodec>(
                       delivery::braze::Limits{.objects_max = 6});
                 }},
                settings);
  if (!sender.start()) ::_exit(3);
  meter.wait();
  sender.stop();
  journal->reset();
  if (log.text().contains("SECRET-KEY")) ::_exit(4);
  ::_exit(0);
}

class Ordeal {
 public:
  Ordeal(int kills, int faults) : kills_(kills), faults_(faults) { braze_.objects_max = 6; }

  void play() {
    while (!is_enough()) {
      owe(std::max(500, faults_ * 20));
      while (run_once()) {
      }
      if (testing::Test::HasFatalFailure()) return;
    }
    check();
    std::cout << "killed " << killed_ << " times; " << braze_.requests << " requests, " << rows_
              << " rows, least faults of a kind "
              << *std::min_element(seen_.begin() + 1, seen_.end()) << ", there twice and flagged "
              << twice_ << ", flagged and there once " << flagged_once_ << "\n";
  }

 private:
  bool is_enough() const {
    return killed_ >= kills_ && std::all_of(seen_.begin() + 1, seen_.end(),
                                            [this](int count) { return count >= faults_; });
  }

  // Rows of 40 users, written by the journal as turns do.
  void owe(int rows) {
    fakes::KeptLog log;
    auto journal = storage::open_journal(folder_ / "journal.db", log);
    ASSERT_TRUE(journal) << journal.error().describe();
    for (int i = 0; i < rows; ++i) {
      const int64_t n = ++rows_;
      const int user = static_cast<int>(dice_() % 40);
      runtime::JournalRecord record{base::Id::derived("consumer", std::to_string(user)),
                                    ++turns_[user], "turn"};
      json::object body{{"user", {{"external_id", "u" + std::to_string(user)}}}};
      if (n % 3 == 0) {
        body["attributes"] = json::object{{"a" + std::to_string(dice_() % 3), n}};
      } else {
        body["events"] = json::array{{{"name", "e" + std::to_string(n)}, {"time", "t"}}};
      }
      record.deliveries.push_back({"k" + std::to_string(n), record.consumer, "chat", "shop", "live",
                                   "braze", "braze.track", std::move(body)});
      (*journal)->append(std::move(record), [](base::Result<int64_t> done) { ASSERT_TRUE(done); });
    }
  }

  // One life of the sender; false when it ended by itself, everything being settled.
  bool run_once() {
    int sockets[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0) std::abort();
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(sockets[0]);
      run_sender(folder_, sockets[1]);
    }
    ::close(sockets[1]);
    const int lifetime =
        killed_ < kills_ ? 1 + static_cast<int>(dice_() % 60) : std::numeric_limits<int>::max();
    const bool ended = serve(sockets[0], lifetime);
    if (!ended) {
      ::kill(child, SIGKILL);
      ++killed_;
    }
    ::close(sockets[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (ended) EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    return !ended;
  }

  // True when the sender went away by itself before so many requests.
  bool serve(int socket, int lifetime) {
    Lines lines(socket);
    while (lifetime-- > 0) {
      const auto line = lines.next();
      if (!line) return true;
      const auto request = *json::parse_object(*line);
      const std::string body(request.at("body").as_string());
      const Fault fault = next_fault(body);
      const auto answer = braze_.answer(request.at("path").as_string(), body, fault, "SECRET-KEY");
      json::object headers;
      for (const web::Header& header : answer.response.headers) headers[header.name] = header.value;
      write_line(socket, {{"number", request.at("number")},
                          {"kind", static_cast<int>(answer.kind)},
                          {"status", answer.response.status},
                          {"headers", std::move(headers)},
                          {"body", answer.response.body}});
    }
    return false;
  }

  Fault next_fault(const std::string& body) {
    if (is_enough() || dice_() % 2 == 0) return Fault::none;
    auto fault = static_cast<Fault>(1 + dice_() % (static_cast<size_t>(Fault::count) - 1));
    // What is refused alone and for no reason is a dead letter, and no loss.
    const size_t first = body.find("external_id");
    const bool is_single = body.find("external_id", first + 1) == body.npos;
    const bool would_end = fault == Fault::bad_request || fault == Fault::too_large_html;
    if (is_single && would_end) fault = Fault::reset_after;
    ++seen_[static_cast<size_t>(fault)];
    return fault;
  }

  void check() {
    std::map<std::string, json::value> wanted;
    runtime::DeliveryFilter filter;
    filter.limit = 1'000;
    int64_t rows = 0;
    for (;;) {
      const auto page = storage::list_deliveries(folder_ / "journal.db", filter);
      ASSERT_TRUE(page) << page.error().describe();
      for (const runtime::StoredDelivery& stored : *page) check_row(stored, wanted);
      rows += static_cast<int64_t>(page->size());
      if (page->size() < filter.limit) break;
      filter.after = page->back().row.id;
    }
    EXPECT_EQ(rows, rows_);
    for (const auto& [name, value] : wanted) {
      const size_t dot = name.find('.');
      EXPECT_EQ(json::serialize(braze_.attributes[name.substr(0, dot)][name.substr(dot + 1)]),
                json::serialize(value))
          << name;
    }
  }

  void check_row(const runtime::StoredDelivery& stored,
                 std::map<std::string, json::value>& wanted) {
    SCOPED_TRACE(stored.row.key + " " + stored.row.progress);
    EXPECT_EQ(stored.state, State::delivered);
    const auto body = *json::parse_object(stored.row.body);
    const std::string user(body.at("user").at("external_id").as_string());
    if (const json::object* attributes = json::get_object(body, "attributes")) {
      for (const auto& [name, value] : *attributes) {
        wanted[user + "." + std::string(name)] = value;
      }
      return;
    }
    const int times = braze_.by_delivery_id[stored.row.key + "#0"];
    const bool is_flagged = delivery::read_progress(stored.row.progress, 1).objects[0].may_be_twice;
    EXPECT_GE(times, 1);
    if (times > 1) EXPECT_TRUE(is_flagged);
    twice_ += times > 1 ? 1 : 0;
    flagged_once_ += is_flagged && times == 1 ? 1 : 0;
  }

  const int kills_;
  const int faults_;
  fakes::Folder home_;
  const fs::path& folder_ = home_.path;
  std::mt19937_64 dice_{42};
  delivery::braze::ModelBraze braze_;
  std::map<int, int64_t> turns_;
  std::vector<int> seen_ = std::vector<int>(static_cast<size_t>(Fault::count));
  int64_t rows_ = 0;
  int killed_ = 0;
  int twice_ = 0;
  int flagged_once_ = 0;
};

TEST(OutboxCrash, KilledAtAnyMomentBesideEveryFaultItLosesNothing) {
  Ordeal(from_environment("MILLRACE_KILLS", 6), from_environment("MILLRACE_FAULTS", 10)).play();
}

}  // namespace
}  // namespace millrace::outbox
