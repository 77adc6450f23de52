// The store of files, wired: its database in the data folder, the Engagement API that sends files
// to it, the scanner that the operator has, and what makes pictures small.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "app/wire/options.hpp"
#include "base/world.hpp"
#include "engage/files.hpp"
#include "media/media.hpp"

namespace millrace::app {

class MediaEdge final : public engage::Files {
 public:
  struct Ports {
    base::Clock& clock;
    base::Random& random;
    base::Log& log;
  };
  // `key` signs links.
  static base::Result<std::unique_ptr<MediaEdge>> open(const ServeOptions& options,
                                                       const std::string& key, Ports ports);
  ~MediaEdge() override;

  web::Handler& handler() { return *media_; }
  // Where people reach the server.
  void reach_at(std::string base_url) { media_->reach_at(std::move(base_url)); }

  // What media::Media::forget does.
  void forget(std::set<base::Id> people, std::move_only_function<void(base::Result<void>)> done) {
    media_->forget(std::move(people), std::move(done));
  }

  void take(engage::FileSlice slice, Done done) override;
  std::optional<engage::FileLink> shown(std::string_view text) const override;

 private:
  MediaEdge() = default;
  std::unique_ptr<base::KeyValueStore> store_;
  std::unique_ptr<media::Scanner> scanner_;
  std::unique_ptr<media::Shrinker> shrinker_;
  std::unique_ptr<media::Media> media_;
};

}  // namespace millrace::app
