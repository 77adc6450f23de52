// ClamAV's daemon, asked about files that people send: the command INSTREAM of its published
// protocol, over a Unix socket or over TCP.
#pragma once

#include <chrono>
#include <string>

#include "media/media.hpp"

namespace millrace::app {

class Clamd final : public media::Scanner {
 public:
  static constexpr std::chrono::seconds kPatience{30};  // for each step

  // "/run/clamav/clamd.ctl", or "127.0.0.1:3310".
  explicit Clamd(std::string at) : at_(std::move(at)) {}
  base::Result<std::string> scan(std::string_view bytes) override;

 private:
  const std::string at_;
};

}  // namespace millrace::app
