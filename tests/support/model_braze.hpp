// For tests: a users/track that remembers what it applied, in which faults can be switched on. Its
// faults are chosen by whoever calls it, so that a seed has the same ones again.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/web/outbound.hpp"

namespace millrace::delivery::braze {

// The same numbers for the same seed (splitmix64).
struct Dice {
  uint64_t state = 0;
  uint64_t operator()() {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
};

class ModelBraze {
 public:
  enum class Fault {
    none,
    throttled_after,    // 429 with X-RateLimit-Retry-After
    throttled_http,     // 429 with Retry-After, a date that has passed
    throttled_delta,    // 429 with X-RateLimit-Reset as seconds from now
    throttled_bare,     // 429 with nothing, and empty headers
    server_error,       // 500, before anything was done
    unavailable_empty,  // 503 without a body
    too_large_html,     // 413 with HTML
    bad_request,        // 400 without a reason
    not_sent,           // no connection
    reset_after,        // done, and then no answer
    reset_before,       // not done, and no answer
    queued,             // 202 queued, and done
    odd_body,           // 200 and something that is not JSON; done
    unauthorized,       // 401 that echoes the key
    count,
  };

  // What was applied.
  std::map<std::string, json::object> attributes;          // by user
  std::map<std::string, std::vector<std::string>> events;  // by user, the names in order
  std::map<std::string, int> by_delivery_id;               // events and purchases: how often
  std::vector<std::string> seen;                           // those ids, by their first time
  std::vector<std::string> calls;                          // paths of other requests
  size_t requests = 0;
  size_t objects_max = 75;
  // An attribute or event name that starts with "bad" is refused, one that starts with "poison"
  // spoils the request.

  web::OutboundAnswer answer(std::string_view path, std::string_view body, Fault fault,
                             std::string_view key) {
    ++requests;
    switch (fault) {
      case Fault::throttled_after:
        return say(429, R"({"message":"Rate Limited"})", {{"X-RateLimit-Retry-After", "1"}});
      case Fault::throttled_http:
        return say(429, R"({"message":"Rate Limited"})",
                   {{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}});
      case Fault::throttled_delta: return say(429, "", {{"x-ratelimit-reset", "1"}});
      case Fault::throttled_bare:
        return say(429, "", {{"X-RateLimit-Limit", ""}, {"X-RateLimit-Reset", ""}});
      case Fault::server_error: return say(500, "oops", {});
      case Fault::unavailable_empty: return say(503, "", {});
      case Fault::too_large_html: return say(413, "<html>Request Entity Too Large</html>", {});
      case Fault::bad_request: return say(400, R"({"message":"Bad Request"})", {});
      case Fault::unauthorized:
        return say(401, R"({"message":"Invalid API key: )" + std::string(key) + "\"}",
                   {{"X-RateLimit-Remaining", ""}});
      case Fault::not_sent: return {web::OutboundAnswer::Kind::not_sent, {}, "connection refused"};
      case Fault::reset_before: return {web::OutboundAnswer::Kind::unknown, {}, "reset"};
      case Fault::reset_after:
        apply(path, body);
        return {web::OutboundAnswer::Kind::unknown, {}, "reset"};
      case Fault::queued: {
        auto answered = apply(path, body);
        if (answered.response.status != 201 || answered.response.body.contains("errors")) {
          return answered;
        }
        return say(202, R"({"message":"queued"})", {});
      }
      case Fault::odd_body: apply(path, body); return say(200, "<html>", {});
      case Fault::none:
      case Fault::count: break;
    }
    return apply(path, body);
  }

 private:
  static web::OutboundAnswer say(int status, std::string body, std::vector<web::Header> headers) {
    return {web::OutboundAnswer::Kind::answered, {status, std::move(headers), std::move(body)}, ""};
  }

  static std::string user_of(const json::object& object) {
    for (const char* name : {"external_id", "user_alias", "email"}) {
      if (const json::value* id = object.if_contains(name)) return json::to_text(*id);
    }
    return "";
  }

  web::OutboundAnswer apply(std::string_view path, std::string_view body) {
    if (path != "/users/track") {
      calls.emplace_back(path);
      return say(201, R"({"message":"success"})", {});
    }
    const auto parsed = json::parse_object(body);
    if (!parsed) return say(400, R"({"message":"Bad Syntax"})", {});
    size_t objects = 0;
    bool is_poisoned = false;
    for (const auto& [name, array] : *parsed) {
      if (!array.is_array()) return say(400, R"({"message":"Bad Syntax"})", {});
      objects += array.get_array().size();
      for (const json::value& one : array.get_array()) {
        is_poisoned |= json::serialize(one).contains("poison");
      }
    }
    if (objects > objects_max || is_poisoned) {
      return say(400, R"({"message":"Max Input Length Exceeded"})", {});
    }
    json::array errors;
    json::object counts;
    for (const char* array : {"attributes", "events", "purchases"}) {
      const json::array* items = json::get_array(*parsed, array);
      if (items == nullptr) continue;
      int64_t good = 0;
      for (size_t i = 0; i < items->size(); ++i) {
        const json::object& item = items->at(i).as_object();
        const bool is_bad = json::serialize(item).contains("\"bad");
        if (is_bad || user_of(item).empty()) {
          for (int twice = 0; twice < 2; ++twice) {  // as Braze lists them
            errors.push_back(json::object{
                {"type", "'name' is not valid"}, {"input_array", array}, {"index", i}});
          }
          continue;
        }
        ++good;
        keep(array, item);
      }
      if (good > 0) counts[std::string(array) + "_processed"] = good;
    }
    const int status = counts.empty() ? 400 : 201;
    counts["message"] = counts.empty() ? "Valid data must be provided" : "success";
    if (!errors.empty()) counts["errors"] = std::move(errors);
    return say(status, json::serialize(counts), {});
  }

  void keep(std::string_view array, const json::object& item) {
    const std::string user = user_of(item);
    if (array == "attributes") {
      for (const auto& [name, value] : item) {
        if (name == "external_id" || name == "_update_existing_only") continue;
        const json::object* operation = value.if_object();
        if (operation != nullptr && operation->contains("inc")) {
          const auto before = json::get_integer(attributes[user], name).value_or(0);
          attributes[user][name] = before + operation->at("inc").as_int64();
        } else {
          attributes[user][name] = value;
        }
      }
      return;
    }
    const json::object* properties = json::get_object(item, "properties");
    if (properties == nullptr) return;
    const std::string id(json::get_string(*properties, "delivery_id").value_or(""));
    if (++by_delivery_id[id] == 1) seen.push_back(id);
    events[user].emplace_back(json::get_string(item, "name").value_or("purchase"));
  }
};

}  // namespace millrace::delivery::braze
