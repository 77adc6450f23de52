// What every endpoint of Braze's is made of: a row of the table (path, method, permission, limit,
// handler), what a handler is given, and what it gives back. A new endpoint is a function and a
// row in endpoints.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/web/web.hpp"
#include "braze/braze.hpp"
#include "braze/front/answers.hpp"
#include "braze/front/diagnostics.hpp"
#include "braze/front/rate_limit.hpp"
#include "braze/front/workspace.hpp"
#include "braze/kept.hpp"

namespace millrace::braze {

// A file that an endpoint made, to be fetched once it is ready.
class Exports;

struct World {
  ProfileStore& profiles;
  Workspace& workspace;
  Exports& exports;
  base::Random& random;
  const json::object& seed;  // of the workspace
  uint64_t generation = 0;   // of the profiles that the workspace was read with

  // Before anything else is done under the lock: reads what was kept, where that is to be done.
  base::Result<void> begin();
};

// One request that was let in. Handlers run under the sandbox's lock.
struct Call {
  const web::Request& request;
  json::object body;               // of a GET: empty
  std::vector<std::string> parts;  // what stands for each {} of the path
  base::Timestamp now;
  const SandboxOptions& options;
  Diagnostics& diagnostics;
  World& world;

  // The values of `name`, `name[]` and their percent-encoded forms in the query, in order.
  std::vector<std::string> query_values(std::string_view name) const;
  std::string query_value(std::string_view name, std::string_view otherwise = "") const;
  // A whole number of the query within bounds; `otherwise` when it is absent or no number.
  int64_t query_number(std::string_view name, int64_t least, int64_t most, int64_t otherwise) const;
};

// What is to be changed, at once or, where Braze takes its time, some seconds later.
using Effect =
    std::move_only_function<base::Result<void>(World&, base::Timestamp now, Diagnostics&)>;

struct Outcome {
  Outcome(web::Response the_response) : response(std::move(the_response)) {}
  Outcome(web::Response the_response, Effect the_effect)
      : response(std::move(the_response)), effect(std::move(the_effect)) {}
  web::Response response;
  Effect effect;
};
// An error is the store's, and becomes a 500.
using Served = base::Result<Outcome>;

struct Endpoint {
  std::string_view method;
  std::string_view path;  // "/catalogs/{}/items"
  std::string_view permission;
  Bucket bucket = Bucket::pool;
  Served (*serve)(Call&) = nullptr;
  // Where the limit depends on what is asked.
  Bucket (*bucket_of)(const json::object& body) = nullptr;
};

struct Matched {
  const Endpoint* endpoint = nullptr;  // nullptr: nothing answers there
  std::vector<std::string> parts;
  bool is_path_known = false;  // under another method
};
Matched find_endpoint(std::string_view method, std::string_view path);
// The path of the table that looks most like this one; "" when none does.
std::string_view nearest_path(std::string_view path);

// {"message": "success"} with what else there is to say, before it.
Outcome success(int status, json::object body = {});
Outcome refused(std::string_view message, int status = 400);

}  // namespace millrace::braze
