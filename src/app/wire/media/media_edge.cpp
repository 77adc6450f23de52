#include "app/wire/media/media_edge.hpp"

#include "app/wire/media/clamd.hpp"
#include "python/python.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

// Looks for what it needs when it is first wanted: then the log says what is missing, once.
class SmallPictures final : public media::Shrinker {
 public:
  explicit SmallPictures(base::Log& log) : log_(log) {}

  base::Result<std::string> small(std::string_view bytes) override {
    if (!is_looked_for_) {
      is_looked_for_ = true;
      auto made = python::Pictures::make();
      if (made) pictures_ = std::move(*made);
      if (!made) {
        log_.line(base::Level::warning, "media",
                  "pictures are shown as they are, and not made small: " + made.error().describe());
      }
    }
    if (pictures_) return pictures_->small(bytes);
    return base::fail(base::Code::unavailable, "pictures are not made small here");
  }

 private:
  base::Log& log_;
  bool is_looked_for_ = false;
  std::unique_ptr<python::Pictures> pictures_;
};

engage::FileLink link_of(media::Named named) {
  return {std::move(named.url), std::move(named.name), std::move(named.type)};
}

}  // namespace

base::Result<std::unique_ptr<MediaEdge>> MediaEdge::open(const ServeOptions& options,
                                                         const std::string& key, Ports ports) {
  std::unique_ptr<MediaEdge> made(new MediaEdge());
  auto store = storage::open_key_value(options.data / "media.db", ports.log);
  if (!store) return std::unexpected(store.error());
  made->store_ = std::move(*store);
  if (!options.clamd.empty()) {
    auto scanner = Clamd::at(options.clamd, ports.log);
    if (!scanner) return std::unexpected(scanner.error());
    made->scanner_ = std::move(*scanner);
  }
  // No picture is opened outside of a sandbox.
  if (!options.world.unsafe_no_sandbox) {
    made->shrinker_ = std::make_unique<SmallPictures>(ports.log);
  }
  media::Limits limits;
  limits.kept_ms = static_cast<int64_t>(options.media_days) * 24 * 3'600'000;
  limits.bytes_max = options.media_bytes_max;
  made->media_ = std::make_unique<media::Media>(
      media::Media::Ports{*made->store_, ports.clock, ports.random, made->scanner_.get(),
                          made->shrinker_.get()},
      key, limits);
  return made;
}

MediaEdge::~MediaEdge() = default;

void MediaEdge::take(engage::FileSlice slice, Done done) {
  media::Sent sent{
      {slice.consumer, std::move(slice.upload), slice.bytes, slice.offset, std::move(slice.part)},
      std::move(slice.name),
      slice.bytes_max,
      std::move(slice.kinds)};
  media_->take(std::move(sent), [done = std::move(done)](base::Result<media::Taken> taken) mutable {
    if (!taken) return done(std::unexpected(taken.error()));
    engage::FileTaken out{std::move(taken->upload), taken->received, {}};
    if (taken->file) out.file = link_of(std::move(*taken->file));
    done(std::move(out));
  });
}

std::optional<engage::FileLink> MediaEdge::shown(std::string_view text) const {
  auto named = media_->shown(text);
  if (!named) return std::nullopt;
  return link_of(std::move(*named));
}

}  // namespace millrace::app
