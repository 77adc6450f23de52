// The store of files: kept once under their hash, for as long as the server keeps files, and read
// by signed links. A thread of its own reads and writes. Whoever sends a file has it judged by its
// bytes, and, where the server has one, by a scanner, on another thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/key_value.hpp"
#include "base/result.hpp"
#include "base/web/web.hpp"
#include "base/world.hpp"
#include "media/finished.hpp"
#include "media/link.hpp"
#include "media/partial.hpp"
#include "media/worker.hpp"

namespace millrace::media {

struct FileType;

// Looks for what harms. Blocks; called on one thread.
class Scanner {
 public:
  virtual ~Scanner() = default;
  // "" when nothing was found, else what was. The error: it could not be asked.
  virtual base::Result<std::string> scan(std::string_view bytes) = 0;
};

// Makes a picture small. Blocks; called on one thread.
class Shrinker {
 public:
  virtual ~Shrinker() = default;
  // JPEG or PNG. `invalid_argument` and `deadline_exceeded` are about the picture, and are not
  // asked again; every other error is about the machine.
  virtual base::Result<std::string> small(std::string_view bytes) = 0;
};

struct Limits {
  int64_t kept_ms = 30LL * 24 * 3'600'000;  // after a file was last sent
  int64_t shown_ms = 12LL * 3'600'000;      // how long a link lives that is made for a reader
  size_t bytes_max = size_t{4} << 30;       // of all files
  size_t files_of_consumer_max = 100;
  Worker::Limits waiting = {};                       // for a thread; more is refused
  Worker::Limits shrinking = {8, size_t{64} << 20};  // for that thread; more is shown as it is
  size_t small_enough_bytes = 64 << 10;              // a picture of so much is shown as it is
  size_t shrunk_bytes_max = size_t{10} << 20;        // so is one of more
  Partials::Limits partials = {};
};

struct Sent {
  Slice slice;
  std::string name;
  size_t bytes_max = 0;
  std::vector<std::string> kinds;  // that are taken; empty: all
};
// GET /media/v1/{token}/{name}: 200 with the file, 403 (no link of ours), 410 (it is over, or the
// file is). Every answer forbids everything that a page could do; only pictures are shown in place.
// With ?size=small a picture comes small, where it can be made so, and else as it is. Thread-safe.
class Media final : public web::Handler {
 public:
  using Done = std::move_only_function<void(base::Result<Taken>)>;
  struct Ports {
    base::KeyValueStore& store;
    base::Clock& clock;
    base::Random& random;
    Scanner* scanner = nullptr;
    Shrinker* shrinker = nullptr;
  };
  // `key` signs links.
  Media(Ports ports, std::string key, Limits limits);
  // What still waits is not done any more.
  ~Media() override;

  // Where the server is reached; links are below it.
  void reach_at(std::string base_url);

  void handle(web::Request request, web::Respond respond) override;
  // `done` is called once, here or on a thread of this. The last slice may come again, for ten
  // minutes or so, and has the same answer.
  void take(Sent sent, Done done);
  std::optional<Named> shown(std::string_view text) const;
  // Removes what these people sent, but for files that somebody else sent as well. `done` is called
  // once it is durable.
  void forget(std::set<base::Id> people, std::move_only_function<void(base::Result<void>)> done);

 private:
  base::Result<void> judge(const Sent& sent) const;
  // A file that is whole, on its way through the threads.
  struct Whole {
    std::string upload;
    base::Id consumer;
    std::string name;
    std::vector<std::string> kinds;
    std::string content;
    Done done;
    const FileType* type = nullptr;  // by its bytes
  };
  // Whether it is of a kind that is taken, and harmless; then it is kept.
  void examine(const std::shared_ptr<Whole>& whole);
  void keep(const std::shared_ptr<Whole>& whole);
  base::Result<Taken> kept(Whole& whole);
  void finish(Whole& whole, base::Result<Taken> taken);
  base::Result<void> has_room(const base::Id& consumer, size_t bytes);
  // How much there is: at the start.
  void count();
  base::Result<void> write(base::KeyValueBatch batch);
  // Removes what was kept for long enough: at the start, and every hour.
  base::Result<void> sweep();
  base::Result<void> forget_now(const std::set<base::Id>& people);
  void remove_file(std::string_view hash, std::string_view about, base::KeyValueBatch& batch);
  base::Result<void> sweep_page(std::string_view prefix, std::string& after, int64_t before);
  using Answer = std::shared_ptr<web::Respond>;
  web::Response read(const Link& link, bool is_head);
  // A picture that is wanted small: on the files' thread, on the shrinking one, and back.
  void read_small(const Link& link, bool is_head, const Answer& answer);
  void shrink(const Link& link, bool is_head, const std::string& picture, const Answer& answer);
  void keep_small(const Link& link, std::string small);
  web::Response shown_small(const Link& link, std::string small, bool is_head) const;
  // Without its body. `mark` tells its ETag from that of the same file in another form.
  web::Response file_answer(const Link& link, const FileType& type, std::string_view name,
                            std::string_view mark) const;
  Named named(const Link& link) const;

  const Ports ports_;
  const std::string key_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::string base_url_;
  Partials partials_;  // under mutex_, both
  Finished finished_;
  size_t kept_bytes_ = 0;  // of all files; the files' thread's alone, as everything that is written
  bool is_counted_ = false;  // likewise
  // Last: their threads use the others.
  std::unique_ptr<Worker> files_;
  std::unique_ptr<Worker> scans_;    // null where there is no scanner
  std::unique_ptr<Worker> shrinks_;  // null where pictures are not made small
};

}  // namespace millrace::media
