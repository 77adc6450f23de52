// The log of the Event Listener in a data folder, read beside a running server or without one.
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "base/result.hpp"
#include "listener/event_log.hpp"
#include "people/event.hpp"

namespace millrace::app {

// Every line of what was received since then, in the order in which it came; nothing where no event
// has ever come. Errors: what `each` returned; data_loss; unavailable.
base::Result<void> each_event_line(
    const std::filesystem::path& data, base::Timestamp since,
    const std::function<base::Result<void>(const listener::LoggedLine&)>& each);

// Every event, likewise.
base::Result<void> each_event(const std::filesystem::path& data, base::Timestamp since,
                              const std::function<void(people::Event)>& each);

// Removes every event of these ids (listener/forgetting.hpp), and says how many those were. No
// server may use the folder.
base::Result<size_t> forget_events(const std::filesystem::path& data,
                                   const std::set<std::string, std::less<>>& ids);

}  // namespace millrace::app
