#include "http/session.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "base/text.hpp"

namespace millrace::http {
namespace {

namespace beast = boost::beast;
namespace bh = beast::http;

std::string_view reason_of(int status) {
  const auto reason = bh::obsolete_reason(static_cast<bh::status>(status));
  return {reason.data(), reason.size()};
}

std::string message_body(std::string_view message) {
  return "{\"message\":\"" + std::string(message) + "\"}";
}

// One HTTP connection: reads a request, hands it over, writes the answer, and again. Everything
// runs on the connection's lane.
class Session final : public Connection, public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Shared> shared, size_t lane, tcp::socket socket)
      : place_(std::move(shared), lane, *this), socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    const auto remote = socket_.remote_endpoint(ignored);
    if (!ignored) peer_ = remote.address().to_string();
  }

  void start() { next_request(); }

  void time_is_over() override { close(); }

  void go_away() override {
    keep_alive_ = false;
    if (state_ == State::idle || state_ == State::discarding) close();
  }

  // From the Respond of request number `number`; on any thread.
  static void respond(const std::shared_ptr<Session>& self, uint64_t number,
                      web::Response response) {
    self->options_lanes().run_on(self->place_.lane_index(),
                                 [self, number, response = std::move(response)]() mutable {
                                   if (self->number_ == number && self->state_ == State::handling) {
                                     self->write(std::move(response));
                                   }
                                 });
  }

 private:
  enum class State { idle, reading, handling, writing, discarding, closed };

  const ServerOptions& options() const { return place_.shared().options; }
  IoLanes& options_lanes() const { return place_.shared().lanes; }

  void set_deadline(std::chrono::milliseconds limit) { deadline = place_.lane().now + limit; }

  void next_request() {
    if (place_.shared().draining.load(std::memory_order_relaxed)) {
      close();
      return;
    }
    parser_.emplace();
    parser_->eager(true);
    parser_->header_limit(static_cast<uint32_t>(options().max_header_bytes));
    parser_->body_limit(options().max_body_bytes);
    continued_ = false;
    ++number_;
    state_ = State::idle;
    set_deadline(options().keep_alive_idle);
    if (buffer_.size() > 0) {
      parse();
    } else {
      read();
    }
  }

  void read() {
    socket_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code error, size_t bytes) {
                              if (self->state_ == State::closed) return;
                              if (error) {
                                self->close();
                                return;
                              }
                              self->buffer_.commit(bytes);
                              self->parse();
                            });
  }

  void parse() {
    if (state_ == State::idle) {
      state_ = State::reading;
      set_deadline(options().request_read_limit);
    }
    error_code error;
    while (buffer_.size() > 0 && !parser_->is_done()) {
      const size_t used = parser_->put(buffer_.data(), error);
      buffer_.consume(used);
      if (error || used == 0) break;
    }
    if (error && error != bh::error::need_more) {
      refuse(error);
    } else if (parser_->is_done()) {
      dispatch();
    } else if (parser_->is_header_done() && !continued_ && expects_continue()) {
      continued_ = true;
      asio::async_write(socket_, asio::buffer(kContinue.data(), kContinue.size()),
                        [self = shared_from_this()](error_code failed, size_t) {
                          if (self->state_ == State::closed) return;
                          failed ? self->close() : self->read();
                        });
    } else {
      read();
    }
  }

  bool expects_continue() {
    const auto value = parser_->get()[bh::field::expect];
    return base::equals_ignoring_case({value.data(), value.size()}, "100-continue");
  }

  void refuse(error_code error) {
    keep_alive_ = false;
    head_only_ = false;
    state_ = State::handling;
    if (error == bh::error::body_limit) {
      write(web::json_response(413, message_body("Request Entity Too Large")));
    } else if (error == bh::error::header_limit) {
      write(web::json_response(431, message_body("the request's headers are too large")));
    } else {
      write(web::json_response(400, message_body("not a well-formed HTTP request")));
    }
  }

  void dispatch() {
    RawRequest raw = parser_->release();
    state_ = State::handling;
    set_deadline(options().answer_limit);
    keep_alive_ = raw.keep_alive() && !place_.shared().draining.load(std::memory_order_relaxed);
    head_only_ = raw.method() == bh::verb::head;
    http_1_0_ = raw.version() == 10;
    web::Request request;
    if (!fill(request, raw)) {
      keep_alive_ = false;
      write(web::json_response(400, message_body("not a well-formed request target")));
      return;
    }
    if (beast::websocket::is_upgrade(raw)) {
      upgrade(request, std::move(raw));
      return;
    }
    request.body = std::move(raw.body());
    place_.shared().handler.handle(std::move(request), Responder{shared_from_this(), number_});
  }

  bool fill(web::Request& request, const RawRequest& raw) {
    std::string_view target(raw.target().data(), raw.target().size());
    // The absolute form, which proxies send: what counts begins at the path.
    if (target.starts_with("http://") || target.starts_with("https://")) {
      const auto path = target.find('/', target.find("://") + 3);
      target = path == std::string_view::npos ? "/" : target.substr(path);
    }
    if (!target.starts_with('/')) return false;
    const auto question = target.find('?');
    request.method = std::string_view(raw.method_string().data(), raw.method_string().size());
    request.path = web::percent_decode(target.substr(0, question), false);
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    if (request.path.find('\0') != std::string::npos || !base::is_valid_utf8(request.path)) {
      return false;
    }
    request.headers.reserve(12);
    for (const auto& field : raw) {
      request.headers.push_back({{field.name_string().data(), field.name_string().size()},
                                 {field.value().data(), field.value().size()}});
    }
    request.peer = peer_;
    return true;
  }

  void upgrade(const web::Request& request, RawRequest raw) {
    web::UpgradeAnswer answer = place_.shared().handler.upgrade(request);
    if (auto* response = std::get_if<web::Response>(&answer)) {
      write(std::move(*response));
      return;
    }
    state_ = State::closed;
    deadline = SteadyTime::max();
    serve_socket(place_.shared_pointer(), place_.lane_index(), std::move(socket_), std::move(raw),
                 std::move(std::get<web::SocketAccept>(answer)));
  }

  void write(web::Response response) {
    for (const web::Header& header : response.headers) {
      if (base::equals_ignoring_case(header.name, kDropConnectionHeader)) {
        close();
        return;
      }
    }
    state_ = State::writing;
    set_deadline(options().request_read_limit);
    make_head(response);
    body_ = std::move(response.body);
    const bool bodyless = head_only_ || response.status == 204 || response.status == 304;
    const std::array<asio::const_buffer, 2> parts{
        asio::buffer(head_), bodyless ? asio::const_buffer() : asio::buffer(body_)};
    asio::async_write(socket_, parts, [self = shared_from_this()](error_code error, size_t) {
      if (self->state_ == State::closed) return;
      if (error) {
        self->close();
      } else if (!self->keep_alive_) {
        self->state_ = State::discarding;
        self->set_deadline(kDiscardLimit);
        error_code ignored;
        self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
        self->discard();
      } else {
        self->next_request();
      }
    });
  }

  // Closing on bytes that were not read resets the connection, and the peer loses the answer with
  // it: whatever it is still sending is read and thrown away, until it has seen that this is over.
  void discard() {
    buffer_.consume(buffer_.size());
    socket_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code error, size_t) {
                              if (self->state_ == State::closed) return;
                              error ? self->close() : self->discard();
                            });
  }

  void make_head(const web::Response& response) {
    head_.clear();
    head_ += "HTTP/1.1 ";
    head_ += std::to_string(response.status);
    head_ += ' ';
    head_ += reason_of(response.status);
    head_ += "\r\nServer: ";
    head_ += options().server_name;
    head_ += "\r\nDate: ";
    head_ += place_.lane().date;
    head_ += "\r\nX-Content-Type-Options: nosniff\r\n";
    for (const web::Header& header : response.headers) {
      head_ += header.name;
      head_ += ": ";
      // A line break in a value would begin a header of its own.
      for (const char c : header.value) head_ += c == '\r' || c == '\n' ? ' ' : c;
      head_ += "\r\n";
    }
    if (response.status != 204 && response.status != 304) {
      head_ += "Content-Length: ";
      head_ += std::to_string(response.body.size());
      head_ += "\r\n";
    }
    if (!keep_alive_) head_ += "Connection: close\r\n";
    if (keep_alive_ && http_1_0_) head_ += "Connection: keep-alive\r\n";
    head_ += "\r\n";
  }

  void close() {
    if (state_ == State::closed) return;
    state_ = State::closed;
    deadline = SteadyTime::max();
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
  }

  // The Respond of one request. Dropped uncalled, it answers 500.
  struct Responder {
    std::shared_ptr<Session> session;
    uint64_t number;

    Responder(std::shared_ptr<Session> the_session, uint64_t the_number)
        : session(std::move(the_session)), number(the_number) {}
    Responder(Responder&&) noexcept = default;
    Responder& operator=(Responder&&) noexcept = default;
    ~Responder() {
      if (session) {
        Session::respond(session, number,
                         web::json_response(500, message_body("Internal Server Error")));
      }
    }
    void operator()(web::Response response) {
      const auto to = std::exchange(session, nullptr);
      if (to) Session::respond(to, number, std::move(response));
    }
  };

  static constexpr size_t kReadBytes = 8 << 10;
  // How long a peer has to read the answer that ends its connection.
  static constexpr std::chrono::milliseconds kDiscardLimit{2'000};
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

  Place place_;
  tcp::socket socket_;
  std::string peer_;
  beast::flat_buffer buffer_;
  std::optional<bh::request_parser<bh::string_body>> parser_;
  State state_ = State::idle;
  uint64_t number_ = 0;
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool http_1_0_ = false;
  bool continued_ = false;
  std::string head_;
  std::string body_;
};

}  // namespace

void serve_connection(std::shared_ptr<Shared> shared, size_t lane, tcp::socket socket) {
  std::make_shared<Session>(std::move(shared), lane, std::move(socket))->start();
}

}  // namespace millrace::http
