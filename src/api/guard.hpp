// Stands before every operation: who asks, from which page, whether they may, whether what they
// sent is what the operation takes, and whether it was asked before under the same key. For the
// files of this room only.
#pragma once

#include "access/sign_in_limits.hpp"
#include "api/operation.hpp"

namespace millrace::api {

class Guard {
 public:
  Guard(const Ports& ports, const Options& options, Feeds& feeds, Post post)
      : ports_(ports), options_(options), feeds_(feeds), post_(std::move(post)) {}

  // Blocks.
  web::Response answer(const Operation& operation, web::PathValues values,
                       const web::Request& request);

  struct Known {
    access::Principal principal;
    bool by_cookie = false;
  };
  // Who asks; nullopt: nobody says who they are. unauthenticated: somebody whom nobody knows.
  base::Result<std::optional<Known>> who(const web::Request& request);

 private:
  std::optional<web::Response> refused_origin(const web::Request& request, bool by_cookie) const;
  base::Result<void> check_right(Call& call) const;
  base::Result<void> note_refusal(const Operation& operation, const Call& call,
                                  std::string_view right) const;
  web::Response run(const Operation& operation, Call& call);
  web::Response once(const Operation& operation, Call& call, std::string_view key);
  std::string new_request_id();

  const Ports& ports_;
  const Options& options_;
  Feeds& feeds_;
  const Post post_;
  access::SignInLimits sign_ins_;
};

}  // namespace millrace::api
