#include <netinet/tcp.h>

#include <ctime>

#include "http/registry.hpp"

namespace millrace::http {
namespace {

using base::Code;
using base::fail;

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char buffer[40];
  const size_t length = std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {buffer, length};
}

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
  Impl(lanes::IoLanes& lanes, web::Handler& handler, ServerOptions options)
      : shared(std::make_shared<Shared>(lanes, handler, std::move(options))) {}

  base::Result<void> open() {
    if (shared->options.tls) {
      auto certificates = Certificates::load(*shared->options.tls);
      if (!certificates) return std::unexpected(certificates.error());
      shared->certificates = std::move(*certificates);
    }
    for (const std::string& text : shared->options.trusted_proxies) {
      auto network = Network::parse(text);
      if (!network) return std::unexpected(network.error());
      shared->trusted.push_back(*network);
    }
    std::string address = shared->options.address;
    if (address.starts_with('[') && address.ends_with(']')) {
      address = address.substr(1, address.size() - 2);
    }
    error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    if (error) {
      return fail(Code::invalid_argument, "'" + address + "' is not an IP address", "--listen");
    }
    port = shared->options.port;
    for (size_t lane = 0; lane < shared->lanes.count(); ++lane) {
      auto& context = shared->lanes.impl().lanes[lane]->context;
      auto acceptor = std::make_unique<tcp::acceptor>(context);
      const tcp::endpoint endpoint(parsed, port);
      acceptor->open(endpoint.protocol(), error);
      if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
      // Several lanes share the port among themselves; another process is to be refused, which the
      // first lane's probe without the option sees to.
      if (!error && lane == 0) error = probe(endpoint);
      const int on = 1;
      ::setsockopt(acceptor->native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
      if (!error) acceptor->bind(endpoint, error);
      if (!error) acceptor->listen(1024, error);
      if (error) {
        return fail(
            Code::unavailable,
            "cannot listen on " + address + ":" + std::to_string(port) + ": " + error.message(),
            "--listen");
      }
      port = acceptor->local_endpoint().port();
      acceptors.push_back(std::move(acceptor));
    }
    return {};
  }

  static error_code probe(const tcp::endpoint& endpoint) {
    error_code error;
    if (endpoint.port() == 0) return error;
    asio::io_context context;
    tcp::acceptor acceptor(context);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    return error;
  }

  void start() {
    for (size_t lane = 0; lane < acceptors.size(); ++lane) {
      shared->lanes.run_on(lane, [self = shared_from_this(), lane] {
        self->sweep(lane);
        self->accept(lane);
        if (lane == 0 && self->shared->certificates) self->look_at_certificates();
      });
    }
  }

  void accept(size_t lane) {
    // Weakly held: an acceptor must not be kept alive by another lane's loop.
    acceptors[lane]->async_accept(
        [weak = weak_from_this(), lane](error_code error, tcp::socket socket) {
          const auto self = weak.lock();
          if (!self || error == asio::error::operation_aborted) return;
          if (!self->acceptors[lane]->is_open()) return;
          if (!error) self->take(lane, std::move(socket));
          if (error && error != asio::error::connection_aborted) {
            self->shared->tell("descriptors", "a connection cannot be taken: " + error.message());
            // Out of descriptors, most likely: a pause lets some be given back.
            self->shared->lanes.run_after(lane, std::chrono::milliseconds(50), [weak, lane] {
              if (const auto again = weak.lock()) again->accept(lane);
            });
            return;
          }
          self->accept(lane);
        });
  }

  void take(size_t lane, tcp::socket socket) {
    try {
      error_code error;
      const auto remote = socket.remote_endpoint(error);
      if (error) return;  // it has gone already
      const Address peer = plain(remote.address());
      auto claim = Claim::make(shared, peer);
      if (!claim) return;
      prepare(socket);
      serve_connection(shared, lane, std::move(socket), peer, std::move(claim));
    } catch (...) {
      shared->tell_exception("connection");
    }
  }

  void prepare(tcp::socket& socket) const {
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
    // Bytes that are in the kernel already and that the peer does not take end it too.
    const auto limit = static_cast<unsigned>(shared->options.unsent_limit.count());
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
  }

  // Ends what has outstayed its time, once a second; one timer a lane instead of one a request.
  void sweep(size_t lane) {
    auto& here = *shared->per_lane[lane];
    here.now = std::chrono::steady_clock::now();
    here.date = http_date();
    for (auto at = here.connections.begin(); at != here.connections.end();) {
      Connection* connection = *at++;
      if (connection->deadline <= here.now) connection->time_is_over();
    }
    if (closed.load()) return;
    shared->lanes.run_after(lane, shared->options.sweep_every, [weak = weak_from_this(), lane] {
      if (const auto self = weak.lock()) self->sweep(lane);
    });
  }

  void look_at_certificates() {
    shared->lanes.run_after(
        0, shared->options.look_at_certificates_every, [weak = weak_from_this()] {
          const auto self = weak.lock();
          if (!self || self->closed.load()) return;
          const auto looked = self->shared->certificates->look();
          if (!looked) {
            self->shared->tell("tls",
                               "the new certificate is not taken: " + looked.error().describe());
          } else if (*looked) {
            self->shared->tell("tls-renewed", "a new certificate is shown");
          }
          self->look_at_certificates();
        });
  }

  void stop_accepting() {
    for (size_t lane = 0; lane < acceptors.size(); ++lane) {
      shared->lanes.run_on(lane, [self = shared_from_this(), lane] {
        error_code ignored;
        self->acceptors[lane]->close(ignored);
      });
    }
  }

  bool drain(std::chrono::milliseconds patience) {
    stop_accepting();
    shared->draining.store(true);
    for (size_t lane = 0; lane < acceptors.size(); ++lane) {
      shared->lanes.run_on(lane, [self = shared_from_this(), lane] {
        auto& list = self->shared->per_lane[lane]->connections;
        for (auto at = list.begin(); at != list.end();) (*at++)->go_away();
      });
    }
    std::unique_lock lock(shared->mutex);
    const bool all = shared->closed_one.wait_for(
        lock, patience, [this] { return shared->connections.load() == 0; });
    closed.store(true);
    return all;
  }

  // Bounds what the kernel keeps for a peer that does not read.
  static constexpr int kSendBufferBytes = 128 << 10;

  std::shared_ptr<Shared> shared;
  std::vector<std::unique_ptr<tcp::acceptor>> acceptors;
  uint16_t port = 0;
  std::atomic<bool> closed{false};
};

base::Result<std::unique_ptr<Server>> Server::listen(lanes::IoLanes& lanes, web::Handler& handler,
                                                     ServerOptions options) {
  auto impl = std::make_shared<Impl>(lanes, handler, std::move(options));
  if (auto opened = impl->open(); !opened) return std::unexpected(opened.error());
  impl->start();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() {
  impl_->closed.store(true);
}
size_t Server::connections() const {
  return impl_->shared->connections.load(std::memory_order_relaxed);
}

size_t Server::sockets() const {
  return impl_->shared->sockets.load(std::memory_order_relaxed);
}

uint16_t Server::port() const {
  return impl_->port;
}
void Server::stop_accepting() {
  impl_->stop_accepting();
}
bool Server::drain(std::chrono::milliseconds patience) {
  return impl_->drain(patience);
}

}  // namespace millrace::http
