#include "engage/long_polls.hpp"

#include <algorithm>
#include <array>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace millrace::engage {
namespace {

constexpr std::string_view kSessionPrefix = "lp.";
constexpr int kFine = 200, kNothing = 204, kForbidden = 403, kGone = 410;
constexpr int kFull = 500;  // the client comes again after it, as it does after no other error

web::Response told(int status, std::string_view token = {}, json::array messages = {}) {
  json::object body{{"status", status}, {"messages", std::move(messages)}};
  body["token"] = token.empty() ? json::value(nullptr) : json::value(token);
  return web::json_response(200, json::serialize(body));
}

// Bytes in base64, as browsers write it; "" where it is none.
std::string bytes_of(std::string_view text) {
  std::string url_safe(text);
  std::ranges::replace(url_safe, '+', '-');
  std::ranges::replace(url_safe, '/', '_');
  while (url_safe.ends_with('=')) url_safe.pop_back();
  return base::from_base64url(url_safe);
}

}  // namespace

// One consumer's. The handler's calls come one at a time: under `calling_`. What waits to be
// fetched is under `mutex_`, which is never held while somebody else is called.
class LongPolls::Session final : public web::Socket {
 public:
  Session(std::string token, std::string network, std::shared_ptr<web::SocketHandler> handler,
          size_t bytes_max, int64_t now_ms)
      : token_(std::move(token)),
        network_(std::move(network)),
        handler_(std::move(handler)),
        bytes_max_(bytes_max),
        asked_at_ms_(now_ms) {}

  const std::string& token() const { return token_; }
  const std::string& network() const { return network_; }

  void send_text(std::string text) override {
    std::unique_lock lock(mutex_);
    if (is_over_) return;
    bytes_ += text.size();
    if (bytes_ > bytes_max_) {
      lock.unlock();
      return close(0, {});
    }
    messages_.emplace_back(std::move(text));
    deliver(lock);
  }

  void close(int, std::string) override {
    std::unique_lock lock(mutex_);
    is_over_ = true;
    messages_.clear();
    web::Respond waiting = std::exchange(waiting_, nullptr);
    lock.unlock();
    if (waiting) waiting(told(kGone));
  }

  // Gives what there is, or keeps the question; gives its number.
  uint64_t ask(web::Respond respond, int64_t now_ms) {
    std::unique_lock lock(mutex_);
    asked_at_ms_ = now_ms;
    const uint64_t number = ++asked_;
    web::Respond former = std::exchange(waiting_, nullptr);
    const bool is_over = is_over_;
    if (!is_over) waiting_ = std::move(respond);
    if (!messages_.empty() && !is_over) deliver(lock);
    if (lock.owns_lock()) lock.unlock();
    if (former) former(told(kNothing, token_));
    if (is_over) respond(told(kGone));
    return number;
  }

  // Nothing has come for that question.
  void give_up(uint64_t number, int64_t now_ms) {
    std::unique_lock lock(mutex_);
    if (number != asked_ || !waiting_) return;
    asked_at_ms_ = now_ms;
    web::Respond waiting = std::exchange(waiting_, nullptr);
    lock.unlock();
    waiting(told(kNothing, token_));
  }

  bool is_over() {
    const std::lock_guard lock(mutex_);
    return is_over_;
  }
  bool is_left(int64_t now_ms, std::chrono::milliseconds idle_for) {
    const std::lock_guard lock(mutex_);
    return is_over_ || (!waiting_ && now_ms - asked_at_ms_ >= idle_for.count());
  }

  template <typename Call>
  void with_handler(Call call) {
    const std::lock_guard lock(calling_);
    if (handler_) call(*handler_);
  }
  void end() {
    close(0, {});
    const std::lock_guard lock(calling_);
    const auto handler = std::exchange(handler_, nullptr);
    if (handler) handler->closed();
  }

 private:
  // Leaves `lock` open when somebody waited.
  void deliver(std::unique_lock<std::mutex>& lock) {
    if (!waiting_) return;
    web::Respond waiting = std::exchange(waiting_, nullptr);
    json::array messages = std::exchange(messages_, {});
    bytes_ = 0;
    lock.unlock();
    waiting(told(kFine, token_, std::move(messages)));
  }

