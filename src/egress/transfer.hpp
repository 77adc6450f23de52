// One request over one connection, through libcurl: what it is set up with, and what became of it.
// Runs on the client's thread.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "egress/egress.hpp"

namespace millrace::egress {

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, FreeList>;

// What is wrong with a request before anything is done about it; nullopt when nothing is.
std::optional<std::string> problem_of(const web::OutboundRequest& request);

class Transfer {
 public:
  // `easy` has just been made or reset. The addresses have been checked, and nothing else is
  // connected to, unless it goes through the upstream proxy. Everything given has to outlive the
  // transfer.
  Transfer(CURL* easy, const ClientOptions& options, const web::OutboundRequest& request,
           const Url& url, std::vector<Address> addresses, bool through_proxy,
           milliseconds time_left);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* easy() const { return easy_; }
  // After its end, or in the middle when it is to be given up (`code` then says why).
  web::OutboundAnswer answer(CURLcode code);

 private:
  void set_up(const ClientOptions& options, milliseconds time_left);
  void set_up_request();
  void pin();
  // Whether anything of the request can have reached the other side.
  bool is_written() const;
  std::string reason(CURLcode code) const;

  static size_t take_body(char* data, size_t size, size_t count, void* self);
  static size_t take_header(char* data, size_t size, size_t count, void* self);
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* to);
  static int before_request(void* self, char*, char*, int, int);

  CURL* easy_;
  const web::OutboundRequest& request_;
  const Url& url_;
  std::vector<Address> addresses_;
  bool through_proxy_;
  CurlList headers_;
  CurlList pinned_;
  web::Response response_;
  size_t header_bytes_ = 0;
  int attempts_ = 0;
  bool is_too_large_ = false;
  bool was_stopped_ = false;  // curl would have sent it a second time
  char error_[CURL_ERROR_SIZE] = "";
};

}  // namespace millrace::egress
