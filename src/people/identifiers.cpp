#include "people/identifiers.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace millrace::people {

namespace {

// In lower case and in the order of their bytes.
constexpr std::array<std::string_view, 15> kNobody = {"-1",         "[object object]",
                                                      "anonymous",  "distinct_id",
                                                      "distinctid", "email",
                                                      "false",      "guest",
                                                      "id",         "nan",
                                                      "none",       "not_authenticated",
                                                      "null",       "true",
                                                      "undefined"};
static_assert(std::ranges::is_sorted(kNobody));

std::string_view without_quotes(std::string_view value) {
  while (value.size() >= 2 && value.front() == value.back() &&
         (value.front() == '"' || value.front() == '\'' || value.front() == '`')) {
    value = base::trim_blank(value.substr(1, value.size() - 2));
  }
  return value;
}

std::expected<std::string, Unfit> type_name(std::string_view type) {
  std::string name = base::to_ascii_lower(base::trim(type));
  const auto is_of_names = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  };
  if (name.empty()) return std::unexpected(Unfit::empty);
  if (name.size() > kTypeBytesMax) return std::unexpected(Unfit::too_long);
  if (!std::ranges::all_of(name, is_of_names)) return std::unexpected(Unfit::illegible);
  return name;
}

std::expected<std::string, Unfit> email(std::string_view value) {
  auto address = base::email_address(base::to_lower(value));
  if (!address) return std::unexpected(Unfit::malformed);
  return std::move(*address);
}

// E.164 has at most 15 digits. The country is not guessed: without one a number is what it is.
std::expected<std::string, Unfit> phone(std::string_view value) {
  const bool has_country = value.starts_with('+') || value.starts_with("00");
  std::string digits;
  for (const char c : value.substr(value.starts_with("00") ? 2 : value.starts_with('+') ? 1 : 0)) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (!std::string_view(" -./()").contains(c)) {
      return std::unexpected(Unfit::malformed);
    }
  }
  if (digits.size() < 5 || digits.size() > 15) return std::unexpected(Unfit::malformed);
  return has_country ? "+" + digits : digits;
}

bool has_control_characters(std::string_view value) {
  return std::ranges::any_of(value, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

// What comes of an event one after the other.
class Promotion {
 public:
  explicit Promotion(const Rules& rules) : rules_(rules) {}

  void add(std::string_view type, std::string_view value) {
    auto identifier = normalise(rules_, type, value);
    if (!identifier) return leave_out(type, identifier.error());
    const auto& known = promoted_.identifiers;
    if (std::ranges::find(known, *identifier) != known.end()) return;
    if (promoted_.identifiers.size() == kIdentifiersPerEventMax) {
      return leave_out(type, Unfit::one_too_many);
    }
    promoted_.identifiers.push_back(std::move(*identifier));
  }

  void add_trait(const json::object& traits, std::string_view name) {
    if (const auto value = json::get_string(traits, name)) add(name, *value);
  }

  Promoted take() && {
    std::ranges::sort(promoted_.identifiers, [&](const Identifier& a, const Identifier& b) {
      const size_t rank_a = standing_of(rules_, a.type).rank;
      const size_t rank_b = standing_of(rules_, b.type).rank;
      return rank_a != rank_b ? rank_a < rank_b : a < b;
    });
    return std::move(promoted_);
  }

 private:
  void leave_out(std::string_view type, Unfit why) {
    if (promoted_.left_out.size() == kIdentifiersPerEventMax) return;
    promoted_.left_out.push_back({std::string(type.substr(0, kTypeBytesMax)), why});
  }

  const Rules& rules_;
  Promoted promoted_;
};

}  // namespace

bool is_blocked(std::string_view value) {
  const std::string_view bare = without_quotes(base::trim_blank(value));
  if (bare.find_first_not_of("0-") == std::string_view::npos) return true;
  return std::ranges::binary_search(kNobody, base::to_ascii_lower(bare));
}

std::expected<Identifier, Unfit> normalise(const Rules& rules, std::string_view type,
                                           std::string_view value) {
  auto name = type_name(type);
  if (!name) return std::unexpected(name.error());
  if (!base::is_valid_utf8(value)) return std::unexpected(Unfit::illegible);
  const std::string_view text = base::trim_blank(value);
  if (text.empty()) return std::unexpected(Unfit::empty);
  if (text.size() > kIdentifierBytesMax) return std::unexpected(Unfit::too_long);
  if (has_control_characters(text)) return std::unexpected(Unfit::illegible);
  if (is_blocked(text)) return std::unexpected(Unfit::blocked);
  std::expected<std::string, Unfit> spelt = std::string(text);
  if (*name == kEmail) spelt = email(text);
  if (*name == kPhone) spelt = phone(text);
  if (!spelt) return std::unexpected(spelt.error());
  if (rules.blocked.contains(*spelt)) return std::unexpected(Unfit::blocked);
  return Identifier{std::move(*name), std::move(*spelt)};
}

Promoted promote(const Rules& rules, const Event& event) {
  Promotion promotion(rules);
  if (!event.user_id.empty()) promotion.add(kUserId, event.user_id);
  if (!event.anonymous_id.empty()) promotion.add(kAnonymousId, event.anonymous_id);
  for (const ExternalId& id : event.external_ids) promotion.add(id.type, id.value);
  if (event.kind != EventKind::group) {
    promotion.add_trait(event.traits, kEmail);
    promotion.add_trait(event.traits, kPhone);
  }
  return std::move(promotion).take();
}

}  // namespace millrace::people
