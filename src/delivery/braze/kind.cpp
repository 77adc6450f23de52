#include "delivery/braze/kind.hpp"

#include "delivery/braze/checks.hpp"
#include "delivery/braze/codec.hpp"
#include "delivery/braze/owing.hpp"

namespace millrace::delivery::braze {
namespace {

std::vector<Command> commands() {
  return {{"BrazeCall",
           {"outcome", "success", "items", "answer"},
           {"method", "path", "body", "query", "wait", "wait_limit_s"},
           {"path"},
           &check_call,
           &owe_call},
          {"BrazeTrack",
           {"outcome", "success", "items"},
           {"user", "attributes", "events", "purchases", "types", "update_existing_only", "wait",
            "wait_limit_s"},
           {},
           &check_track,
           &owe_track}};
}

}  // namespace

const Kind& kind() {
  static const Kind kKind{
      .name = "braze",
      .title = "Braze",
      .section = "braze",
      .asks_ambiguous = true,
      .settings = {{.name = "url", .sandbox = "${env:BRAZE_URL}", .live = "${env:BRAZE_LIVE_URL}"},
                   {.name = "api_key",
                    .is_secret = true,
                    .sandbox = "${secret:BRAZE_API_KEY}",
                    .live = "${secret:BRAZE_LIVE_API_KEY}"}},
      .commands = commands(),
      .track = &owe_event,
      .speak = []() -> std::unique_ptr<Codec> { return std::make_unique<BrazeCodec>(); }};
  return kKind;
}

}  // namespace millrace::delivery::braze
