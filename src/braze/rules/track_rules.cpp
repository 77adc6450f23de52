#include "braze/rules/track_rules.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/text.hpp"
#include "braze/kept.hpp"
#include "braze/rules/ecommerce.hpp"
#include "braze/rules/email_addresses.hpp"
#include "braze/rules/item_values.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kNameLengthMax = 255;
constexpr size_t kObjectsPerUserMax = 100;  // of users/track/bulk
constexpr std::array<std::string_view, 3> kArrays{"attributes", "events", "purchases"};
constexpr std::string_view kNoIdentifier =
    "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required";

using Kind = Identifier::Kind;

Creates creates_of(const json::object& item, const Identifier& who) {
  // Alias objects only update unless told otherwise (users-track.md 5.4).
  const bool only_updates =
      json::get_bool(item, "_update_existing_only").value_or(who.kind == Kind::user_alias);
  if (who.kind == Kind::braze_id) return Creates::no;
  return only_updates ? Creates::no : Creates::yes;
}

bool looks_like_placeholder(std::string_view text) {
  text = base::trim(text);
  if (text.size() < 3 || text.front() != '{' || text.back() != '}') return false;
  return std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '_' || c == ' ' || c == '.' || (c >= '0' && c <= '9');
  });
}

bool holds_placeholder(const json::value& value) {
  if (value.is_string()) return looks_like_placeholder(std::string_view(value.get_string()));
  if (const auto* array = value.if_array()) return std::ranges::any_of(*array, holds_placeholder);
  if (const auto* object = value.if_object()) {
    return std::ranges::any_of(
        *object, [](const auto& member) { return holds_placeholder(member.value()); });
  }
  return false;
}

// The usual mistakes with whom an item is about.
void note_identifier(const Identifier& who, Diagnostics& diagnostics) {
  if (who.kind != Kind::external_id || !base::is_email_address(who.value)) return;
  diagnostics.add("BRZ_EMAIL_AS_EXTERNAL_ID",
                  "The external_id is an e-mail address: it is personal data and cannot be "
                  "changed later. Use an id of your own.");
}

size_t length_of(const json::object& body, std::string_view name) {
  const auto* items = json::get_array(body, name);
  return items == nullptr ? 0 : items->size();
}

class Reader {
 public:
  Reader(const SandboxOptions& options, size_t objects_max, base::Timestamp now,
         Diagnostics& diagnostics)
      : options_(options), now_(now), diagnostics_(diagnostics) {
    request_.objects_max = objects_max;
  }

  TrackRequest read(json::object& body) {
    check_shape(body);
    if (request_.malformed || request_.too_many) return std::move(request_);
    request_.attributes.reserve(length_of(body, "attributes"));
    request_.events.reserve(length_of(body, "events"));
    request_.purchases.reserve(length_of(body, "purchases"));
    each(body, "attributes", &Reader::attributes);
    each(body, "events", &Reader::event);
    each(body, "purchases", &Reader::purchase);
    return std::move(request_);
  }

 private:
  void check_shape(const json::object& body) {
    size_t together = 0;
    size_t most = 0;
    for (const std::string_view name : kArrays) {
      const auto* given = body.if_contains(name);
      if (given == nullptr || given->is_null()) continue;
      const auto* items = given->if_array();
      if (items == nullptr) {
        request_.malformed = true;
        continue;
      }
      together += items->size();
      most = std::max(most, items->size());
    }
    const bool each = options_.profile == LimitProfile::legacy;
    request_.objects = together;
    request_.too_many = (each ? most : together) > request_.objects_max;
    if (request_.objects_max > kObjectsMax && !request_.too_many) check_each_user(body);
  }

  // Of a bulk request: how many objects are about one profile, as far as the request tells.
  void check_each_user(const json::object& body) {
    std::unordered_map<std::string, size_t> objects;
    for (const std::string_view name : kArrays) {
      for (const json::value& item : items_in(body, name)) {
        const auto who = item.is_object() ? identifier_of(item.get_object()) : std::nullopt;
        if (!who) continue;
        const std::string key = std::to_string(static_cast<int>(who->kind)) + who->label +
                                std::string(1, '\0') + who->value;
        if (++objects[key] > kObjectsPerUserMax) request_.too_many = true;
      }
    }
  }

  void each(json::object& body, std::string_view name,
            Complaint (Reader::*read_item)(json::object&)) {
    auto* given = body.if_contains(name);
    auto* items = given == nullptr ? nullptr : given->if_array();
    if (items == nullptr) return;
    for (size_t i = 0; i < items->size(); ++i) {
      auto* item = (*items)[i].if_object();
      Complaint complaint;
      if (item != nullptr) {
        note_placeholders(*item);
        complaint = (this->*read_item)(*item);
      } else {
        complaint = std::string(kNoIdentifier);
      }
      if (!complaint) continue;
      diagnostics_.add("BRZ_ITEM_REFUSED",
                       std::string(name) + "[" + std::to_string(i) + "]: " + *complaint);
      request_.errors.push_back(
          {std::move(*complaint), std::string(name), static_cast<int64_t>(i)});
    }
  }

  void note_placeholders(const json::object& item) {
    for (const auto& member : item) {
      if (!holds_placeholder(member.value())) continue;
      diagnostics_.add("BRZ_UNRESOLVED_PLACEHOLDER",
                       "The value of " + quoted_name(member.key()) +
                           " is still a placeholder in braces; fill it from the conversation.");
    }
  }

