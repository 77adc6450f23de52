#include "egress/tunnel.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

namespace millrace::egress {
namespace {

using base::Code;
using std::chrono::duration_cast;

constexpr milliseconds kDrainTime{1'000};
constexpr milliseconds kAttemptTimeMin{500};
constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

std::string_view phrase_of(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 429: return "Too Many Requests";
    case 504: return "Gateway Timeout";
    default: return "Bad Gateway";
  }
}

asio::generic::stream_protocol::endpoint endpoint_of(const Address& address, uint16_t port) {
  using asio::ip::tcp;
  if (address.is_v6) {
    asio::ip::address_v6::bytes_type bytes;
    std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
    return tcp::endpoint(asio::ip::address_v6(bytes), port);
  }
  asio::ip::address_v4::bytes_type bytes;
  std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
  return tcp::endpoint(asio::ip::address_v4(bytes), port);
}

}  // namespace

void Gate::post(std::move_only_function<void()> task) {
  const std::lock_guard lock(mutex);
  if (context == nullptr) return;
  asio::post(*context, [task = std::move(task)]() mutable { task(); });
}

bool Rate::take(Moment now) {
  const std::chrono::duration<double> passed = now - at_;
  tokens_ = std::min(per_second_, tokens_ + passed.count() * per_second_);
  at_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

Tunnel::Tunnel(Shared& shared, std::shared_ptr<Door> door, Socket worker, Moment now)
    : shared_(shared),
      door_(std::move(door)),
      worker_(std::move(worker)),
      outside_(worker_.get_executor()),
      began_(now),
      last_byte_(now) {
  ways_[0].bytes_max = door_->limits.sent_bytes_max;
  ways_[1].bytes_max = door_->limits.received_bytes_max;
}

void Tunnel::start() {
  error_code error;
  worker_.non_blocking(true, error);
  read_request();
}

void Tunnel::sweep(Moment now) {
  const ProxyLimits& limits = door_->limits;
  switch (stage_) {
    case Stage::request:
      if (now - began_ > limits.request_time) refuse(400, "the request did not arrive in time");
      return;
    case Stage::resolve:
    case Stage::connect:
      if (now - began_ > limits.connect_time) {
        refuse(504, to_string(request_.to) + " did not accept a connection in time");
      } else if (stage_ == Stage::connect && now > attempt_until_ && attempt_ < addresses_.size()) {
        connect_next();
      }
      return;
    case Stage::open:
      if (ways_[0].is_done && is_worker_gone()) return end("done");
      if (now - last_byte_ > limits.idle_time) return end("idle");
      if (now - began_ > limits.connection_time) end("over_time");
      return;
    case Stage::refused:
      if (now - last_byte_ > kDrainTime) end("refused");
      return;
    case Stage::ended: return;
  }
}

void Tunnel::end(std::string_view outcome) {
  if (stage_ == Stage::ended) return;
  stage_ = Stage::ended;
  error_code ignored;
  worker_.close(ignored);
  outside_.close(ignored);
  if (is_counted_) --door_->connected;
  shared_.meter.count("egress_tunnels_total", {{"outcome", outcome}}, 1);
  shared_.meter.count("egress_tunnel_bytes_total", {{"way", "sent"}},
                      static_cast<double>(ways_[0].bytes));
  shared_.meter.count("egress_tunnel_bytes_total", {{"way", "received"}},
                      static_cast<double>(ways_[1].bytes));
  door_->tunnels.erase(shared_from_this());
}

void Tunnel::read_request() {
  worker_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code error) {
    if (self->stage_ != Stage::request) return;
    if (error) return self->end("gone");
    self->take_request();
  });
}

void Tunnel::take_request() {
  error_code error;
  const size_t room = kConnectHeadBytesMax - head_.size();
  const size_t count = worker_.read_some(asio::buffer(shared_.scratch.data(), room), error);
  if (is_would_block(error)) return read_request();
  if (error) return end("gone");
  head_.append(shared_.scratch.data(), count);
  auto request = parse_connect(head_);
  if (!request) return refuse(400, request.error().message);
  if (!*request) return read_request();
  decide(std::move(**request));
}

