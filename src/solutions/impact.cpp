#include "solutions/impact.hpp"

#include "solutions/chats.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
using base::fail;

class Looker {
 public:
  Looker(const Loaded& fresh, const std::string& key, Versions& versions)
      : fresh_(*fresh.program),
        sources_(flow::node_sources(fresh.files)),
        key_(key),
        versions_(versions) {}

  void look(runtime::Archive& archive, const runtime::ChatEntry& chat) {
    const auto old = versions_.program(chat.version);
    if (!old || (*old)->solution != fresh_.solution) return;
    const auto state = state_of(archive, chat, key_);
    if (!state) {
      ++found_.unreadable;
      return;
    }
    ++found_.chats;
    const flow::Node* node = (*old)->find(state->node);
    const std::string id = node == nullptr ? "" : node->id;
    const bool is_touched = differs(chat.version, id);
    const bool is_stranded = !dialog::migrate(**old, fresh_, *state).has_value();
    if (!is_touched && !is_stranded) return;
    Impact::AtNode& here = found_.nodes[id];
    found_.touched += is_touched;
    here.touched += is_touched;
    found_.stranded += is_stranded;
    here.stranded += is_stranded;
  }

  Impact found() && { return std::move(found_); }

 private:
  bool differs(const std::string& version, const std::string& id) {
    const auto now = sources_.find(id);
    const auto& olds = versions_.node_sources(version);
    const auto old = olds.find(id);
    return now == sources_.end() || old == olds.end() || now->second != old->second;
  }

  const flow::Program& fresh_;
  const std::map<std::string, std::string> sources_;
  const std::string& key_;
  Versions& versions_;
  Impact found_;
};

// Who stands on the version that was left.
base::Result<void> count_those_left(const RollbackOrder& order, const Conversations& conversations,
                                    Versions& versions, RolledBack& out) {
  if (conversations.archive == nullptr || out.from.hash == out.now.hash) return {};
  const auto old = versions.program(out.from.hash);
  const auto fresh = versions.program(out.now.hash);
  const auto look = [&](const runtime::ChatEntry& chat) -> base::Result<void> {
    if (chat.version != out.from.hash) return {};
    ++out.on_from;
    if (order.on_live == runtime::OnLive::restart) return {};
    const auto state = state_of(*conversations.archive, chat, conversations.seal_key);
    const bool can_migrate =
        state && old && fresh && dialog::migrate(**old, **fresh, *state).has_value();
    if (order.on_live == runtime::OnLive::migrate && can_migrate) return {};
    ++out.staying;
    out.can_migrate += can_migrate;
    if (out.named.size() < RolledBack::kNamedMax) out.named.push_back(chat.chat);
    return {};
  };
  return each_chat(*conversations.archive, {.live = true}, look);
}

}  // namespace

base::Result<Impact> impact(const Loaded& fresh, const Conversations& conversations,
                            Versions& versions) {
  Looker looker(fresh, conversations.seal_key, versions);
  if (conversations.archive == nullptr) return std::move(looker).found();
  const auto read = each_chat(*conversations.archive, {.live = true},
                              [&](const runtime::ChatEntry& chat) -> base::Result<void> {
                                looker.look(*conversations.archive, chat);
                                return {};
                              });
  if (!read) return std::unexpected(read.error());
  return std::move(looker).found();
}

base::Result<RolledBack> roll_back(const RollbackOrder& order, Deployments& deployments,
                                   const Conversations& conversations, Versions& versions) {
  const Deployment* current = deployments.current(order.solution);
  if (current == nullptr) {
    return fail(Code::not_found, "no solution '" + order.solution + "' has been deployed there");
  }
  RolledBack out{.from = *current};
  Deployment target;
  if (!order.to.empty()) {
    auto found = deployments.find(order.solution, order.to);
    if (!found) return std::unexpected(found.error());
    target = std::move(*found);
  } else if (auto below = deployments.below_current(order.solution)) {
    target = std::move(*below);
  } else {
    return fail(Code::failed_precondition,
                "there is no version below v" + std::to_string(current->version) +
                    "; with --to an older one, or one that was left, can be named");
  }
  auto deployed = deployments.deploy_again(target, order.on_live, order.at);
  if (!deployed) return std::unexpected(deployed.error());
  out.now = std::move(*deployed);
  if (auto read = count_those_left(order, conversations, versions, out); !read) {
    return fail(read.error().code,
                "v" + std::to_string(out.now.version) +
                    " is deployed, but who stays on the version that was left cannot be read: " +
                    read.error().message,
                read.error().where);
  }
  return out;
}

}  // namespace millrace::solutions
