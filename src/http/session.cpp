#include "http/session.hpp"

#include <sys/socket.h>

#include "base/resilience/shares.hpp"
#include "http/request_parser.hpp"
#include "http/request_words.hpp"
#include "http/responder.hpp"

namespace millrace::http {
namespace {

// One HTTP connection: reads a request, hands it over, writes the answer, and again. Everything
// runs on the connection's lane.
template <typename Stream>
class Session final : public Connection, public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(std::shared_ptr<Shared> shared, size_t lane, Stream stream, Address peer,
          std::shared_ptr<Claim> claim)
      : place_(shared, lane, *this, std::move(claim)),
        stream_(std::move(stream)),
        peer_(std::move(peer)),
        parser_({shared->options.max_header_bytes, shared->options.max_body_bytes}) {}

  void start() {
    guarded(place_.shared(), *this, [&] {
      state_ = State::reading;
      set_deadline(options().head_read_limit);
      when_secured(stream_, step([](Session& self, error_code error) {
                     if (error) return self.close();
                     self.next_request();
                     // Who says nothing at all has less time than who has been of use.
                     if (self.state_ == State::idle)
                       self.set_deadline(self.options().head_read_limit);
                   }));
    });
  }

  void time_is_over() override {
    if (state_ == State::writing && !is_pulling_) {
      place_.shared().tell("unread", "a peer that did not read its answer was cut off");
    }
    close();
  }

  void go_away() override {
    keep_alive_ = false;
    if (state_ == State::idle || state_ == State::resting || state_ == State::discarding) close();
  }

  void fail() override { close(); }

  // From the Respond of request number `number`; on any thread.
  static void respond(const std::shared_ptr<Session>& self, uint64_t number,
                      web::Response response) {
    self->place_.shared().lanes.run_on(
        self->place_.lane_index(), [self, number, response = std::move(response)]() mutable {
          if (self->number_ != number || self->state_ != State::handling) return;
          guarded(self->place_.shared(), *self, [&] { self->write(std::move(response)); });
        });
  }

 private:
  enum class State { idle, reading, handling, writing, resting, discarding, closed };

  const ServerOptions& options() const { return place_.shared().options; }

  void set_deadline(std::chrono::milliseconds limit) { deadline = place_.lane().now + limit; }

  // Each step that the event loop takes for this connection comes through here.
  template <typename Step>
  auto step(Step what) {
    return [self = this->shared_from_this(), what = std::move(what)](error_code error,
                                                                     size_t count = 0) {
      if (self->state_ == State::closed) return;
      guarded(self->place_.shared(), *self, [&] {
        if constexpr (std::is_invocable_v<Step, Session&, error_code, size_t>) {
          what(*self, error, count);
        } else {
          what(*self, error);
        }
      });
    };
  }

  void next_request() {
    if (place_.shared().draining.load(std::memory_order_relaxed)) {
      close();
      return;
    }
    parser_.begin();
    continued_ = false;
    reads_body_ = false;
    ++number_;
    state_ = State::idle;
    set_deadline(options().keep_alive_idle);
    if (!early_.is_empty()) return take(early_.bytes());
    early_.clear();
    await_bytes();
  }

  void await_bytes() {
    if (reads_body_) {
      when_readable(stream_, step([](Session& self, error_code error) {
                      error ? self.close() : self.read();
                    }));
      return;
    }
    when_heard(stream_, asio::buffer(first_),
               step([](Session& self, error_code error, size_t count) {
                 if (error) return self.close();
                 count == 0 ? self.read() : self.take({self.first_.data(), count});
               }));
  }

  void read() {
    auto& scratch = place_.lane().scratch;
    error_code error;
    const size_t count = stream_.read_some(asio::buffer(scratch), error);
    if (error == asio::error::would_block) return await_bytes();
    error ? close() : take({scratch.data(), count});
  }

  // `bytes` are in first_, in the lane's scratch or in early_.
  void take(std::string_view bytes) {
    if (state_ == State::idle) {
      state_ = State::reading;
      set_deadline(options().head_read_limit);
    }
    const size_t used = parser_.feed(bytes);
    early_.keep(bytes, used);
    if (parser_.refusal()) {
      refuse(parser_.refusal()->status, parser_.refusal()->reason);
    } else if (parser_.is_done()) {
      dispatch();
    } else {
      read_on();
    }
  }