void Tunnel::decide(ConnectRequest request) {
  const ProxyLimits& limits = door_->limits;
  request_ = std::move(request);
  head_.erase(0, request_.head_bytes);
  began_ = std::chrono::steady_clock::now();
  stage_ = Stage::resolve;
  if (const auto fine = door_->guard.check_name(request_.to); !fine) {
    return refuse(403, fine.error().message);
  }
  if (door_->connected >= limits.connections_max) {
    return refuse(429, "there are " + std::to_string(door_->connected) +
                           " connections already: close them when done (requests.Session, with)");
  }
  if (!door_->rate.take(began_)) {
    return refuse(429, "over " + std::to_string(limits.connects_per_second) +
                           " connections were made within a second");
  }
  ++door_->connected;
  is_counted_ = true;
  if (request_.to.host.address) return resolved(std::vector{*request_.to.host.address});
  std::weak_ptr<Tunnel> weak = weak_from_this();
  shared_.resolver.resolve(request_.to.host.name, [gate = shared_.gate, weak = std::move(weak)](
                                                      base::Result<std::vector<Address>> found) {
    gate->post([weak, found = std::move(found)]() mutable {
      if (const auto self = weak.lock()) self->resolved(std::move(found));
    });
  });
}

void Tunnel::resolved(base::Result<std::vector<Address>> found) {
  if (stage_ != Stage::resolve) return;
  if (!found) return refuse(502, found.error().message);
  if (const auto fine = door_->guard.check_addresses(request_.to, *found); !fine) {
    return refuse(fine.error().code == Code::permission_denied ? 403 : 502, fine.error().message);
  }
  addresses_ = std::move(*found);
  stage_ = Stage::connect;
  connect_next();
}

void Tunnel::connect_next() {
  const auto share = door_->limits.connect_time / static_cast<int64_t>(addresses_.size());
  attempt_until_ =
      std::chrono::steady_clock::now() + std::max<milliseconds>(share, kAttemptTimeMin);
  const auto to = endpoint_of(addresses_[attempt_++], request_.to.port);
  outside_ = Socket(worker_.get_executor());  // ends the attempt before
  error_code error;
  outside_.open(to.protocol(), error);
  if (error) return refuse(502, to_string(request_.to) + " cannot be connected to");
  outside_.async_connect(to, [self = shared_from_this(), attempt = attempt_](error_code failed) {
    self->connected(failed, attempt);
  });
}

void Tunnel::connected(error_code error, size_t attempt) {
  if (stage_ != Stage::connect || attempt != attempt_) return;
  if (error && attempt_ < addresses_.size()) return connect_next();
  if (error) {
    return refuse(502, to_string(request_.to) + " cannot be connected to: " + error.message());
  }
  outside_.non_blocking(true, error);
  outside_.set_option(asio::ip::tcp::no_delay(true), error);
  stage_ = Stage::open;
  last_byte_ = std::chrono::steady_clock::now();
  addresses_ = {};
  observe(200, {});
  write(1, kEstablished);
  if (stage_ != Stage::open) return;
  ways_[1].bytes = 0;
  const std::string early = std::exchange(head_, {});
  if (early.empty()) return await_bytes(0);
  ways_[0].bytes = static_cast<int64_t>(early.size());
  write(0, early);
}

void Tunnel::refuse(int status, const std::string& reason) {
  const std::string body = reason + "\n";
  const std::string answer = "HTTP/1.1 " + std::to_string(status) + " " +
                             std::string(phrase_of(status)) +
                             "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
                             std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
  if (stage_ != Stage::request) observe(status, reason);
  stage_ = Stage::refused;
  last_byte_ = std::chrono::steady_clock::now();
  error_code ignored;
  outside_.close(ignored);
  if (std::exchange(is_counted_, false)) --door_->connected;
  shared_.meter.count("egress_refused_total", {{"status", std::to_string(status)}}, 1);
  // The worker's buffer is empty: it takes this much at once, or it is not reading at all.
  worker_.write_some(asio::buffer(answer), ignored);
  worker_.shutdown(Socket::shutdown_send, ignored);
  drain();
}

// What the worker has sent is read, because closing before would take the reason away from it.
void Tunnel::drain() {
  worker_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code error) {
    if (self->stage_ != Stage::refused) return;
    error_code failed;
    if (!error) self->worker_.read_some(asio::buffer(self->shared_.scratch), failed);
    if (error || (failed && !is_would_block(failed))) return self->end("refused");
    self->drain();
  });
}

void Tunnel::observe(int status, const std::string& reason) {
  if (!door_->observer || !door_->is_open) return;
  const auto took = std::chrono::steady_clock::now() - began_;
  web::Exchange exchange{.host = request_.to.host.name,
                         .port = request_.to.port,
                         .method = "CONNECT",
                         .status = status,
                         .took_ms = duration_cast<milliseconds>(took).count(),
                         .refused = reason};
  door_->observer(request_.tag, std::move(exchange));
}

}  // namespace millrace::egress
