#include "media/media.hpp"

#include <algorithm>
#include <future>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/resilience/shares.hpp"
#include "base/text.hpp"
#include "media/file_type.hpp"
#include "media/keys.hpp"

namespace millrace::media {
namespace {

using base::Code;
using base::fail;

web::Response refused(int status, std::string_view message) {
  return web::json_response(status, json::serialize(json::object{{"message", message}}));
}

std::unexpected<base::Error> too_much() {
  return fail(Code::unavailable, "too much is being read and written; try again");
}

}  // namespace

Media::Media(Ports ports, std::string key, Limits limits)
    : ports_(ports), key_(std::move(key)), limits_(limits), partials_(limits.partials) {
  files_ = std::make_unique<Worker>("media", limits.waiting, [this] {
    if (!is_counted_) count();
    // What could not be removed now is the next time.
    static_cast<void>(sweep());
  });
  if (ports.scanner != nullptr) scans_ = std::make_unique<Worker>("media-scan", limits.waiting);
  if (ports.shrinker != nullptr)
    shrinks_ = std::make_unique<Worker>("media-small", limits.shrinking);
}

// Threads that give each other work end before any of them is gone.
Media::~Media() {
  for (const auto* worker : {&scans_, &shrinks_, &files_}) {
    if (*worker) (*worker)->stop();
  }
}

void Media::count() {
  std::string after;
  for (;;) {
    const auto page = ports_.store.scan(kAbout, after, kPageOfScan);
    if (!page) return;  // again within the hour; what is sent meanwhile counts
    if (page->empty()) break;
    for (const auto& [name, about] : *page) {
      const auto known = json::parse_object(about);
      if (known) kept_bytes_ += static_cast<size_t>(json::get_integer(*known, "bytes").value_or(0));
    }
    after = page->back().first;
  }
  is_counted_ = true;
}

void Media::reach_at(std::string base_url) {
  while (base_url.ends_with('/')) base_url.pop_back();
  const std::lock_guard lock(mutex_);
  base_url_ = std::move(base_url);
}

// ---- taking

base::Result<void> Media::judge(const Sent& sent) const {
  if (sent.slice.bytes == 0) return fail(Code::invalid_argument, "the file is empty", "size");
  if (sent.slice.bytes > sent.bytes_max) {
    return fail(Code::invalid_argument,
                "a file may have " + std::to_string(sent.bytes_max >> 20) + " MB here", "size");
  }
  if (sent.slice.part.size() > sent.slice.bytes) {
    return fail(Code::invalid_argument, "there is more than the file has", "size");
  }
  return {};
}

void Media::take(Sent sent, Done done) {
  if (sent.slice.upload.empty()) {
    if (auto right = judge(sent); !right) return done(std::unexpected(right.error()));
  }
  const base::Id consumer = sent.slice.consumer;
  std::string id(16, '\0');
  ports_.random.fill({reinterpret_cast<uint8_t*>(id.data()), id.size()});
  base::Result<Progress> progress;
  std::optional<Taken> before;
  {
    const std::lock_guard lock(mutex_);
    if (const Taken* known = finished_.find(consumer, sent.slice.upload)) {
      before = *known;
    } else {
      progress = partials_.take(std::move(sent.slice), ports_.clock.now(), base::to_hex(id));
    }
  }
  if (before) return done(std::move(*before));
  if (!progress) return done(std::unexpected(progress.error()));
  if (!progress->is_whole) return done(Taken{progress->upload, progress->received, {}});
  auto whole = std::make_shared<Whole>(Whole{std::move(progress->upload), consumer,
                                             std::move(sent.name), std::move(sent.kinds),
                                             std::move(progress->content), std::move(done)});
  Worker& first = scans_ ? *scans_ : *files_;
  if (!first.post([this, whole] { examine(whole); }, whole->content.size())) {
    finish(*whole, too_much());
  }
}

void Media::examine(const std::shared_ptr<Whole>& whole) {
  whole->type = type_of(whole->content);
  const auto& kinds = whole->kinds;
  const bool is_wanted =
      whole->type != nullptr &&
      (kinds.empty() || std::ranges::find(kinds, whole->type->kind) != kinds.end());
  if (!is_wanted) {
    return finish(*whole, fail(Code::invalid_argument, "files of this kind are not taken", "file"));
  }
  if (!scans_) return keep(whole);
  const auto found = ports_.scanner->scan(whole->content);
  if (!found) {
    return finish(*whole, fail(Code::unavailable, "files cannot be looked at now; try again"));
  }
  if (!found->empty()) {
    return finish(*whole,
                  fail(Code::invalid_argument, "this file is not taken: it may do harm", "file"));
  }
  if (!files_->post([this, whole] { keep(whole); }, whole->content.size())) {
    finish(*whole, too_much());
  }
}

void Media::finish(Whole& whole, base::Result<Taken> taken) {
  if (taken) {
    const std::lock_guard lock(mutex_);
    finished_.add(whole.consumer, *taken, ports_.clock.now());
  }
  whole.done(std::move(taken));
}

void Media::keep(const std::shared_ptr<Whole>& whole) {
  finish(*whole, kept(*whole));
}

base::Result<void> Media::has_room(const base::Id& consumer, size_t bytes) {
  const auto own = ports_.store.scan(owner_prefix(consumer), "", limits_.files_of_consumer_max);
  if (!own) return std::unexpected(own.error());
  if (own->size() >= limits_.files_of_consumer_max) {
    return fail(Code::resource_exhausted, "this person has sent as many files as can be kept");
  }
  if (kept_bytes_ + bytes > limits_.bytes_max) {
    return fail(Code::resource_exhausted, "there is no room for more files");
  }
  return {};
}

base::Result<Taken> Media::kept(Whole& whole) {
  const size_t bytes = whole.content.size();
  const std::string hash = base::sha256(whole.content);
  const std::string hex = base::to_hex(hash);
  const auto known = ports_.store.get(about_key(hex));
  if (!known) return std::unexpected(known.error());
  const auto own = ports_.store.get(owner_prefix(whole.consumer) + hex);
  if (!own) return std::unexpected(own.error());
  // What this person has sent before takes no more room.
  const size_t added = *known ? 0 : bytes;
  if (!*own || !*known) {
    if (auto room = has_room(whole.consumer, added); !room) return std::unexpected(room.error());
  }
  const base::Timestamp now = ports_.clock.now();
  base::KeyValueBatch batch;
  const json::object about{{"bytes", bytes}, {"type", whole.type->type}, {"at", now.ms}};
  if (!*known) batch.writes.emplace_back(bytes_key(hex), std::move(whole.content));
  batch.writes.emplace_back(about_key(hex), json::serialize(about));
  batch.writes.emplace_back(owner_prefix(whole.consumer) + hex,
                            json::serialize(json::object{{"at", now.ms}}));
  if (auto written = write(std::move(batch)); !written) return std::unexpected(written.error());
  kept_bytes_ += added;
  return Taken{whole.upload, bytes,
               named({hash,
                      std::string(whole.type->type),
                      file_name(whole.name, *whole.type),
                      {now.ms + limits_.kept_ms}})};
}

// ---- reading

Named Media::named(const Link& link) const {
  const std::lock_guard lock(mutex_);
  return {base_url_ + make_link(key_, link), link.name, link.type};
}

std::optional<Named> Media::shown(std::string_view text) const {
  auto link = link_in(key_, text);
  if (!link) return std::nullopt;
  // Never longer than the file is there.
  link->until = {std::min(link->until.ms, ports_.clock.now().ms + limits_.shown_ms)};
  return named(*link);
}

void Media::handle(web::Request request, web::Respond respond) {
  if (request.method != "GET" && request.method != "HEAD") {
    auto answer = refused(405, "use GET");
    answer.headers.push_back({"Allow", "GET, HEAD"});
    return respond(std::move(answer));
  }
  const std::string_view path =
      std::string_view(request.path).substr(std::min(request.path.size(), kLinkPath.size()));
  const auto slash = path.find('/');
  const auto link = slash == path.npos
                        ? std::nullopt
                        : read_link(key_, path.substr(0, slash), path.substr(slash + 1));
  if (!link) return respond(refused(403, "this link is not valid"));
  if (link->until <= ports_.clock.now()) return respond(refused(410, "this link is over"));
  auto shared = std::make_shared<web::Respond>(std::move(respond));
  const bool is_head = request.method == "HEAD";
  const bool is_small = shrinks_ && request.query_parameter("size") == "small";
  const bool is_taken = files_->post([this, link = *link, is_head, is_small, shared] {
    is_small ? read_small(link, is_head, shared) : (*shared)(read(link, is_head));
  });
  if (!is_taken) {
    (*shared)(web::with_retry_after(refused(503, "too much is being read; try again"), 1));
  }
}

web::Response Media::read(const Link& link, bool is_head) {
  const FileType* type = type_named(link.type);
  const auto bytes = ports_.store.get(bytes_key(base::to_hex(link.hash)));
  if (!bytes) return refused(503, "the file cannot be read now");
  if (!*bytes || type == nullptr) return refused(410, "this file is not kept any more");
  web::Response out = file_answer(link, *type, link.name, "");
  if (!is_head) out.body = **bytes;
  return out;
}

web::Response Media::file_answer(const Link& link, const FileType& type, std::string_view name,
                                 std::string_view mark) const {
  const int64_t seconds = (link.until.ms - ports_.clock.now().ms) / 1'000;
  web::Response out;
  out.headers = {
      {"Content-Type", std::string(type.type)},
      {"Content-Disposition", disposition(name, type)},
      {"Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'"},
      {"Cross-Origin-Resource-Policy", "cross-origin"},
      {"Cache-Control", "private, max-age=" + std::to_string(std::max<int64_t>(seconds, 0))},
      {"ETag", "\"" + base::to_hex(link.hash).substr(0, 32) + std::string(mark) + "\""}};
  return out;
}

// One thread writes, and waits for it, so that nothing is decided by what is about to change.
base::Result<void> Media::write(base::KeyValueBatch batch) {
  std::promise<base::Result<void>> written;
  ports_.store.commit(std::move(batch),
                      [&](base::Result<void> done) { written.set_value(std::move(done)); });
  return written.get_future().get();
}

}  // namespace millrace::media
