#include "http/tls.hpp"

#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace millrace::http {

using base::Code;
using base::fail;

namespace {

// "no certificate assigned", of what OpenSSL has put on its list of errors, which is emptied.
std::string why_openssl_failed() {
  std::string why;
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    if (why.empty() && reason != nullptr) why = reason;
  }
  return why.empty() ? "it cannot be read" : why;
}

// HTTP/1.1 is all that is spoken; who offers it among others is told so.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_bytes,
                    const unsigned char* offered, unsigned int offered_bytes, void*) {
  static constexpr unsigned char kSpoken[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_bytes, kSpoken, sizeof kSpoken - 1, offered,
                                          offered_bytes);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

base::Result<TlsContext> make_context(const TlsFiles& files) {
  const TlsContext context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (!context) return fail(Code::resource_exhausted, why_openssl_failed(), "TLS");
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  // Of TLS 1.2 what keeps the past secret and is not tampered with; of 1.3 all.
  SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // A ticket that the client keeps resumes a session; nothing is kept for it here.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(raw, files.certificate.c_str()) != 1) {
    return fail(Code::invalid_argument, "is no certificate in PEM: " + why_openssl_failed(),
                files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(raw, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(raw) != 1) {
    return fail(Code::invalid_argument,
                "is not the key of " + files.certificate + " in PEM: " + why_openssl_failed(),
                files.key);
  }
  return context;
}

}  // namespace

base::Result<Certificates::Pair> Certificates::see() const {
  Pair pair;
  for (const auto& [file, into] :
       {std::pair(&files_.certificate, &pair.certificate), std::pair(&files_.key, &pair.key)}) {
    struct stat about{};
    if (::stat(file->c_str(), &about) != 0) {
      return fail(Code::invalid_argument, std::generic_category().message(errno), *file);
    }
    constexpr int64_t kNanoseconds = 1'000'000'000;
    *into = {about.st_mtim.tv_sec * kNanoseconds + about.st_mtim.tv_nsec, about.st_ino,
             about.st_size};
    if (file == &files_.key && (about.st_mode & S_IRWXO) != 0) {
      return fail(Code::permission_denied,
                  "everybody on this machine may read or write this key: chmod o= it", *file);
    }
  }
  return pair;
}

base::Result<std::unique_ptr<Certificates>> Certificates::load(TlsFiles files) {
  std::unique_ptr<Certificates> made(new Certificates(std::move(files)));
  if (const auto read = made->look(); !read) return std::unexpected(read.error());
  return made;
}

TlsContext Certificates::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

base::Result<bool> Certificates::look() {
  const auto pair = see();
  if (!pair) return std::unexpected(pair.error());
  if (*pair == seen_) return false;
  auto context = make_context(files_);
  if (!context) return std::unexpected(context.error());
  seen_ = *pair;
  const std::lock_guard lock(mutex_);
  context_ = std::move(*context);
  return true;
}

// How OpenSSL reaches the socket: without signals, and without waiting.
struct SocketBio {
  static TlsStream::State& state_of(BIO* bio) {
    return *static_cast<TlsStream::State*>(BIO_get_data(bio));
  }
  static int read(BIO* bio, char* into, int bytes) {
    TlsStream::State& state = state_of(bio);
    BIO_clear_retry_flags(bio);
    error_code error;
    const size_t count =
        state.socket.read_some(asio::buffer(into, static_cast<size_t>(bytes)), error);
    if (!error) return static_cast<int>(count);
    if (error == asio::error::would_block) BIO_set_retry_read(bio);
    state.failed = error;
    return error == asio::error::eof ? 0 : -1;
  }
  static int write(BIO* bio, const char* from, int bytes) {
    TlsStream::State& state = state_of(bio);
    BIO_clear_retry_flags(bio);
    error_code error;
    const size_t count =
        state.socket.write_some(asio::buffer(from, static_cast<size_t>(bytes)), error);
    if (!error) return static_cast<int>(count);
    if (error == asio::error::would_block) BIO_set_retry_write(bio);
    state.failed = error;
    return -1;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> kMethod = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "socket");
      MILLRACE_CHECK(made != nullptr);
      BIO_meth_set_read(made, &read);
      BIO_meth_set_write(made, &write);
      BIO_meth_set_ctrl(made, &control);
      return std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>(made, &BIO_meth_free);
    }();
    return kMethod.get();
  }
};

TlsStream::TlsStream(tcp::socket socket, const TlsContext& context)
    : state_(std::make_unique<State>(std::move(socket))) {
  state_->ssl.reset(SSL_new(context.get()));
  BIO* const bio = BIO_new(SocketBio::method());
  if (!state_->ssl || bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, state_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(state_->ssl.get(), bio, bio);
  SSL_set_accept_state(state_->ssl.get());
}

TlsStream::TlsStream(TlsStream&&) noexcept = default;
TlsStream::~TlsStream() = default;

void TlsStream::begin(error_code& error) {
  error = {};
  state_->failed = {};
  state_->wants_write = false;
  ERR_clear_error();
}

// After an operation that gave `result`, which was not a success.
error_code TlsStream::error_of(int result) {
  const int why = SSL_get_error(state_->ssl.get(), result);
  state_->wants_write = why == SSL_ERROR_WANT_WRITE;
  ERR_clear_error();
  switch (why) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN: return asio::error::eof;
    case SSL_ERROR_SYSCALL:
      return state_->failed && state_->failed != asio::error::would_block
                 ? state_->failed
                 : error_code(asio::error::eof);
    default: return boost::system::errc::make_error_code(boost::system::errc::protocol_error);
  }
}

size_t TlsStream::read_some(asio::mutable_buffer into, error_code& error) {
  begin(error);
  if (into.size() == 0) return 0;
  size_t count = 0;
  const int result = SSL_read_ex(state_->ssl.get(), into.data(), into.size(), &count);
  if (result != 1) error = error_of(result);
  return count;
}

size_t TlsStream::write_some(asio::const_buffer from, error_code& error) {
  begin(error);
  if (from.size() == 0) return 0;
  size_t count = 0;
  const int result = SSL_write_ex(state_->ssl.get(), from.data(), from.size(), &count);
  if (result != 1) error = error_of(result);
  return count;
}

void TlsStream::shake_hands(error_code& error) {
  begin(error);
  const int result = SSL_do_handshake(state_->ssl.get());
  if (result != 1) error = error_of(result);
}

void TlsStream::say_goodbye() {
  ERR_clear_error();
  if (SSL_is_init_finished(state_->ssl.get()) == 1) SSL_shutdown(state_->ssl.get());
  ERR_clear_error();
}

void teardown(boost::beast::role_type, TlsStream& stream, error_code& error) {
  stream.say_goodbye();
  error_code ignored;
  stream.lowest().shutdown(tcp::socket::shutdown_both, ignored);
  error = {};
}

}  // namespace millrace::http
