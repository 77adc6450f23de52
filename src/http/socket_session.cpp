#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>

#include "base/resilience/shares.hpp"
#include "http/session.hpp"

namespace millrace::http {
namespace {

namespace beast = boost::beast;
namespace ws = beast::websocket;

using UpgradeRequest = beast::http::request<beast::http::empty_body>;

// What the handshake looks at, for the library's own types.
UpgradeRequest upgrade_request(const web::Request& request) {
  UpgradeRequest out{beast::http::verb::get, "/", 11};
  for (const char* name : {"Host", "Connection", "Upgrade", "Sec-WebSocket-Key",
                           "Sec-WebSocket-Version", "Sec-WebSocket-Protocol"}) {
    if (const auto value = request.header(name)) out.set(name, *value);
  }
  return out;
}

// One open web socket. Everything but send_text and close runs on its lane.
template <typename Stream>
class SocketSession final : public Connection,
                            public web::RestingSocket,
                            public std::enable_shared_from_this<SocketSession<Stream>> {
  // Each step that the event loop takes for this connection comes through here.
  template <typename Step>
  auto step(Step what) {
    return [self = this->shared_from_this(), what = std::move(what)](error_code error, auto&&...) {
      guarded(self->place_.shared(), *self, [&] { what(*self, error); });
    };
  }

 public:
  SocketSession(std::shared_ptr<Shared> shared, size_t lane, Stream stream,
                web::SocketAccept accept, std::shared_ptr<Claim> claim, std::string network)
      : place_(std::move(shared), lane, *this, std::move(claim)),
        stream_(std::move(stream)),
        handler_(std::move(accept.handler)),
        subprotocol_(std::move(accept.subprotocol)),
        network_(std::move(network)),
        idle_limit_(std::chrono::seconds(accept.idle_timeout_seconds)) {}

  void start(const UpgradeRequest& request) {
    stream_.set_option(ws::stream_base::decorator([this](ws::response_type& response) {
      response.set(beast::http::field::server, options().server_name);
      if (!subprotocol_.empty()) {
        response.set(beast::http::field::sec_websocket_protocol, subprotocol_);
      }
    }));
    stream_.read_message_max(options().max_socket_message_bytes);
    stream_.auto_fragment(false);  // a message is one frame: small clients put none together
    // Pings count as received.
    stream_.control_callback([this](ws::frame_type, beast::string_view) { heard(); });
    heard();
    stream_.async_accept(request, step([](SocketSession& self, error_code error) {
                           if (error) {
                             self.end();
                             return;
                           }
                           self.accepted_ = true;
                           ++self.place_.shared().sockets;
                           self.handler_->opened(self.shared_from_this());
                           if (self.closing_) self.send_close();
                           self.read();
                         }));
  }

  void send_text(std::string text) override {
    on_lane([text = std::move(text)](SocketSession& self) mutable { self.queue(std::move(text)); });
  }

  void close(int code, std::string reason) override {
    on_lane([code, reason = std::move(reason)](SocketSession& self) mutable {
      self.begin_close(code, std::move(reason));
    });
  }

  void rest(std::chrono::seconds told) override {
    on_lane([told](SocketSession& self) {
      if (self.options().rests_the_refused) self.told_to_wait_ = told;
    });
  }

  void time_is_over() override {
    if (closing_) {
      drop();
    } else if (writing_ && unsent_since_ + options().unsent_limit <= place_.lane().now) {
      place_.shared().tell("unread", "a peer that did not read its web socket was cut off");
      drop();
    } else if (heard_until_ <= place_.lane().now) {
      begin_close(ws::close_code::normal, "timeout");
    } else {
      set_deadline();
    }
  }

  void go_away() override { begin_close(ws::close_code::going_away, "going away"); }

  void fail() override { end(); }

 private:
  const ServerOptions& options() const { return place_.shared().options; }

  template <typename Task>
  void on_lane(Task task) {
    place_.shared().lanes.run_on(
        place_.lane_index(), [self = this->shared_from_this(), task = std::move(task)]() mutable {
          guarded(self->place_.shared(), *self, [&] { task(*self); });
        });
  }

  void set_deadline() {
    if (closing_ || ended_) return;
    deadline = heard_until_;
    if (writing_) deadline = std::min(deadline, unsent_since_ + options().unsent_limit);
  }

  void heard() {
    heard_until_ = std::chrono::steady_clock::now() + idle_limit_;
    set_deadline();
  }

  void read() {
    stream_.async_read(buffer_, step([](SocketSession& self, error_code error) {
                         if (error || self.ended_) {
                           self.end();
                           return;
                         }
                         self.heard();
                         self.take();
                         if (!self.ended_) self.read_on();
                       }));
  }

  void read_on() {
    const auto told = std::exchange(told_to_wait_, std::nullopt);
    if (!told) {
      read();
      return;
    }
    place_.rest(*told, [self = this->shared_from_this()] {
      guarded(self->place_.shared(), *self, [&] { self->read(); });
    });
  }

  void take() {
    const auto data = buffer_.data();
    const std::string_view text(static_cast<const char*>(data.data()), data.size());
    if (closing_) {
      // Nothing more is taken.
    } else if (!has_share(text.size())) {
      begin_close(ws::close_code::try_again_later, "this address has sent its share of bytes");
    } else if (stream_.got_text()) {
      handler_->received_text(text);
    } else if (!handler_->received_binary(text)) {
      begin_close(ws::close_code::unknown_data, "text only");
    }
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kKeptBufferBytes) buffer_ = beast::flat_buffer();
  }

