// What somebody did, as it was taken in: an event, or a purchase.
#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"
#include "base/time.hpp"
#include "profiles/identifier.hpp"

namespace millrace::profiles {

// Whether somebody who is not known yet is to have a profile.
enum class Creates { yes, no };

struct EventItem {
  Identifier who;
  Creates creates = Creates::yes;
  std::string name;
  base::Timestamp at;  // never in the future
  std::optional<json::object> properties;
  std::string app_id;
};

struct PurchaseItem {
  Identifier who;
  Creates creates = Creates::yes;
  std::string product_id;
  std::string currency;
  double price = 0;
  int64_t quantity = 1;
  base::Timestamp at;
  std::optional<json::object> properties;
  std::string app_id;
};

}  // namespace millrace::profiles
