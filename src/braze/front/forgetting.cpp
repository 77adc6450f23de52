#include "braze/front/forgetting.hpp"

#include <future>

#include "braze/endpoints/exports.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

template <typename Begin>
base::Result<void> wait_for(Begin begin) {
  std::promise<base::Result<void>> promise;
  begin([&promise](base::Result<void> done) { promise.set_value(std::move(done)); });
  return promise.get_future().get();
}

base::Result<void> remove(const Forgetting& from, const json::object& deleted,
                          base::Timestamp now) {
  const web::Request request{"POST", "/users/delete", "", {}, "", ""};
  Diagnostics diagnostics;
  Call call{request, deleted, {}, now, from.options, diagnostics, from.world};
  auto served = delete_users(call);
  if (!served) return std::unexpected(served.error());
  if (!served->effect) {
    return base::fail(base::Code::invalid_argument, served->response.body, "users/delete");
  }
  return served->effect(from.world, now, diagnostics);
}

}  // namespace

base::Result<void> forget(const Forgetting& from, const std::vector<json::object>& deleted,
                          base::Timestamp now) {
  ProfileStore& profiles = from.world.profiles;
  if (auto ready = from.world.begin(); !ready) return ready;
  for (const json::object& each : deleted) {
    if (auto removed = remove(from, each, now); !removed) {
      profiles.abandon();
      return removed;
    }
  }
  if (auto kept = wait_for([&](auto done) { profiles.commit(std::move(done)); }); !kept) {
    return kept;
  }
  from.world.exports.forget();
  // The rows go now, and with them the records that told of what is gone.
  if (auto settled = profiles.settle([] { return true; }); !settled) return settled;
  return wait_for([&](auto done) { from.log.clear(std::move(done)); });
}

}  // namespace millrace::braze
