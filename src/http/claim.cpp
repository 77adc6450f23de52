#include "http/registry.hpp"

namespace millrace::http {

std::shared_ptr<Claim> Claim::make(std::shared_ptr<Shared> shared, const Address& peer) {
  const size_t most = shared->options.max_connections;
  std::string name = shared->is_trusted(peer) ? std::string() : share_name(peer);
  bool is_full = false;
  {
    const std::lock_guard lock(shared->mutex);
    const size_t all = shared->connections.load();
    is_full = all >= most;
    if (!is_full && name.empty()) {
      shared->connections.fetch_add(1);
      return std::shared_ptr<Claim>(new Claim(std::move(shared), std::move(name)));
    }
    const auto found = shared->by_address.find(name);
    const size_t own = found == shared->by_address.end() ? 0 : found->second;
    // Half of what the others leave: however many one address asks for, as many again stay free.
    const size_t share = std::max<size_t>(1, (most - (all - own)) / 2);
    if (!is_full && own < share) {
      ++shared->by_address[name];
      shared->connections.fetch_add(1);
      return std::shared_ptr<Claim>(new Claim(std::move(shared), std::move(name)));
    }
  }
  if (is_full) {
    shared->tell("connections-full",
                 "all " + std::to_string(most) + " connections are taken; more are closed at once");
  } else {
    shared->tell("address-connections", "an address of " + shortened(peer) +
                                            " holds its share of the connections; more of it are "
                                            "closed at once");
  }
  return nullptr;
}

Claim::~Claim() {
  const std::lock_guard lock(shared_->mutex);
  if (!name_.empty()) {
    const auto found = shared_->by_address.find(name_);
    if (--found->second == 0) shared_->by_address.erase(found);
  }
  shared_->connections.fetch_sub(1);
  shared_->closed_one.notify_all();
}

}  // namespace millrace::http
