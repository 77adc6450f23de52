#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>

#include "http/session.hpp"

namespace millrace::http {
namespace {

namespace beast = boost::beast;
namespace ws = beast::websocket;

// One open web socket. Everything but send_text and close runs on its lane.
class SocketSession final : public Connection,
                            public web::Socket,
                            public std::enable_shared_from_this<SocketSession> {
 public:
  SocketSession(std::shared_ptr<Shared> shared, size_t lane, tcp::socket socket,
                web::SocketAccept accept)
      : place_(std::move(shared), lane, *this),
        stream_(std::move(socket)),
        handler_(std::move(accept.handler)),
        subprotocol_(std::move(accept.subprotocol)),
        idle_limit_(std::chrono::seconds(accept.idle_timeout_seconds)) {}

  void start(const RawRequest& request) {
    stream_.set_option(ws::stream_base::decorator([this](ws::response_type& response) {
      response.set(beast::http::field::server, options().server_name);
      if (!subprotocol_.empty()) {
        response.set(beast::http::field::sec_websocket_protocol, subprotocol_);
      }
    }));
    stream_.read_message_max(options().max_socket_message_bytes);
    // Pings count as received.
    stream_.control_callback([this](ws::frame_type, beast::string_view) { heard(); });
    heard();
    stream_.async_accept(request, [self = shared_from_this()](error_code error) {
      if (error) {
        self->end();
        return;
      }
      self->accepted_ = true;
      self->handler_->opened(self);
      if (self->closing_) self->send_close();
      self->read();
    });
  }

  void send_text(std::string text) override {
    on_lane([self = shared_from_this(), text = std::move(text)]() mutable {
      self->queue(std::move(text));
    });
  }

  void close(int code, std::string reason) override {
    on_lane([self = shared_from_this(), code, reason = std::move(reason)]() mutable {
      self->begin_close(code, std::move(reason));
    });
  }

  void time_is_over() override {
    if (closing_) {
      drop();
    } else {
      begin_close(ws::close_code::normal, "timeout");
    }
  }

  void go_away() override { begin_close(ws::close_code::going_away, "going away"); }

 private:
  const ServerOptions& options() const { return place_.shared().options; }

  void on_lane(runtime::Task task) {
    place_.shared().lanes.run_on(place_.lane_index(), std::move(task));
  }

  void heard() { deadline = std::chrono::steady_clock::now() + idle_limit_; }

  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](error_code error, size_t) {
      if (error) {
        self->end();
        return;
      }
      self->heard();
      if (!self->stream_.got_text()) {
        self->begin_close(ws::close_code::unknown_data, "text only");
      } else if (!self->closing_) {
        const auto data = self->buffer_.data();
        self->handler_->received_text({static_cast<const char*>(data.data()), data.size()});
      }
      self->buffer_.consume(self->buffer_.size());
      self->read();
    });
  }

  void queue(std::string text) {
    if (ended_ || closing_) return;
    unsent_ += text.size();
    if (unsent_ > options().max_unsent_socket_bytes) {
      drop();  // a peer that does not read would not read a close frame either
      return;
    }
    unwritten_.push_back(std::move(text));
    if (!writing_) write();
  }

  void write() {
    writing_ = true;
    stream_.text(true);
    stream_.async_write(asio::buffer(unwritten_.front()),
                        [self = shared_from_this()](error_code error, size_t) {
                          self->writing_ = false;
                          if (error || self->ended_) return;
                          self->unsent_ -= self->unwritten_.front().size();
                          self->unwritten_.pop_front();
                          if (!self->unwritten_.empty()) {
                            self->write();
                          } else if (self->closing_) {
                            self->send_close();
                          }
                        });
  }

  void begin_close(int code, std::string reason) {
    if (ended_ || closing_) return;
    closing_ = true;
    close_reason_ = ws::close_reason(static_cast<ws::close_code>(code), reason);
    deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    if (accepted_ && !writing_) send_close();
  }

  void send_close() {
    stream_.async_close(close_reason_, [self = shared_from_this()](error_code) { self->drop(); });
  }

  void drop() {
    error_code ignored;
    beast::get_lowest_layer(stream_).close(ignored);
  }

  // The read loop is over: the one place where a socket ends.
  void end() {
    if (std::exchange(ended_, true)) return;
    deadline = SteadyTime::max();
    drop();
    // The handler and this socket hold each other; here they part.
    const auto handler = std::exchange(handler_, nullptr);
    if (accepted_) handler->closed();
  }

  Place place_;
  ws::stream<tcp::socket> stream_;
  std::shared_ptr<web::SocketHandler> handler_;
  const std::string subprotocol_;
  const std::chrono::milliseconds idle_limit_;
  beast::flat_buffer buffer_;
  std::deque<std::string> unwritten_;
  size_t unsent_ = 0;
  ws::close_reason close_reason_;
  bool accepted_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool ended_ = false;
};

}  // namespace

void serve_socket(std::shared_ptr<Shared> shared, size_t lane, tcp::socket socket,
                  RawRequest request, web::SocketAccept accept) {
  std::make_shared<SocketSession>(std::move(shared), lane, std::move(socket), std::move(accept))
      ->start(request);
}

}  // namespace millrace::http
