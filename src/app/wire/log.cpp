#include "app/wire/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace millrace::app {
namespace {

spdlog::level::level_enum level_of(base::Level level) {
  switch (level) {
    case base::Level::debug: return spdlog::level::debug;
    case base::Level::info: return spdlog::level::info;
    case base::Level::warning: return spdlog::level::warn;
    case base::Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

class StderrLog final : public base::Log {
 public:
  explicit StderrLog(base::Level least)
      : logger_("millrace", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_level(level_of(least));
    logger_.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc);
    logger_.flush_on(spdlog::level::info);
  }

  void line(base::Level level, std::string_view subject, std::string_view text) override {
    logger_.log(level_of(level), "{} {}", subject, text);
  }

 private:
  spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<base::Log> make_log(base::Level least) {
  return std::make_unique<StderrLog>(least);
}

}  // namespace millrace::app
