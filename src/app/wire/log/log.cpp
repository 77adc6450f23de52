#include "app/wire/log/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json.hpp"

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

// An object's members as they stand between its braces.
std::string members_of(const json::object& object) {
  const std::string whole = json::serialize(object);
  return whole.substr(1, whole.size() - 2);
}

class StderrLog final : public ServerLog {
 public:
  StderrLog(base::Level least, LogFormat format)
      : format_(format), logger_("millrace", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_level(level_of(least));
    logger_.set_pattern(format == LogFormat::json
                            ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                            : "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v",
                        spdlog::pattern_time_type::utc);
    logger_.flush_on(spdlog::level::info);
  }

  void line(base::Level level, std::string_view subject, std::string_view text) override {
    if (format_ == LogFormat::text) {
      logger_.log(level_of(level), "{} {}", subject, text);
    } else if (logger_.should_log(level_of(level))) {
      logger_.log(level_of(level), "{}", members_of({{"subject", subject}, {"message", text}}));
    }
  }

  void answered(const AnsweredRequest& request) override {
    if (!logger_.should_log(spdlog::level::info)) return;
    logger_.info("{}", format_ == LogFormat::text ? as_text(request) : as_json(request));
  }

 private:
  const LogFormat format_;
  spdlog::logger logger_;
};

}  // namespace

std::string as_text(const AnsweredRequest& request) {
  return fmt::format("request {} {} {} {} bytes {} ms {} {}", request.method, request.path,
                     request.status, request.bytes, request.took.count(), request.peer, request.id);
}

std::string as_json(const AnsweredRequest& request) {
  return members_of({{"subject", "request"},
                     {"request_id", request.id},
                     {"method", request.method},
                     {"path", request.path},
                     {"status", request.status},
                     {"bytes", request.bytes},
                     {"milliseconds", request.took.count()},
                     {"peer", request.peer}});
}

std::unique_ptr<ServerLog> make_log(base::Level least, LogFormat format) {
  return std::make_unique<StderrLog>(least, format);
}

}  // namespace millrace::app
