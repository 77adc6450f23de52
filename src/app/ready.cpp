#include "app/server.hpp"

namespace millrace::app {

json::object Ready::to_json() const {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
  };
  return {{"base_url", base_url},
          {"app_id", app_id},
          {"pype_id", pype_id},
          {"stream_id", stream_id},
          {"chat_url", chat_url},
          {"braze_sandbox_url", or_null(braze_sandbox_url)},
          {"braze_api_key", or_null(braze_api_key)},
          {"metrics_url", or_null(metrics_url)},
          {"rest", rest},
          {"solutions", solutions}};
}

}  // namespace millrace::app
