// The scripted part of the demo.
#pragma once

#include <string>

namespace millrace::app {

// Plays it over HTTP against a server that is up, and prints the transcript; true when every
// profile that is read back is as it was told.
bool play_demo_script(const std::string& base_url, const std::string& sandbox_url,
                      const std::string& sandbox_key);

}  // namespace millrace::app
