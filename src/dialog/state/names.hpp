// The words under which the engine's enums are kept in records and states. A word that was once
// written stays what it is: rename an enumerator freely, its word never; a new one gets a new word.
#pragma once

#include "base/enum_names.hpp"
#include "dialog/dialog.hpp"

namespace millrace::dialog {

inline constexpr auto kPhases = base::enum_names<Phase>(
    "phase", "opened", "greeting", "waiting", "calling", "paused", "queued", "with_agent", "ended");
inline constexpr auto kTimerKinds = base::enum_names<TimerKind>(
    "timer", "opening", "silence", "pause", "progress", "limit", "queue");
inline constexpr auto kFrameKinds =
    base::enum_names<Frame::Kind>("kind of frame", "call", "interruption");
inline constexpr auto kCallEnds = base::enum_names<CallEnd>(
    "end of a call", "returned", "raised", "timed_out", "crashed", "refused", "unknown");
// As receivers are told of them.
inline constexpr auto kHandOverSteps = base::enum_names<HandOver::Step>(
    "step of a hand-over", "asked", "joined", "left", "unanswered", "ended");
inline constexpr auto kAdoptions =
    base::enum_names<Adopted::Why>("reason to adopt", "survey", "migrated", "restarted");
inline constexpr auto kAssetKinds = base::enum_names<AssetKind>(
    "kind of asset", "none", "buttons", "quick_reply", "listpicker", "imagebutton", "carousel",
    "selection", "webview", "file_upload", "datepicker", "timepicker", "star_rating");

}  // namespace millrace::dialog
