// The store of files: kept once under their hash, for as long as the server keeps files, and read
// by signed links. A thread of its own reads and writes. Whoever sends a file has it judged by its
// bytes, and, where the server has one, by a scanner.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/id.hpp"
#include "base/key_value.hpp"
#include "base/result.hpp"
#include "base/web/web.hpp"
#include "base/world.hpp"
#include "media/link.hpp"
#include "media/partial.hpp"

namespace millrace::media {

// Looks for what harms. Blocks; called on the store's thread alone.
class Scanner {
 public:
  virtual ~Scanner() = default;
  // "" when nothing was found, else what was. The error: it could not be asked.
  virtual base::Result<std::string> scan(std::string_view bytes) = 0;
};

struct Limits {
  int64_t kept_ms = 30LL * 24 * 3'600'000;  // after a file was last sent
  int64_t shown_ms = 12LL * 3'600'000;      // how long a link lives that is made for a reader
  size_t bytes_max = size_t{4} << 30;       // of all files
  size_t files_of_consumer_max = 100;
  size_t waiting_max = 256;  // for the thread; more are refused
  Partials::Limits partials = {};
};

struct Sent {
  Slice slice;
  std::string name;
  size_t bytes_max = 0;
  std::vector<std::string> kinds;  // that are taken; empty: all
};
struct Named {
  std::string url;
  std::string name;
  std::string type;
};
struct Taken {
  std::string upload;
  size_t received = 0;
  std::optional<Named> file;  // once it is whole and durable
};

// GET /media/v1/{token}/{name}: 200 with the file, 403 (no link of ours), 410 (it is over, or the
// file is). Every answer forbids everything that a page could do; only pictures are shown in place.
// Thread-safe.
class Media final : public web::Handler {
 public:
  using Done = std::move_only_function<void(base::Result<Taken>)>;
  struct Ports {
    base::KeyValueStore& store;
    base::Clock& clock;
    base::Random& random;
    Scanner* scanner = nullptr;
  };
  // `key` signs links.
  Media(Ports ports, std::string key, Limits limits);
  // What still waits is not done any more.
  ~Media() override;

  // Where the server is reached; links are below it.
  void reach_at(std::string base_url);

  void handle(web::Request request, web::Respond respond) override;
  // `done` is called once, here or on the store's thread.
  void take(Sent sent, Done done);
  std::optional<Named> shown(std::string_view text) const;
  // Removes what these people sent, but for files that somebody else sent as well. `done` is called
  // once it is durable.
  void forget(std::set<base::Id> people, std::move_only_function<void(base::Result<void>)> done);

 private:
  void post(base::Task task, std::move_only_function<void()> refused);
  void run();
  base::Result<void> judge(const Sent& sent) const;
  void keep(const base::Id& consumer, std::string name, const std::vector<std::string>& kinds,
            std::string content, Done done);
  base::Result<void> has_room(const base::Id& consumer, size_t bytes);
  base::Result<void> write(base::KeyValueBatch batch);
  // Removes what was kept for long enough: at the start, and every hour.
  base::Result<void> sweep();
  base::Result<void> forget_now(const std::set<base::Id>& people);
  void remove_file(std::string_view hash, std::string_view about, base::KeyValueBatch& batch);
  base::Result<void> sweep_page(std::string_view prefix, std::string& after, int64_t before);
  web::Response read(const Link& link, bool is_head);
  Named named(const Link& link) const;

  const Ports ports_;
  const std::string key_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::string base_url_;
  std::condition_variable changed_;
  std::deque<base::Task> waiting_;
  Partials partials_;      // under mutex_
  size_t kept_bytes_ = 0;  // of all files; the thread's alone, as everything that is written
  bool stopped_ = false;
  std::jthread thread_;
};

}  // namespace millrace::media
