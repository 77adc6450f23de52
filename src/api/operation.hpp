// What every operation of the API is made of: a row of the table (what it is called, where it is,
// who may ask, what it takes and gives, and what answers), what that is given, and what it gives
// back. A new operation is a function and a row; the document (openapi.cpp), the checks of who and
// what (guard.cpp) and the tests come from the row. For the files of this room only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.hpp"
#include "access/sign_in_limits.hpp"
#include "api/api.hpp"
#include "base/json.hpp"
#include "base/web/routes.hpp"
#include "base/web/web.hpp"

namespace millrace::api {

using access::Right;
using Post = std::function<bool(base::Task)>;
class Feeds;

// Who may ask. There is no default: a row that does not say it does not compile.
class Who {
 public:
  enum class Kind {
    anyone,
    signed_in,  // with whatever rights
    server,     // the right, for the server as a whole
    solution,   // the right, for the solution that {solution} of the path names
    deploy,     // for that solution the right to deploy to the environment of this server
    thing,      // the right, somewhere; what answers asks for the thing's own (Call::may_have)
  };
  static constexpr Who anyone() { return Who(Kind::anyone, Right::solution_read); }
  static constexpr Who signed_in() { return Who(Kind::signed_in, Right::solution_read); }
  static constexpr Who server(Right right) { return Who(Kind::server, right); }
  static constexpr Who solution(Right right) { return Who(Kind::solution, right); }
  static constexpr Who deploy() { return Who(Kind::deploy, Right::deploy_sandbox); }
  static constexpr Who thing(Right right) { return Who(Kind::thing, right); }

  Kind kind() const { return kind_; }
  bool has_right() const { return kind_ >= Kind::server; }
  Right right() const { return right_; }
  // As it is where chats are of that environment.
  Who in(std::string_view environment) const {
    return kind_ == Kind::deploy && environment == "live" ? Who(kind_, Right::deploy_live) : *this;
  }

 private:
  constexpr Who(Kind kind, Right right) : kind_(kind), right_(right) {}
  Kind kind_;
  Right right_;
};

// What an operation answers with; `web::Response` as it is for what is not JSON.
struct Reply {
  Reply(json::object the_body) : body(std::move(the_body)) {}
  Reply(web::Response the_response) : whole(std::move(the_response)) {}
  static Reply nothing() { return Reply(web::Response{204, {}, {}}); }
  static Reply at(int status, json::object body) {
    Reply reply(std::move(body));
    reply.status = status;
    return reply;
  }

  json::object body;
  int status = 200;
  std::vector<web::Header> headers;
  std::optional<web::Response> whole;
};
using Replied = base::Result<Reply>;

// One request that was let in.
class Call {
 public:
  const web::Request& request;
  web::PathValues path;
  json::object body;
  access::Asker asker;  // `anyone` may be nobody: then without an id
  bool by_cookie = false;
  const Ports& ports;
  const Options& options;
  Feeds& feeds;  // of the live socket
  // Runs something later, on one of the threads that answer; false: not any more, or not now.
  const Post& post;
  access::SignInLimits& sign_ins;
  Who who;

  const access::Grants& grants() const { return asker.principal.grants; }
  // Whether the right of this operation reaches what belongs to that solution and environment. What
  // answers about a thing has to ask, and tells of one that is not reached as of one that is not
  // there.
  bool may_have(std::string_view solution, std::string_view environment);
  bool was_asked() const { return was_asked_; }
  // Another right, for a part of the answer.
  bool may(Right right, std::string_view solution, std::string_view environment) const;
  // Before what it tells of is done or shown.
  base::Result<void> audit(Right right, std::string_view action, std::string_view object,
                           std::string_view after = "");

  std::string query(std::string_view name) const {
    return request.query_parameter(name).value_or("");
  }
  // invalid_argument unless it is from 1 to 1,000; 100 when it is not given.
  base::Result<size_t> limit() const;
  // Where the page before ended, as `cursor_at` wrote it; empty for the first page.
  // invalid_argument: it is not of this operation, this principal and this server.
  base::Result<json::object> cursor() const;
  std::string cursor_at(const json::object& place) const;

 private:
  friend class Guard;
  Call(const web::Request& the_request, web::PathValues the_path, const Ports& the_ports,
       const Options& the_options, Feeds& the_feeds, const Post& the_post,
       access::SignInLimits& the_sign_ins, Who the_who, std::string_view operation)
      : request(the_request),
        path(std::move(the_path)),
        ports(the_ports),
        options(the_options),
        feeds(the_feeds),
        post(the_post),
        sign_ins(the_sign_ins),
        who(the_who),
        operation_(operation) {}
  std::string sealed_as() const;

  std::string_view operation_;
  bool was_asked_ = false;
};

using Serve = Replied (*)(Call&);

struct Operation {
  std::string_view id;  // "listChats"
  std::string_view method;
  std::string_view path;  // under /api/v1: "/chats/{chat}"
  Who who;
  Serve serve;
  std::string_view summary;
  std::string_view takes = "";  // the schema of its body; "" = it has none
  std::string_view gives = "";  // the schema of its answer, of an item of a list, of a line
  enum class Shape { one, list, lines, nothing, redirect } shape = Shape::one;
  int status = 200;
  std::string_view query = "";  // names of parameters, with blanks between
};

std::vector<Operation> session_operations();
std::vector<Operation> own_operations();
std::vector<Operation> user_operations();
std::vector<Operation> user_session_operations();
std::vector<Operation> key_operations();
std::vector<Operation> role_operations();
std::vector<Operation> audit_operations();
std::vector<Operation> chat_operations();
std::vector<Operation> call_operations();
std::vector<Operation> delivery_operations();
std::vector<Operation> pipe_operations();
std::vector<Operation> person_operations();
std::vector<Operation> solution_operations();
std::vector<Operation> deploy_operations();
std::vector<Operation> workspace_operations();
std::vector<Operation> draft_operations();
std::vector<Operation> model_operations();
std::vector<Operation> misunderstood_operations();
std::vector<Operation> git_operations();
std::vector<Operation> try_operations();
std::vector<Operation> run_operations();
std::vector<Operation> secret_operations();
std::vector<Operation> search_operations();
std::vector<Operation> document_operations();
const std::vector<Operation>& all_operations();

// The document, of all operations.
json::object openapi(const Options& options);

// {"items": [...], "next": cursor or null}
Reply listed(json::array items, std::optional<std::string> next);

// The session's cookie, set or taken away.
web::Header session_cookie(const Options& options, std::string_view token);
std::string_view session_cookie_name(const Options& options);
std::string cookie_of(const web::Request& request, std::string_view name);

}  // namespace millrace::api