  const std::string token_;
  const std::string network_;
  std::mutex calling_;
  std::shared_ptr<web::SocketHandler> handler_;
  const size_t bytes_max_;
  std::mutex mutex_;
  json::array messages_;
  size_t bytes_ = 0;
  web::Respond waiting_;
  uint64_t asked_ = 0;
  int64_t asked_at_ms_;
  bool is_over_ = false;
};

LongPolls::LongPolls(base::Lanes& lanes, base::Clock& clock, base::Random& random, Limits limits)
    : lanes_(lanes), clock_(clock), random_(random), limits_(limits) {}

LongPolls::~LongPolls() {
  for (const auto& [token, session] : sessions_) session->end();
}

std::string LongPolls::session_of(const web::Request& request) {
  std::string last;
  for (const std::string_view part : base::split(request.query, '&')) {
    if (part.starts_with("token=")) last = web::percent_decode(part.substr(6), true);
  }
  return last.starts_with(kSessionPrefix) ? last : std::string();
}

void LongPolls::open(std::string network, std::shared_ptr<web::SocketHandler> handler,
                     web::Respond respond) {
  std::array<uint8_t, 24> bytes{};
  random_.fill(bytes);
  const std::string token =
      std::string(kSessionPrefix) +
      base::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto session = std::make_shared<Session>(token, std::move(network), std::move(handler),
                                                 limits_.unsent_bytes_max, clock_.steady_ms());
  if (!add(session)) return respond(told(kFull));
  session->with_handler([&](web::SocketHandler& of) { of.opened(session); });
  look_after(session);
  respond(told(kGone, token));
}

void LongPolls::poll(const std::string& token, web::Respond respond) {
  const auto session = find(token);
  if (!session) return respond(told(kGone));
  const uint64_t number = session->ask(std::move(respond), clock_.steady_ms());
  lanes_.run_after(0, limits_.held_for, [this, left = std::weak_ptr<Session>(session), number] {
    if (const auto asked = left.lock()) asked->give_up(number, clock_.steady_ms());
  });
}

void LongPolls::push(const std::string& token, std::string_view frames, web::Respond respond) {
  const auto session = find(token);
  if (!session || session->is_over()) return respond(told(kGone));
  if (static_cast<size_t>(std::ranges::count(frames, '\n')) >= limits_.frames_max) {
    end(session);
    return respond(told(kGone));
  }
  session->with_handler([&](web::SocketHandler& handler) {
    for (const std::string_view line : base::split(frames, '\n')) {
      if (session->is_over()) return;
      if (line.empty()) continue;
      if (line.front() == '[' || line.front() == '{') {
        handler.received_text(line);
      } else if (const std::string bytes = bytes_of(line); bytes.empty()) {
        handler.received_text(line);  // which says that it is no frame
      } else if (!handler.received_binary(bytes)) {
        session->close(0, {});
      }
    }
  });
  if (!session->is_over()) return respond(told(kFine, token));
  end(session);
  respond(told(kGone));
}

void LongPolls::forbid(web::Respond respond) {
  respond(told(kForbidden));
}

bool LongPolls::add(const std::shared_ptr<Session>& session) {
  const std::lock_guard lock(mutex_);
  const auto own = static_cast<size_t>(std::ranges::count_if(
      sessions_, [&](const auto& each) { return each.second->network() == session->network(); }));
  const size_t left = limits_.sessions_max - (sessions_.size() - own);
  if (own >= (left + 1) / 2) return false;
  return sessions_.emplace(session->token(), session).second;
}

std::shared_ptr<LongPolls::Session> LongPolls::find(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(token);
  return found == sessions_.end() ? nullptr : found->second;
}

void LongPolls::look_after(const std::shared_ptr<Session>& session) {
  lanes_.run_after(0, limits_.idle_for, [this, left = std::weak_ptr<Session>(session)] {
    const auto still = left.lock();
    if (!still) return;
    if (still->is_left(clock_.steady_ms(), limits_.idle_for)) {
      end(still);
    } else {
      look_after(still);
    }
  });
}

void LongPolls::end(const std::shared_ptr<Session>& session) {
  {
    const std::lock_guard lock(mutex_);
    sessions_.erase(session->token());
  }
  session->end();
}

}  // namespace millrace::engage
