// ClamAV's daemon, asked about files that people send: the command INSTREAM of its published
// protocol, over a Unix socket or over TCP.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/world.hpp"
#include "media/media.hpp"

namespace millrace::app {

class Clamd final : public media::Scanner {
 public:
  static constexpr std::chrono::seconds kPatience{30};  // for each step

  // `at`: "/run/clamav/clamd.ctl", or "127.0.0.1:3310". invalid_argument: it is neither.
  static base::Result<std::unique_ptr<Clamd>> at(std::string at, base::Log& log);
  base::Result<std::string> scan(std::string_view bytes) override;

 private:
  Clamd(std::string at, base::Log& log) : at_(std::move(at)), log_(log) {}
  base::Result<std::string> ask(std::string_view bytes);

  const std::string at_;
  base::Log& log_;
  bool is_away_ = false;  // the last time; the log is told when that changes
};

}  // namespace millrace::app
