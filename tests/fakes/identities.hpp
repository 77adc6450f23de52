// Joins that are kept in memory alone, and known at once.
#pragma once

#include "runtime/identities.hpp"

namespace millrace::fakes {

class Identities final : public runtime::Identities {
 public:
  std::vector<base::Id> line(base::Id consumer) const override { return joins_.line(consumer); }
  void join(base::Id one, base::Id other, Joined joined) override {
    const auto link = joins_.link_of(one, other);
    if (link && *link) joins_.put(**link);
    joined(link ? base::Result<base::Id>(joins_.person(one)) : std::unexpected(link.error()));
  }
  void part(base::Id consumer, Parted parted) override {
    joins_.remove(joins_.links_of(consumer));
    parted({});
  }

 private:
  runtime::Joins joins_;
};

}  // namespace millrace::fakes
