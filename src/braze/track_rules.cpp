#include "braze/track_rules.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kNameLengthMax = 255;
constexpr std::string_view kNoIdentifier =
    "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required";
constexpr std::string_view kBadEmail =
    "The value provided for the 'email' field is not a valid email.";

// A text, or an integer as its digits (users-track.md 5.8).
std::optional<std::string> text_or_integer(const json::object& item, std::string_view key) {
  const auto* given = item.if_contains(key);
  if (given == nullptr) return std::nullopt;
  if (given->is_string() && !given->get_string().empty()) return json::to_text(*given);
  if (given->is_int64() || given->is_uint64()) return json::to_text(*given);
  return std::nullopt;
}

Creates creates_of(const json::object& item, const Identifier& who) {
  // Alias objects only update unless told otherwise (users-track.md 5.4).
  const bool by_default = who.kind == Identifier::Kind::user_alias;
  const auto* given = item.if_contains("_update_existing_only");
  const bool only_update = given != nullptr && given->is_bool() ? given->get_bool() : by_default;
  if (who.kind == Identifier::Kind::braze_id) return Creates::no;
  return only_update ? Creates::no : Creates::yes;
}

bool looks_like_placeholder(std::string_view text) {
  text = base::trim(text);
  if (text.size() < 3 || text.front() != '{' || text.back() != '}') return false;
  return std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '_' || c == ' ' || c == '.' || (c >= '0' && c <= '9');
  });
}

class Reader {
 public:
  Reader(const SandboxOptions& options, base::Timestamp now, Diagnostics& diagnostics)
      : options_(options), now_(now), diagnostics_(diagnostics) {}

  TrackRequest read(const json::object& body) {
    each(body, "attributes", [this](const json::object& item) { return attributes(item); });
    each(body, "events", [this](const json::object& item) { return event(item); });
    each(body, "purchases", [this](const json::object& item) { return purchase(item); });
    return std::move(request_);
  }

 private:
  using Complaint = std::optional<std::string>;

  template <typename F>
  void each(const json::object& body, std::string_view name, F read_item) {
    const auto* given = body.if_contains(name);
    if (given == nullptr || given->is_null()) return;
    const auto* items = given->if_array();
    if (items == nullptr) {
      request_.malformed = true;
      return;
    }
    request_.objects += items->size();
    request_.most_in_one = std::max(request_.most_in_one, items->size());
    for (size_t i = 0; i < items->size(); ++i) {
      const auto* item = (*items)[i].if_object();
      Complaint complaint(std::string{kNoIdentifier});
      if (item != nullptr) {
        note_placeholders(*item);
        complaint = read_item(*item);
      }
      if (complaint) {
        request_.errors.push_back(
            {std::move(*complaint), std::string(name), static_cast<int64_t>(i)});
      }
    }
  }

  void note_placeholders(const json::object& item) {
    for (const auto& member : item) {
      if (!member.value().is_string()) continue;
      const auto& text = member.value().get_string();
      if (looks_like_placeholder({text.data(), text.size()})) {
        diagnostics_.add(
            "BRZ_UNRESOLVED_PLACEHOLDER",
            "A value is still a placeholder in braces; fill it from the conversation.");
      }
    }
  }

  Complaint attributes(const json::object& item) {
    auto who = identifier_of(item);
    if (!who) return std::string(kNoIdentifier);
    if (const auto* email = item.if_contains("email"); email != nullptr && !email->is_null()) {
      if (!email->is_string() || !base::is_email_address(std::string_view(email->get_string()))) {
        return std::string(kBadEmail);
      }
    }
    if (who->kind == Identifier::Kind::external_id && base::is_email_address(who->value)) {
      diagnostics_.add("BRZ_EMAIL_AS_EXTERNAL_ID",
                       "The external_id is an e-mail address: it is personal data and cannot be "
                       "changed later. Use an id of your own.");
    }
    AttributesItem out{*who, creates_of(item, *who), false, item};
    out.merges_objects = json::get_bool(item, "_merge_objects").value_or(false);
    for (const char* key : {"external_id", "braze_id", "user_alias", "_update_existing_only",
                            "_merge_objects", "push_token_import"}) {
      out.fields.erase(key);
    }
    request_.attributes.push_back(std::move(out));
    return std::nullopt;
  }

