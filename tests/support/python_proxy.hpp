// A proxy for tests: it listens where a sandbox can reach it, answers CONNECT as it is told, and
// plays the server behind it itself, plainly or with TLS.
#pragma once

#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/python.hpp"
#include "tests/support/python_certificates.hpp"

namespace millrace::python::testing {

// One connection of the script's, over whatever it speaks.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  ~Peer() {
    if (tls_ != nullptr) SSL_free(tls_);
    ::close(fd_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // As secure.example. False when the other side does not like it.
  bool begin_tls() {
    static SSL_CTX* const context = make_context();
    tls_ = SSL_new(context);
    SSL_set_fd(tls_, fd_);
    return SSL_accept(tls_) == 1;
  }
  size_t read(char* bytes, size_t size) {
    const long count = tls_ != nullptr ? SSL_read(tls_, bytes, static_cast<int>(size))
                                       : ::recv(fd_, bytes, size, 0);
    return count > 0 ? static_cast<size_t>(count) : 0;
  }
  void write(std::string_view text) {
    if (tls_ != nullptr) {
      SSL_write(tls_, text.data(), static_cast<int>(text.size()));
    } else {
      ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    }
  }
  // The other side meets an end, as when a server goes.
  void end() { ::shutdown(fd_, SHUT_RDWR); }
  // Up to an empty line, and then the body it announces; "" when the other side has gone.
  std::string read_message() {
    std::string text;
    char byte;
    while (!text.ends_with("\r\n\r\n")) {
      if (read(&byte, 1) != 1) return {};
      text.push_back(byte);
    }
    const size_t at = text.find("Content-Length: ");
    size_t left = at == std::string::npos ? 0 : std::stoul(text.substr(at + 16));
    for (; left > 0 && read(&byte, 1) == 1; --left) text.push_back(byte);
    return text;
  }

 private:
  static SSL_CTX* make_context() {
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    BIO* const certificate = BIO_new_mem_buf(kServerCertificate, -1);
    BIO* const key = BIO_new_mem_buf(kServerKey, -1);
    X509* const x509 = PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
    EVP_PKEY* const pkey = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context, x509);
    SSL_CTX_use_PrivateKey(context, pkey);
    X509_free(x509);
    EVP_PKEY_free(pkey);
    BIO_free(certificate);
    BIO_free(key);
    return context;
  }

  int fd_;
  SSL* tls_ = nullptr;
};

inline std::string http_answer(int status, std::string_view body) {
  return "HTTP/1.1 " + std::to_string(status) + " It\r\nContent-Type: application/json\r\n" +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class Proxy {
 public:
  // `refuse` says with which answer "host:port" is refused, or "" to let it through; `serve` is the
  // server behind. Both are called on threads of the proxy's.
  using Refuse = std::function<std::string(const std::string& target)>;
  using Serve = std::function<void(Peer& peer, const std::string& target)>;

  Proxy(std::filesystem::path file, Refuse refuse, Serve serve)
      : file_(std::move(file)), refuse_(std::move(refuse)), serve_(std::move(serve)) {
    ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    file_.string().copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<struct sockaddr*>(&address), sizeof address), 0);
    ::chmod(file_.c_str(), 0666);
    EXPECT_EQ(::listen(listener_, 64), 0);
    accepting_ = std::thread([this] { accept_all(); });
  }
  ~Proxy() {
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    ::close(listener_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    for (std::thread& thread : threads_) thread.join();
    ::unlink(file_.c_str());
  }
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  const std::filesystem::path& file() const { return file_; }
  // What was asked for, each as it came.
  std::vector<std::string> heads() {
    const std::lock_guard lock(mutex_);
    return heads_;
  }

 private:
  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      open_.push_back(::dup(fd));
      threads_.emplace_back([this, fd] {
        Peer peer(fd);
        const std::string head = peer.read_message();
        const size_t blank = head.find(' ');
        if (blank == std::string::npos) return;
        const std::string target = head.substr(blank + 1, head.find(' ', blank + 1) - blank - 1);
        {
          const std::lock_guard lock(mutex_);
          heads_.push_back(head);
        }
        const std::string refused = refuse_ ? refuse_(target) : std::string();
        peer.write(refused.empty() ? "HTTP/1.1 200 Connected\r\n\r\n" : refused);
        if (refused.empty()) serve_(peer, target);
      });
    }
  }

  std::filesystem::path file_;
  Refuse refuse_;
  Serve serve_;
  int listener_ = -1;
  std::thread accepting_;
  std::vector<int> open_;  // the accepting thread's, until it has ended
  std::vector<std::thread> threads_;
  std::mutex mutex_;  // guards what follows
  std::vector<std::string> heads_;
};

}  // namespace millrace::python::testing
