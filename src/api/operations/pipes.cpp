// Pipes: whose systems something is owed to, and one that was stopped let go on.
#include <charconv>

#include "api/operation.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;
using runtime::DeliveryTarget;

bool may_have(Call& call, const DeliveryTarget& target) {
  return call.may_have(target.solution, target.environment);
}

Replied list_pipes(Call& call) {
  (void)call.may_have("", "");
  const auto targets = call.ports.deliveries.targets();
  if (!targets) return std::unexpected(targets.error());
  json::array items;
  for (const DeliveryTarget& target : *targets) {
    if (!may_have(call, target)) continue;
    const auto depth = call.ports.deliveries.depth(target.number);
    if (!depth) return std::unexpected(depth.error());
    json::object one{{"pipe", std::to_string(target.number)},
                     {"solution", target.solution},
                     {"environment", target.environment},
                     {"receiver", target.receiver},
                     {"waiting", depth->waiting}};
    if (depth->waiting > 0) one["oldest_owed_at"] = base::to_iso8601(depth->oldest_owed_at);
    if (!depth->stopped.empty()) one["stopped"] = depth->stopped;
    one["may_resume"] = call.may(Right::delivery_write, target.solution, target.environment);
    items.emplace_back(std::move(one));
  }
  return listed(std::move(items), std::nullopt);
}

base::Result<DeliveryTarget> permitted(Call& call) {
  const std::string_view text = call.path["pipe"];
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  const auto targets = call.ports.deliveries.targets();
  if (!targets) return std::unexpected(targets.error());
  (void)call.may_have("", "");
  for (const DeliveryTarget& target : *targets) {
    if (is_number && target.number == number && may_have(call, target)) return target;
  }
  return fail(Code::not_found, "there is no such pipe");
}

// Whoever sends takes an order up that concerns something which waits there; with it the pipe goes
// on.
Replied resume_pipe(Call& call) {
  const auto target = permitted(call);
  if (!target) return std::unexpected(target.error());
  const auto depth = call.ports.deliveries.depth(target->number);
  if (!depth) return std::unexpected(depth.error());
  if (depth->stopped.empty()) return fail(Code::failed_precondition, "it is not stopped");
  const auto first = call.ports.deliveries.waiting(target->number, 0, 1);
  if (!first) return std::unexpected(first.error());
  if (first->empty()) {
    return fail(Code::failed_precondition,
                "nothing waits there; the next delivery shows whether it goes on");
  }
  auto done = call.audit(Right::delivery_write, "pipe.resume",
                         target->solution + "/" + target->environment + "/" + target->receiver);
  if (done) {
    done = call.ports.records.order(runtime::DeliveryOrder::Action::retry, {first->front().id});
  }
  if (!done) return std::unexpected(done.error());
  return Reply::at(202, {{"waiting", depth->waiting}});
}

}  // namespace

std::vector<Operation> pipe_operations() {
  return {
      {.id = "listPipes",
       .method = "GET",
       .path = "/pipes",
       .who = Who::thing(Right::ops_read),
       .serve = list_pipes,
       .summary = "To whom something is or was owed: how much waits, and why one is stopped",
       .gives = "Pipe",
       .shape = Operation::Shape::list},
      {.id = "resumePipe",
       .method = "POST",
       .path = "/pipes/{pipe}/resume",
       .who = Who::thing(Right::delivery_write),
       .serve = resume_pipe,
       .summary = "Let a stopped pipe go on, once what stopped it is mended",
       .gives = "Resumed",
       .status = 202},
  };
}

}  // namespace millrace::api
