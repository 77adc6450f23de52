// What a delivery costs from durable row to acknowledged. `fill DIR ROWS` makes a journal with rows
// that wait; `send DIR URL KEY` sends them all and says how fast, and at what CPU and memory cost;
// `hold DIR SECONDS` tries at an address where nobody listens, and says how much memory that takes.
// bench/outbox.sh puts them together with the sandbox.
#include <chrono>
#include <cstring>
#include <fstream>
#include <future>
#include <iostream>
#include <random>
#include <thread>

#include "bench/measure.hpp"
#include "delivery/braze/codec.hpp"
#include "egress/egress.hpp"
#include "outbox/outbox.hpp"
#include "storage/storage.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"

namespace {

using namespace millrace;

// Resident memory now, in MiB; without what is only mapped from files.
double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stod(line.substr(8)) / 1024;
  }
  return 0;
}

// One row of two objects in three, as a conversation owes them: a profile's attributes, an event.
json::object body_of(int64_t n) {
  const std::string user = "bench-" + std::to_string(n % 200'000);
  json::object body{{"user", {{"external_id", user}}}};
  if (n % 2 == 0) {
    body["attributes"] = json::object{{"first_name", "Ana"},
                                      {"home_city", "Porto"},
                                      {"favourite_number", n},
                                      {"operating_system", "Linux"}};
  } else {
    body["events"] = json::array{json::object{{"name", "conversation_completed"},
                                              {"time", "2026-01-02T03:04:05Z"},
                                              {"properties", {{"bot", "welcome"}, {"n", n}}}}};
  }
  return body;
}

int fill(const std::string& folder, int64_t rows) {
  bench::ShownLog log{base::Level::info};
  auto journal = storage::open_journal(folder + "/journal.db", log);
  if (!journal) return 1;
  constexpr int64_t kTogether = 20'000;
  for (int64_t first = 0; first < rows; first += kTogether) {
    const int64_t last = std::min(rows, first + kTogether);
    std::promise<void> written;
    for (int64_t n = first; n < last; ++n) {
      const auto consumer = base::Id::derived("bench", std::to_string(n));
      runtime::JournalRecord record{consumer, 1, "turn"};
      record.deliveries.push_back({consumer.to_string() + ":1:1", consumer, "chat", "bench", "live",
                                   "braze", "braze.track", body_of(n)});
      const bool is_last = n + 1 == last;
      (*journal)->append(std::move(record), [&written, is_last](base::Result<int64_t>) {
        if (is_last) written.set_value();
      });
    }
    written.get_future().get();
  }
  return 0;
}

// Answers at once, for seeing what the rest costs: `send DIR none KEY`.
class Nowhere final : public web::Outbound {
 public:
  void send(web::OutboundRequest, Done done) override {
    done({web::OutboundAnswer::Kind::answered, {201, {}, R"({"message":"success"})"}, ""});
  }
};

struct Sending {
  fakes::WallClock clock;
  fakes::SeededChance random{std::random_device()()};
  bench::ShownLog log{base::Level::info};
  base::NoMeter meter;
  egress::SystemResolver resolver;
  std::unique_ptr<storage::DurableJournal> journal;
  std::unique_ptr<egress::Client> client;
  Nowhere nowhere;
  std::unique_ptr<outbox::Sender> sender;

  ~Sending() {
    if (sender) sender->stop();
  }

  bool start(const std::string& folder, const std::string& url, const std::string& key) {
    auto opened = storage::open_journal(folder + "/journal.db", log);
    if (!opened) return false;
    journal = std::move(*opened);
    const bool is_somewhere = url != "none";
    egress::ClientOptions options;
    if (is_somewhere) options.rules.internal_allowed = {url.substr(url.find("//") + 2)};
    auto made = egress::Client::make(options, resolver, clock, meter);
    if (!made) return false;
    client = std::move(*made);
    sender = std::make_unique<outbox::Sender>(outbox::Sender::Ports{
        journal->deliveries(), is_somewhere ? static_cast<web::Outbound&>(*client) : nowhere, clock,
        random, log, meter,
        [=](const auto&) {
          return outbox::Destination{{{"url", {url}}, {"api_key", {key}}}, std::nullopt};
        },
        [](std::string_view) { return std::make_unique<delivery::braze::BrazeCodec>(); }});
    return sender->start().has_value();
  }
  size_t waiting() {
    // The first that waits, and nothing counted.
    return journal->deliveries().waiting(1, 0, 1)->size();
  }
};

int send(const std::string& folder, const std::string& url, const std::string& key) {
  using Seconds = std::chrono::duration<double>;
  Sending sending;
  const auto began = std::chrono::steady_clock::now();
  if (!sending.start(folder, url, key)) return 1;
  const size_t rows = sending.journal->deliveries().depth(1)->waiting;
  const double cpu = bench::cpu_seconds();
  double most_mib = 0;
  // Looking costs something itself; the last rows may wait for their look.
  while (sending.waiting() > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    most_mib = std::max(most_mib, resident_mib());
  }
  const double took = Seconds(std::chrono::steady_clock::now() - began).count();
  const double used = bench::cpu_seconds() - cpu;
  std::cout << json::serialize(
                   json::object{{"rows", rows},
                                {"seconds", took},
                                {"objects_per_second", static_cast<double>(rows) / took},
                                {"cpu_seconds", used},
                                {"objects_per_cpu_second", static_cast<double>(rows) / used},
                                {"most_resident_mib", most_mib}})
            << "\n";
  return 0;
}

int hold(const std::string& folder, int seconds) {
  Sending sending;
  if (!sending.start(folder, "http://127.0.0.1:9", "K")) return 1;
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  std::cout << json::serialize(
                   json::object{{"rows_waiting", sending.journal->deliveries().depth(1)->waiting},
                                {"resident_mib", resident_mib()},
                                {"cpu_seconds", bench::cpu_seconds()}})
            << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "fill" && argc == 4) return fill(argv[2], std::stoll(argv[3]));
  if (what == "send" && argc == 5) return send(argv[2], argv[3], argv[4]);
  if (what == "hold" && argc == 4) return hold(argv[2], std::stoi(argv[3]));
  std::cerr << "outbox_bench fill DIR ROWS | send DIR URL KEY | hold DIR SECONDS\n";
  return 2;
}
