#include "app/wire/listeners.hpp"
#include "app/wire/server/server.hpp"

namespace millrace::app {
namespace {

std::string_view rest_of(const ServeOptions& options, const runtime::Solution& solution) {
  const Reach reach = reach_of(options, options.rest);
  if (reach.is_off) return "off";
  if (reach.is_loopback) return "open";
  return solution.program->rest_key.empty() ? "off" : "key";
}

std::string said_of_rest(std::string_view rest) {
  if (rest == "open") return "open: it answers without a key, because only this machine can ask";
  if (rest == "key") return "served to who has its key";
  return "not served: others can ask, and solution.yaml names no key (rest: {key: ...})";
}

}  // namespace

void Ready::describe(const ServeOptions& options, const Listeners& listeners,
                     const runtime::Solutions& served, base::Log& log) {
  const auto or_nothing = [](const std::string& url, const std::string& path) {
    return url.empty() ? std::string() : url + path;
  };
  base_url = listeners.main_url();
  rest_url = or_nothing(listeners.url_of(Surface::rest), "/webhooks/rest/webhook");
  engagement_url = or_nothing(listeners.url_of(Surface::engagement), "/messaging/v1");
  const std::string pages = reached_at(options, listeners, Surface::page);
  for (const runtime::SolutionPtr& solution : served.all()) {
    const std::string app_id = solution->app_id.to_string();
    const std::string chat_url = or_nothing(pages, "/chat/" + app_id);
    solutions.push_back(
        json::object{{"name", solution->name},
                     {"app_id", app_id},
                     {"pype_id", solution->pype_id.to_string()},
                     {"stream_id", solution->stream_id.to_string()},
                     {"chat_url", chat_url.empty() ? json::value(nullptr) : json::value(chat_url)},
                     {"rest", rest_of(options, *solution)}});
    log.line(
        base::Level::info, "server",
        "the REST channel of " + solution->name + " is " +
            (options.rest.is_off ? "switched off" : said_of_rest(rest_of(options, *solution))));
  }
  const runtime::SolutionPtr fallback = served.fallback();
  if (!fallback) {
    rest = "off";
    return;
  }
  const runtime::Solution& first = *fallback;
  rest = rest_of(options, first);
  app_id = first.app_id.to_string();
  pype_id = first.pype_id.to_string();
  stream_id = first.stream_id.to_string();
  chat_url = or_nothing(pages, "/chat/" + app_id);
}

Ready Ready::without_keys() const {
  Ready shown = *this;
  shown.owner_link.clear();
  shown.braze_api_key.clear();
  return shown;
}

json::object Ready::to_json() const {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
  };
  return {{"base_url", base_url},
          {"app_id", or_null(app_id)},
          {"pype_id", or_null(pype_id)},
          {"stream_id", or_null(stream_id)},
          {"rest_url", or_null(rest_url)},
          {"engagement_url", or_null(engagement_url)},
          {"chat_url", or_null(chat_url)},
          {"braze_sandbox_url", or_null(braze_sandbox_url)},
          {"braze_api_key", or_null(braze_api_key)},
          {"metrics_url", or_null(metrics_url)},
          {"api_url", or_null(api_url)},
          {"owner_link", or_null(owner_link)},
          {"rest", rest},
          {"solutions", solutions}};
}

}  // namespace millrace::app
