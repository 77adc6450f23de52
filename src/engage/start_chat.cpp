#include "engage/start_chat.hpp"

namespace millrace::engage {
namespace {

base::Result<void> expect(const json::object& body, std::string_view key, std::string_view wanted) {
  const auto given = json::get_string(body, key);
  if (!given || given->empty()) {
    return base::fail(base::Code::invalid_argument, std::string(key) + " is required",
                      std::string(key));
  }
  if (*given != wanted) {
    return base::fail(base::Code::invalid_argument,
                      std::string(key) + " is not that of the session", std::string(key));
  }
  return {};
}

}  // namespace

base::Result<void> check_start(const json::object& body, const Identity& identity,
                               const runtime::Solutions& solutions) {
  const auto app = base::Id::parse(json::get_string(body, "app_id").value_or(""));
  if (!app) {
    return base::fail(base::Code::invalid_argument, "app_id is required and must be a UUID",
                      "app_id");
  }
  const runtime::SolutionPtr solution = solutions.find(*app);
  if (solution == nullptr) {
    return base::fail(base::Code::not_found, "there is no solution with this app_id", "app_id");
  }
  const std::string user = identity.consumer.to_string();
  if (auto right = expect(body, "stream_id", solution->stream_id.to_string()); !right) return right;
  if (auto right = expect(body, "user_id", user); !right) return right;
  if (auto right = expect(body, "consumer", "consumer_" + user); !right) return right;
  if (auto right = expect(body, "gateway", "pypestream_widget"); !right) return right;
  return expect(body, "version", "1");
}

}  // namespace millrace::engage
