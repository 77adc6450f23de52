#include "braze/front/faults.hpp"

#include <algorithm>

namespace millrace::braze {
namespace {

constexpr std::array<std::string_view, 6> kModes{"none",  "refuse", "queued",
                                                 "delay", "drop",   "drop_before"};
constexpr std::array<std::string_view, 7> kWaits{
    "both", "x_retry_after", "retry_after", "epoch_reset", "delta_reset", "empty", "none"};
constexpr std::array<std::string_view, 3> kBodies{"json", "html", "empty"};
constexpr std::array<int64_t, 11> kStatuses{400, 401, 403, 404, 413, 415, 429, 500, 502, 503, 504};

// -1 when it is there and is no integer, which no field takes.
int64_t integer_or(const json::object& body, std::string_view key, int64_t otherwise) {
  return body.contains(key) ? json::get_integer(body, key).value_or(-1) : otherwise;
}

std::unexpected<base::Error> wrong(std::string message) {
  return base::fail(base::Code::invalid_argument, std::move(message));
}

// The place of a name in a list; nullopt when it is not in it. Absent is the first.
template <size_t n>
std::optional<size_t> choice(const json::object& body, std::string_view key,
                             const std::array<std::string_view, n>& names) {
  if (!body.contains(key)) return 0;
  const auto found = std::ranges::find(names, json::get_string(body, key).value_or(""));
  if (found == names.end()) return std::nullopt;
  return static_cast<size_t>(found - names.begin());
}

base::Result<Fault> read_fault(const json::object& body) {
  Fault fault;
  const auto mode = std::ranges::find(kModes, json::get_string(body, "mode").value_or(""));
  if (mode == kModes.end()) {
    return wrong("mode must be none, refuse, queued, delay, drop, drop_before or mix");
  }
  fault.mode = static_cast<Fault::Mode>(mode - kModes.begin());
  // The same thing said in two ways: "drop_before", or "drop" with drop_before true.
  if (fault.mode == Fault::Mode::drop && json::get_bool(body, "drop_before").value_or(false)) {
    fault.mode = Fault::Mode::drop_before;
  }
  const auto status = integer_or(body, "status", 500);
  if (std::ranges::find(kStatuses, status) == kStatuses.end()) {
    return wrong("status must be 400, 401, 403, 404, 413, 415, 429, 500, 502, 503 or 504");
  }
  fault.status = static_cast<int>(status);
  const auto wait = choice(body, "headers", kWaits);
  if (!wait) {
    return wrong(
        "headers must be both, x_retry_after, retry_after, epoch_reset, delta_reset, "
        "empty or none");
  }
  fault.wait = static_cast<Fault::Wait>(*wait);
  fault.retry_after_s = integer_or(body, "retry_after_s", 1);
  if (fault.retry_after_s < 0 || fault.retry_after_s > 3'600) {
    return wrong("retry_after_s must be from 0 to 3600");
  }
  const auto shape = choice(body, "body", kBodies);
  if (!shape) return wrong("body must be json, html or empty");
  fault.body = static_cast<Fault::Body>(*shape);
  const auto delay_ms = integer_or(body, "delay_ms", 0);
  if (delay_ms < 0 || delay_ms > 60'000) return wrong("delay_ms must be from 0 to 60000");
  fault.delay = std::chrono::milliseconds(delay_ms);
  return fault;
}

// The faults of a mix: objects, or the names of modes that need no more.
base::Result<std::vector<Fault>> read_faults(const json::object& body) {
  constexpr size_t kFaultsMax = 50;
  const auto* of = json::get_array(body, "of");
  if (of == nullptr || of->empty() || of->size() > kFaultsMax) {
    return wrong("of must be an array of 1 to 50 faults");
  }
  std::vector<Fault> faults;
  for (const json::value& item : *of) {
    json::object named;
    if (item.is_string()) named["mode"] = item;
    auto fault = read_fault(item.is_object() ? item.get_object() : named);
    if (!fault) return std::unexpected(fault.error());
    faults.push_back(*fault);
  }
  return faults;
}

const char* message_of(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 403: return "Access Denied";
    case 404: return "Invalid URL";
    case 413: return "Request Entity Too Large";
    case 415: return "Content-Type must be application/json";
    case 429: return "Rate Limited";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Internal Server Error";
  }
}

void add_wait(web::Response& response, const Fault& fault, base::Timestamp now) {
  using Wait = Fault::Wait;
  const std::string seconds = std::to_string(fault.retry_after_s);
  auto& headers = response.headers;
  if (fault.wait == Wait::both || fault.wait == Wait::x_retry_after) {
    headers.push_back({"X-RateLimit-Retry-After", seconds});
  }
  if (fault.wait == Wait::both || fault.wait == Wait::retry_after) {
    headers.push_back({"Retry-After", seconds});
  }
  const bool is_epoch = fault.wait == Wait::epoch_reset;
  if (is_epoch || fault.wait == Wait::delta_reset || fault.wait == Wait::empty) {
    const bool is_empty = fault.wait == Wait::empty;
    const int64_t epoch = (now.ms + 999) / 1'000 + fault.retry_after_s;
    headers.push_back({"X-RateLimit-Limit", is_empty ? "" : "3000"});
    headers.push_back({"X-RateLimit-Remaining", is_empty ? "" : "0"});
    headers.push_back({"X-RateLimit-Reset", is_empty   ? ""
                                            : is_epoch ? std::to_string(epoch)
                                                       : seconds});
  }
}

}  // namespace

base::Result<void> FaultSwitch::set(const json::object& body) {
  std::vector<Fault> faults;
  double share = 1;
  if (json::get_string(body, "mode") == "mix") {
    auto read = read_faults(body);
    if (!read) return std::unexpected(read.error());
    faults = std::move(*read);
    const auto* given = body.if_contains("share");
    share = given == nullptr ? 1 : given->is_number() ? given->to_number<double>() : -1;
    if (!(share >= 0 && share <= 1)) return wrong("share must be from 0 to 1");
  } else {
    auto read = read_fault(body);
    if (!read) return std::unexpected(read.error());
    if (read->mode != Fault::Mode::none) faults.push_back(*read);
  }
  const auto seed = integer_or(body, "seed", 1);
  if (seed < 0) return wrong("seed must be a whole number of 0 or more");
  std::optional<int64_t> times;
  if (const auto* given = body.if_contains("times"); given != nullptr && !given->is_null()) {
    times = integer_or(body, "times", 0);
    if (*times < 1) return wrong("times must be 1 or more");
  }
  constexpr size_t kPathBytesMax = 200;
  std::string path(json::get_string(body, "path").value_or("/users/track"));
  if (path.size() > kPathBytesMax) return wrong("path must be at most 200 bytes");
  const std::lock_guard lock(mutex_);
  set_as_ = body;
  counts_.assign(faults.size(), 0);
  faults_ = std::move(faults);
  share_ = share;
  random_ = static_cast<uint64_t>(seed);
  times_ = times;
  path_ = std::move(path);
  return {};
}

json::object FaultSwitch::describe() {
  const std::lock_guard lock(mutex_);
  json::object out = set_as_;
  if (faults_.empty()) out = {{"mode", "none"}};
  out["path"] = path_;
  if (times_) out["times"] = *times_;
  json::array struck;
  for (const int64_t count : counts_) struck.push_back(count);
  out["struck"] = std::move(struck);
  return out;
}

// SplitMix64: a few lines, and the same everywhere.
uint64_t FaultSwitch::draw() {
  uint64_t z = (random_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

Fault FaultSwitch::next(std::string_view path) {
  const std::lock_guard lock(mutex_);
  if (faults_.empty()) return {};
  if (!path_.empty() && path_ != path) return {};
  if (share_ < 1) {
    constexpr double kWhole = 18446744073709551616.0;  // 2^64
    if (static_cast<double>(draw()) / kWhole >= share_) return {};
  }
  const size_t which = faults_.size() == 1 ? 0 : draw() % faults_.size();
  ++counts_[which];
  const Fault fault = faults_[which];
  if (times_ && --*times_ == 0) {
    faults_.clear();
    times_.reset();
  }
  return fault;
}

web::Response refusal(const Fault& fault, const web::Request& request, base::Timestamp now) {
  std::string message = message_of(fault.status);
  if (fault.status == 401) {
    message =
        "Invalid API key: " +
        std::string(request.bearer_token().value_or(request.header("Authorization").value_or("")));
  }
  auto response =
      web::json_response(fault.status, json::serialize(json::object{{"message", message}}));
  if (fault.body == Fault::Body::html) {
    response.headers = {{"Content-Type", "text/html"}};
    response.body = "<html><head><title>" + std::to_string(fault.status) + " " +
                    message_of(fault.status) + "</title></head></html>";
  } else if (fault.body == Fault::Body::empty) {
    response.headers.clear();
    response.body.clear();
  }
  if (fault.status == 429) add_wait(response, fault, now);
  return response;
}

web::Response dropped() {
  return {.status = 500, .drops_connection = true};
}

}  // namespace millrace::braze