  void read_on() {
    if (parser_.awaits_body() && !std::exchange(reads_body_, true)) {
      set_deadline(options().request_read_limit);
    }
    if (!parser_.awaits_body() || !parser_.expects_continue() || parser_.is_http_1_0() ||
        std::exchange(continued_, true)) {
      await_bytes();
      return;
    }
    asio::async_write(
        stream_, asio::buffer(kContinue.data(), kContinue.size()),
        step([](Session& self, error_code error) { error ? self.close() : self.await_bytes(); }));
  }

  void refuse(int status, std::string_view reason) {
    keep_alive_ = false;
    head_only_ = false;
    state_ = State::handling;
    write(message_response(status, reason));
  }

  void dispatch() {
    const bool upgrades = parser_.upgrades_to_websocket();
    web::Request request = std::move(parser_.request());
    if (!read_target(parser_.target(), request)) {
      return refuse(400, "not a well-formed request target");
    }
    names_.fill_in(request, asker(peer_, request.headers, place_.shared().trusted));
    state_ = State::handling;
    set_deadline(options().answer_limit);
    keep_alive_ =
        parser_.keeps_connection() && !place_.shared().draining.load(std::memory_order_relaxed);
    head_only_ = request.method == "HEAD";
    if (const auto wait = take_bytes(request)) {
      write(web::with_retry_after(
          message_response(429, "this address has sent its share of bytes; wait"), *wait));
      return;
    }
    if (upgrades) {
      upgrade(request);
      return;
    }
    try {
      place_.shared().handler.handle(std::move(request),
                                     Responder(this->shared_from_this(), number_));
    } catch (...) {
      // The Responder that went has answered 500.
      place_.shared().tell_exception("request");
    }
  }

  std::optional<int> take_bytes(const web::Request& request) {
    if (options().shares == nullptr || request.body.empty()) return std::nullopt;
    return options().shares->take(base::Share::address_bytes, request.network,
                                  static_cast<double>(request.body.size()));
  }

  void upgrade(const web::Request& request) {
    if (!early_.is_empty() || !request.body.empty()) {
      // RFC 6455 4.1: nothing is sent before the answer has come.
      refuse(400, "nothing may follow an upgrade before it is answered");
      return;
    }
    web::UpgradeAnswer answer = place_.shared().handler.upgrade(request);
    if (auto* response = std::get_if<web::Response>(&answer)) {
      write(std::move(*response));
      return;
    }
    state_ = State::closed;
    deadline = SteadyTime::max();
    serve_socket(place_.shared_pointer(), place_.lane_index(), std::move(stream_), request,
                 std::move(std::get<web::SocketAccept>(answer)), place_.claim());
  }

  void write(web::Response response) {
    if (response.drops_connection) {
      close();
      return;
    }
    state_ = State::writing;
    told_to_wait_ = web::retry_after(response);
    set_deadline(options().unsent_limit);
    const bool bodyless = head_only_ || response.status == 204 || response.status == 304;
    // HTTP/1.0 knows no chunks: there the end of the connection is the end of the body.
    if (response.rest && parser_.is_http_1_0()) keep_alive_ = false;
    is_chunked_ = response.rest && !parser_.is_http_1_0();
    write_head(head_,
               {options().server_name, place_.lane().date, keep_alive_, parser_.is_http_1_0(),
                is_chunked_},
               response);
    rest_ = bodyless ? nullptr : std::move(response.rest);
    body_ = bodyless ? std::string() : std::move(response.body);
    if (rest_ && is_chunked_ && !body_.empty()) frame_chunk(body_);
    send({asio::buffer(head_), asio::buffer(body_)});
  }

  // Most answers fit into the socket's buffer and are sent at once. What follows one that is does
  // so here, unless it would begin another answer: those could stand in each other without end.
  void send(Parts parts) {
    if (!rest_ && early_.is_empty()) {
      if (send_now(stream_, parts)) return close();
      if (asio::buffer_size(parts) == 0) return written();
    }
    asio::async_write(stream_, parts, step([](Session& self, error_code error) {
                        error ? self.close() : self.written();
                      }));
  }

