// For the tests of the client of `egress`: requests read off a stream, certificates made on the
// spot, a TLS server.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "tests/support/egress.hpp"

namespace millrace::egress::testing {

struct Received {
  std::string head;
  std::string body;
  explicit operator bool() const { return !head.empty(); }
};

// One request with Content-Length or without a body.
inline Received read_request(Stream& stream) {
  Received request;
  request.head = stream.receive_until("\r\n\r\n");
  if (!request.head.ends_with("\r\n\r\n")) return {};
  const auto at = request.head.find("Content-Length: ");
  if (at != std::string::npos) {
    request.body = stream.receive_bytes(std::stoul(request.head.substr(at + 16)));
  }
  return request;
}

inline std::string response(int status, std::string_view body, std::string_view headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// Answers every request on every connection alike.
inline Server::Serve always(std::string answer) {
  return [answer = std::move(answer)](Stream& stream, int) {
    while (read_request(stream)) stream.send(answer);
  };
}

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* one) const {
    Free(one);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;

struct Identity {
  Key key;
  Certificate certificate;
};

inline void add_extension(X509* to, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  MILLRACE_CHECK(extension != nullptr);
  X509_add_ext(to, extension, -1);
  X509_EXTENSION_free(extension);
}

// Issued by `issuer`, or by itself; ends so many seconds from now.
inline Identity issue(const std::string& name, const Identity* issuer, bool is_authority,
                      long ends_in_s = 3'600) {
  Identity made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  static std::atomic<int> serial{1};
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -7'200);
  X509_gmtime_adj(X509_getm_notAfter(certificate), ends_in_s);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* signer = issuer ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  add_extension(certificate, signer, NID_basic_constraints,
                is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!is_authority) add_extension(certificate, signer, NID_subject_alt_name, "DNS:" + name);
  X509_sign(certificate, issuer ? issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}

inline std::string write_pem(const Identity& identity, const std::filesystem::path& to) {
  FILE* file = std::fopen(to.c_str(), "w");
  MILLRACE_CHECK(file != nullptr && PEM_write_X509(file, identity.certificate.get()) == 1);
  std::fclose(file);
  return to.string();
}

// Reads one request per connection over TLS and answers 200 "secure".
inline Server::Serve serve_tls(const Identity& identity) {
  return [&identity](Stream& stream, int) {
    const std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>> context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
    const std::unique_ptr<SSL, Freer<SSL_free>> ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), stream.fd());
    if (SSL_accept(ssl.get()) != 1) return;
    char buffer[4'096];
    while (SSL_read(ssl.get(), buffer, sizeof buffer) > 0) {
      const std::string answer = response(200, "secure");
      SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
    }
  };
}

}  // namespace millrace::egress::testing
