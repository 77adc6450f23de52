// Who is to answer a request of a session. For the files of this room only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/web/web.hpp"

namespace millrace::http {

inline web::Response message_response(int status, std::string_view message) {
  return web::json_response(status, "{\"message\":\"" + std::string(message) + "\"}");
}

// The Respond of one request. Dropped uncalled, it answers 500.
template <typename Session>
struct Responder {
  std::shared_ptr<Session> session;
  uint64_t number;

  Responder(std::shared_ptr<Session> the_session, uint64_t the_number)
      : session(std::move(the_session)), number(the_number) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) noexcept = default;
  ~Responder() {
    if (session) {
      Session::respond(session, number, message_response(500, "Internal Server Error"));
    }
  }
  void operator()(web::Response response) {
    const auto to = std::exchange(session, nullptr);
    if (to) Session::respond(to, number, std::move(response));
  }
};

}  // namespace millrace::http