  // Asks for the next piece, which may take as long as an answer may.
  void pull() {
    is_pulling_ = true;
    set_deadline(options().answer_limit);
    const auto source = rest_;
    source->next(
        [self = this->shared_from_this(), number = number_](base::Result<std::string> piece) {
          self->place_.shared().lanes.run_on(
              self->place_.lane_index(), [self, number, piece = std::move(piece)]() mutable {
                if (self->number_ != number || !self->is_pulling_) return;
                guarded(self->place_.shared(), *self, [&] { self->write_piece(std::move(piece)); });
              });
        });
  }

  void write_piece(base::Result<std::string> piece) {
    is_pulling_ = false;
    if (state_ != State::writing) return;
    if (!piece) {
      close();
      return;
    }
    set_deadline(options().unsent_limit);
    body_ = std::move(*piece);
    const bool is_end = body_.empty();
    if (is_end) rest_ = nullptr;
    if (is_chunked_) frame_chunk(body_);
    asio::async_write(stream_, asio::buffer(body_), step([](Session& self, error_code error) {
                        error ? self.close() : self.written();
                      }));
  }

  void written() {
    body_ = {};
    if (rest_) {
      pull();
      return;
    }
    if (keep_alive_) {
      return may_rest() ? rest() : next_request();
    }
    state_ = State::discarding;
    set_deadline(kDiscardLimit);
    early_.clear();
    error_code ignored;
    say_goodbye(stream_);
    socket_of(stream_).shutdown(tcp::socket::shutdown_send, ignored);
    discard();
  }

  bool may_rest() const {
    return told_to_wait_ && options().rests_the_refused && !place_.shared().is_trusted(peer_);
  }

  // What the peer sends meanwhile waits in the kernel, which makes it wait too.
  void rest() {
    state_ = State::resting;
    set_deadline(options().keep_alive_idle);
    place_.rest(*told_to_wait_, [self = this->shared_from_this()] {
      if (self->state_ != State::resting) return;
      guarded(self->place_.shared(), *self, [&] { self->next_request(); });
    });
  }

  // Closing on bytes that were not read resets the connection, and the peer loses the answer with
  // it: whatever it is still sending is read and thrown away, until it has seen that this is over.
  void discard() {
    auto& socket = socket_of(stream_);
    socket.async_wait(tcp::socket::wait_read, step([](Session& self, error_code error) {
                        auto& from = socket_of(self.stream_);
                        if (!error) from.read_some(asio::buffer(self.place_.lane().scratch), error);
                        if (error && error != asio::error::would_block) {
                          self.close();
                        } else {
                          self.discard();
                        }
                      }));
  }

  void close() {
    if (state_ == State::closed) return;
    state_ = State::closed;
    rest_ = nullptr;
    deadline = SteadyTime::max();
    say_goodbye(stream_);
    end(socket_of(stream_));
  }

  // How long a peer has to read the answer that ends its connection.
  static constexpr std::chrono::milliseconds kDiscardLimit{2'000};
  // Most requests are whole in so many bytes.
  static constexpr size_t kFirstBytes = 1'024;
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

  Place place_;
  Stream stream_;
  const Address peer_;
  AskerNames names_;
  RequestParser parser_;
  std::array<char, kFirstBytes> first_;  // of a request, as it comes from a socket
  Early early_;
  State state_ = State::idle;
  uint64_t number_ = 0;
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool continued_ = false;
  bool reads_body_ = false;
  std::optional<std::chrono::seconds> told_to_wait_;  // by the answer that is being written
  std::string head_;
  std::string body_;
  std::shared_ptr<web::BodySource> rest_;  // of the answer that is being written
  bool is_chunked_ = false;
  bool is_pulling_ = false;
};

}  // namespace

void serve_connection(std::shared_ptr<Shared> shared, size_t lane, tcp::socket socket, Address peer,
                      std::shared_ptr<Claim> claim) {
  if (shared->certificates) {
    TlsStream stream(std::move(socket), shared->certificates->context());
    std::make_shared<Session<TlsStream>>(std::move(shared), lane, std::move(stream),
                                         std::move(peer), std::move(claim))
        ->start();
  } else {
    std::make_shared<Session<tcp::socket>>(std::move(shared), lane, std::move(socket),
                                           std::move(peer), std::move(claim))
        ->start();
  }
}

}  // namespace millrace::http
