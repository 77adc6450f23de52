#include "lanes/notices.hpp"

namespace millrace::lanes {

void Notices::tell(std::string_view kind, std::string_view sentence) {
  meter_.count("edge_notices_total", {{"kind", kind}}, 1);
  std::optional<uint64_t> held_back;
  {
    const std::lock_guard lock(mutex_);
    held_back = pace_.admit(kind, std::chrono::steady_clock::now().time_since_epoch());
  }
  if (!held_back) return;
  std::string text(sentence);
  if (*held_back > 0) text += " (and " + std::to_string(*held_back) + " times since last said)";
  log_.line(base::Level::warning, "http", text);
}

void Notices::tell_exception(std::string_view where) noexcept {
  try {
    std::string what = "of an unknown type";
    try {
      throw;
    } catch (const std::exception& error) {
      what = std::string(error.what()).substr(0, kWhatBytesMax);
    } catch (...) {
    }
    tell("exception", "an exception ended a " + std::string(where) + ", and nothing else: " + what);
  } catch (...) {
    // No memory to say it with.
  }
}

}  // namespace millrace::lanes
