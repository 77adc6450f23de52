// Access over a store in memory.
#pragma once

#include <gtest/gtest.h>

#include "access/access.hpp"
#include "base/seal.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/transactions.hpp"

namespace millrace::access {

inline constexpr std::string_view kPassword = "a sentence to remember";

class AccessTesting : public testing::Test {
 protected:
  AccessTesting() {
    AccessLimits limits;
    limits.password = {1, 8'192};
    limits.sessions_per_user_max = 3;
    access_ = std::make_unique<Access>(
        Access::Ports{store_, clock_, random_, std::string(base::kSealKeyBytes, 'k')}, limits);
  }
  SignIn with(std::string_view name, std::string_view password, std::string_view code = "") {
    return {
        std::string(name), std::string(password), std::string(code), "192.0.2.7", "Browser", "r1"};
  }
  Asker as(std::string_view name) {
    const auto user = access_->user(name).value();
    return {{Principal::Kind::user, user.id, user.name, user.grants, ""}, "192.0.2.7", "r2"};
  }
  static Grants grants(std::string_view text) { return {grant_from_text(text).value()}; }
  // An owner "anna", signed in.
  SignedIn first() {
    const auto link = access_->link_for_first_owner();
    return access_->use_link(link.value(), with("anna", kPassword)).value();
  }
  // A further user with a password.
  User add(std::string_view name, std::string_view grant) {
    auto user = access_->add_user(command(), name, grants(grant)).value();
    const auto link = access_->link_for(command(), user.id, false);
    EXPECT_TRUE(access_->use_link(link.value(), with("", kPassword)));
    return access_->user(user.id).value();
  }
  static Asker command() { return {command_line(), "", ""}; }
  AuditRow last_row() { return access_->audit({.limit = 1}).value().front(); }

  fakes::MemoryTransactions store_;
  fakes::Clock clock_;
  fakes::SeededChance random_;
  std::unique_ptr<Access> access_;
};

}  // namespace millrace::access