  // Who the item is about. An address that identifies is held to the same rule as any other.
  Complaint read_who(const json::object& item, Identifier& who) {
    auto found = identifier_of(item);
    if (!found) {
      if (has_half_alias(item)) {
        diagnostics_.add("BRZ_ALIAS_SHAPE",
                         "A user_alias needs both texts, alias_name and alias_label; half of one "
                         "identifies nobody.");
      }
      return std::string(kNoIdentifier);
    }
    if (found->kind == Kind::email && !is_email(found->value)) {
      return std::string(kBadEmail);
    }
    note_identifier(*found, diagnostics_);
    who = std::move(*found);
    return std::nullopt;
  }

  Complaint attributes(json::object& item) {
    Identifier who;
    const bool imports = json::get_bool(item, "push_token_import").value_or(false) &&
                         json::get_object(item, "user_alias") == nullptr;
    if (auto complaint = imports ? read_token(item, who) : read_who(item, who)) return complaint;
    if (const auto* email = item.if_contains("email"); email != nullptr && !email->is_null()) {
      if (!email->is_string() || !is_email(std::string_view(email->get_string()))) {
        return std::string(kBadEmail);
      }
    }
    const Creates creates = creates_of(item, who);
    const bool merges_objects = json::get_bool(item, "_merge_objects").value_or(false);
    request_.attributes.push_back({std::move(who), creates, merges_objects, std::move(item)});
    json::object& fields = request_.attributes.back().fields;
    for (const char* key : {"external_id", "braze_id", "user_alias", "_update_existing_only",
                            "_merge_objects", "push_token_import"}) {
      fields.erase(key);
    }
    return std::nullopt;
  }

  // push_token_import: no identifier, but tokens; the first of them tells who it is.
  Complaint read_token(const json::object& item, Identifier& who) {
    if (item.contains("external_id") || item.contains("braze_id")) {
      return "'push_token_import' may not be used with 'external_id' or 'braze_id'";
    }
    const auto* tokens = json::get_array(item, "push_tokens");
    const auto* first =
        tokens == nullptr || tokens->empty() ? nullptr : tokens->front().if_object();
    const auto app_id = first == nullptr ? std::nullopt : text_or_integer(*first, "app_id");
    const auto token = first == nullptr ? std::nullopt : text_or_integer(*first, "token");
    if (!app_id || !token) return "'push_tokens' is required";
    who = {Kind::push_token, *token, *app_id};
    return std::nullopt;
  }

  // Of an ecommerce.* event the properties are held to a schema; what breaks it is not stored.
  Complaint event(json::object& item) {
    EventItem out;
    if (auto complaint = read_who(item, out.who)) return complaint;
    out.creates = creates_of(item, out.who);
    const auto name = json::get_string(item, "name");
    if (!name || name->empty()) return "'name' is required";
    out.name = shortened(*name);
    if (auto complaint = check_ecommerce(out.name, item)) {
      diagnostics_.add("BRZ_ECOMMERCE_SCHEMA",
                       "Recommended events have a schema; what breaks it is neither stored nor "
                       "counted.");
      return complaint;
    }
    return finish(item, std::move(out), request_.events);
  }

  Complaint purchase(json::object& item) {
    PurchaseItem out;
    if (auto complaint = read_who(item, out.who)) return complaint;
    out.creates = creates_of(item, out.who);
    const auto product = text_or_integer(item, "product_id");
    if (!product) return "'product_id' is required";
    out.product_id = shortened(*product);
    if (auto complaint = read_currency(item, out.currency)) return complaint;
    if (auto complaint = read_price(item, out.price)) return complaint;
    if (auto complaint = read_quantity(item, out.quantity)) return complaint;
    return finish(item, std::move(out), request_.purchases);
  }

  // What events and purchases have in common; then the item is accepted.
  template <typename Item>
  Complaint finish(json::object& item, Item out, std::vector<Item>& accepted) {
    if (auto complaint = read_time(item, now_, out.at, diagnostics_)) return complaint;
    if (auto complaint = read_properties(item, options_, out.properties, diagnostics_)) {
      return complaint;
    }
    out.app_id = base::utf8_prefix(json::get_string(item, "app_id").value_or(""), kNameLengthMax);
    accepted.push_back(std::move(out));
    return std::nullopt;
  }

  std::string shortened(std::string_view name) {
    const std::string_view kept = base::utf8_prefix(name, kNameLengthMax);
    if (kept.size() < name.size()) {
      diagnostics_.add("BRZ_TEXT_TRUNCATED", "A name was cut at 255 characters.");
    }
    return std::string(kept);
  }

  const SandboxOptions& options_;
  const base::Timestamp now_;
  Diagnostics& diagnostics_;
  TrackRequest request_;
};

}  // namespace

std::optional<Identifier> identifier_of(const json::object& item) {
  if (auto id = text_or_integer(item, "external_id")) return Identifier{Kind::external_id, *id, {}};
  if (const auto* alias = json::get_object(item, "user_alias")) {
    const auto name = text_or_integer(*alias, "alias_name");
    const auto label = text_or_integer(*alias, "alias_label");
    const bool texts =
        json::get_string(*alias, "alias_name") && json::get_string(*alias, "alias_label");
    if (name && label && texts) return Identifier{Kind::user_alias, *name, *label};
  }
  if (auto id = text_or_integer(item, "braze_id")) return Identifier{Kind::braze_id, *id, {}};
  if (const auto email = json::get_string(item, "email"); email && !email->empty()) {
    return Identifier{Kind::email, base::to_lower(*email), {}};
  }
  if (auto phone = text_or_integer(item, "phone")) return Identifier{Kind::phone, *phone, {}};
  return std::nullopt;
}

bool has_half_alias(const json::object& item) {
  return item.contains("user_alias") && !item.at("user_alias").is_null();
}

TrackRequest read_track(json::object& body, const SandboxOptions& options, size_t objects_max,
                        base::Timestamp now, Diagnostics& diagnostics) {
  return Reader(options, objects_max, now, diagnostics).read(body);
}

}  // namespace millrace::braze