  Complaint event(const json::object& item) {
    const auto who = identifier_of(item);
    if (!who) return std::string(kNoIdentifier);
    const auto name = json::get_string(item, "name");
    if (!name || name->empty()) return "'name' is required";
    EventItem out{*who,
                  creates_of(item, *who),
                  std::string(base::utf8_prefix(*name, kNameLengthMax)),
                  {},
                  {}};
    if (auto complaint = read_time(item, out.at)) return complaint;
    if (auto complaint = read_properties(item, out.properties)) return complaint;
    request_.events.push_back(std::move(out));
    return std::nullopt;
  }

  Complaint purchase(const json::object& item) {
    const auto who = identifier_of(item);
    if (!who) return std::string(kNoIdentifier);
    PurchaseItem out;
    out.who = *who;
    out.creates = creates_of(item, *who);
    const auto product = text_or_integer(item, "product_id");
    if (!product) return "'product_id' is required";
    out.product_id = base::utf8_prefix(*product, kNameLengthMax);
    const auto currency = json::get_string(item, "currency");
    if (!currency) return "'currency' is required";
    const bool letters = std::ranges::all_of(
        *currency, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
    if (currency->size() != 3 || !letters) return "'currency' is not valid";
    out.currency = *currency;
    const auto* price = item.if_contains("price");
    if (price == nullptr || price->is_null()) return "'price' is required";
    if (!price->is_number()) return "'price' is not valid";
    out.price = price->to_number<double>();
    if (const auto* quantity = item.if_contains("quantity"); quantity != nullptr) {
      out.quantity = json::get_integer(item, "quantity").value_or(0);
      if (out.quantity < 1 || out.quantity > 100) return "'quantity' is not valid";
    }
    if (auto complaint = read_time(item, out.at)) return complaint;
    if (auto complaint = read_properties(item, out.properties)) return complaint;
    request_.purchases.push_back(std::move(out));
    return std::nullopt;
  }

  Complaint read_time(const json::object& item, base::Timestamp& at) {
    const auto* given = item.if_contains("time");
    if (given == nullptr || given->is_null()) return "'time' is required";
    const auto text = json::get_string(item, "time");
    const auto parsed = text ? base::parse_iso8601(*text) : std::nullopt;
    if (!parsed) return "'time' is not valid";
    at = std::min(*parsed, now_);
    return std::nullopt;
  }

  Complaint read_properties(const json::object& item, json::object& properties) {
    const auto* given = item.if_contains("properties");
    if (given == nullptr || given->is_null()) return std::nullopt;
    const auto* object = given->if_object();
    if (object == nullptr) return "'properties' is not valid";
    for (const auto& member : *object) {
      const std::string_view key = member.key();
      if (key.empty() || key.starts_with('$') || key == "time" || key == "event_name") {
        return "'properties' is not valid";
      }
      if (!member.value().is_null()) properties.emplace(key, member.value());
    }
    if (json::serialize(*object).size() > options_.properties_bytes_max) {
      return "'properties' is too large";
    }
    return std::nullopt;
  }

  const SandboxOptions& options_;
  const base::Timestamp now_;
  Diagnostics& diagnostics_;
  TrackRequest request_;
};

}  // namespace

std::optional<Identifier> identifier_of(const json::object& item) {
  using Kind = Identifier::Kind;
  if (auto id = text_or_integer(item, "external_id")) return Identifier{Kind::external_id, *id, {}};
  if (const auto* alias = json::get_object(item, "user_alias")) {
    const auto name = json::get_string(*alias, "alias_name");
    const auto label = json::get_string(*alias, "alias_label");
    if (name && label && !name->empty() && !label->empty()) {
      return Identifier{Kind::user_alias, std::string(*name), std::string(*label)};
    }
  }
  if (auto id = text_or_integer(item, "braze_id")) return Identifier{Kind::braze_id, *id, {}};
  if (const auto email = json::get_string(item, "email"); email && !email->empty()) {
    return Identifier{Kind::email, base::to_lower(*email), {}};
  }
  if (auto phone = text_or_integer(item, "phone")) return Identifier{Kind::phone, *phone, {}};
  return std::nullopt;
}

TrackRequest read_track(const json::object& body, const SandboxOptions& options,
                        base::Timestamp now, Diagnostics& diagnostics) {
  return Reader(options, now, diagnostics).read(body);
}

}  // namespace millrace::braze