  bool has_share(size_t bytes) const {
    auto* shares = options().shares;
    return shares == nullptr ||
           !shares->take(base::Share::address_bytes, network_, static_cast<double>(bytes));
  }

  void queue(std::string text) {
    if (ended_ || closing_) return;
    unsent_ += text.size() + kFrameBytes;
    if (unsent_ > options().max_unsent_socket_bytes) {
      place_.shared().tell("unread", "a peer that did not read its web socket was cut off");
      while (unwritten_.size() > 1) unwritten_.pop_back();  // the first is being written
      begin_close(ws::close_code::try_again_later, "too much is unread");
      return;
    }
    unwritten_.push_back(std::move(text));
    if (!writing_) write();
  }

  void write() {
    writing_ = true;
    unsent_since_ = std::chrono::steady_clock::now();
    set_deadline();
    stream_.text(true);
    stream_.async_write(asio::buffer(unwritten_.front()),
                        step([](SocketSession& self, error_code error) {
                          self.writing_ = false;
                          if (error || self.ended_) return;
                          self.written();
                        }));
  }

  void written() {
    unsent_ -= std::min(unsent_, unwritten_.front().size() + kFrameBytes);
    unwritten_.pop_front();
    if (closing_) {
      send_close();
    } else if (!unwritten_.empty()) {
      write();
    }
  }

  void begin_close(int code, std::string reason) {
    if (ended_ || closing_) return;
    closing_ = true;
    close_reason_ = ws::close_reason(static_cast<ws::close_code>(code), reason);
    // Nothing may come between the parts of a frame: a peer that has yet to take one is given the
    // time for it, so that it learns why it is closed.
    const auto limit = writing_ ? options().unsent_limit : options().socket_close_limit;
    deadline = std::chrono::steady_clock::now() + limit;
    if (accepted_ && !writing_) send_close();
  }

  void send_close() {
    deadline = std::chrono::steady_clock::now() + options().socket_close_limit;
    stream_.async_close(close_reason_, step([](SocketSession& self, error_code) { self.drop(); }));
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
    if (!accepted_) return;
    --place_.shared().sockets;
    handler->closed();
  }

  static constexpr size_t kFrameBytes = 64;  // what a waiting frame takes besides its text
  static constexpr size_t kKeptBufferBytes = 4 << 10;

  Place place_;
  ws::stream<Stream> stream_;
  std::shared_ptr<web::SocketHandler> handler_;
  const std::string subprotocol_;
  const std::string network_;
  const std::chrono::milliseconds idle_limit_;
  beast::flat_buffer buffer_;
  std::deque<std::string> unwritten_;
  size_t unsent_ = 0;
  SteadyTime unsent_since_;  // when the frame that is being written was begun
  SteadyTime heard_until_;
  ws::close_reason close_reason_;
  bool accepted_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool ended_ = false;
  std::optional<std::chrono::seconds> told_to_wait_;  // was refused: is not read at once
};

template <typename Stream>
void serve(std::shared_ptr<Shared> shared, size_t lane, Stream stream, const web::Request& request,
           web::SocketAccept accept, std::shared_ptr<Claim> claim) {
  std::make_shared<SocketSession<Stream>>(std::move(shared), lane, std::move(stream),
                                          std::move(accept), std::move(claim), request.network)
      ->start(upgrade_request(request));
}

}  // namespace

void serve_socket(std::shared_ptr<Shared> shared, size_t lane, tcp::socket stream,
                  const web::Request& request, web::SocketAccept accept,
                  std::shared_ptr<Claim> claim) {
  serve(std::move(shared), lane, std::move(stream), request, std::move(accept), std::move(claim));
}

void serve_socket(std::shared_ptr<Shared> shared, size_t lane, TlsStream stream,
                  const web::Request& request, web::SocketAccept accept,
                  std::shared_ptr<Claim> claim) {
  serve(std::move(shared), lane, std::move(stream), request, std::move(accept), std::move(claim));
}

}  // namespace millrace::http
