// The state of e-mail addresses, and the lists of those that bounced or were blocked (reference:
// other-endpoints.md 8). The sandbox sends no mail, so nothing bounces by itself; the lists hold
// what is put there under /_sandbox/workspace and by these calls.
#include <algorithm>

#include "base/text.hpp"
#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/people.hpp"
#include "braze/rules/email_addresses.hpp"

namespace millrace::braze {
namespace {

using Kind = Identifier::Kind;

// "2020-06-17 19:27:44 +0000", as recorded.
std::string spaced(base::Timestamp at) {
  std::string text = base::to_iso8601(at);
  text[10] = ' ';
  return text.substr(0, 19) + " +0000";
}

// `email`: a text, or a list of up to 50; an error is the message of a 400.
std::expected<std::vector<std::string>, std::string> emails_in(const json::object& body) {
  std::vector<std::string> emails;
  const auto* given = body.if_contains("email");
  const json::array single{given == nullptr ? json::value() : *given};
  const bool is_list = given != nullptr && given->is_array();
  for (const json::value& item : is_list ? given->get_array() : single) {
    if (!item.is_string()) continue;
    if (!is_email(std::string_view(item.get_string()))) {
      return std::unexpected(std::string(kBadEmail));
    }
    emails.push_back(base::to_lower(json::to_text(item)));
  }
  if (emails.empty() || emails.size() > kPeopleMax) {
    return std::unexpected("'email' must be an address or an array of 1 to 50 of them");
  }
  return emails;
}

Served remove_from(Call& call, const char* list) {
  const auto emails = emails_in(call.body);
  if (!emails) return refused(emails.error());
  for (const std::string& email : *emails) call.world.workspace.erase(list, email);
  return success(201);
}

base::Result<void> subscribe(World& world, const std::string& email, const std::string& state,
                             base::Timestamp now) {
  const auto found = world.profiles.find_all({Kind::email, email, {}});
  if (!found) return std::unexpected(found.error());
  for (Held* held : *found) {
    held->profile.fields["email_subscribe"] = state;
    world.profiles.rewritten(
        *held, now, history_line("subscription", now, {{"name", "email"}, {"state", state}}));
  }
  if (state == "unsubscribed") {
    world.workspace.put("unsubscribes", email, {{"at", now.ms}});
  } else {
    world.workspace.erase("unsubscribes", email);
  }
  return {};
}

Served list_of(Call& call, const char* list, const char* when) {
  const auto limit = static_cast<size_t>(call.query_number("limit", 1, 500, 100));
  auto offset = static_cast<size_t>(call.query_number("offset", 0, 1'000'000, 0));
  const auto from = base::parse_iso8601_date(call.query_value("start_date"));
  const auto to = base::parse_iso8601_date(call.query_value("end_date"));
  const std::string wanted = base::to_lower(call.query_value("email"));
  if (wanted.empty() && (!from || !to)) {
    return refused("'start_date' and 'end_date' (YYYY-MM-DD), or 'email', are required");
  }
  json::array emails;
  for (const auto& [email, entry] : call.world.workspace.all(list)) {
    const base::Timestamp at{json::get_integer(entry, "at").value_or(0)};
    const base::Date day = base::utc_date(at);
    if (!wanted.empty() && email != wanted) continue;
    if ((from && day < *from) || (to && day > *to)) continue;
    if (offset > 0) {
      --offset;
    } else if (emails.size() < limit) {
      emails.push_back(json::object{{"email", email}, {when, spaced(at)}});
    }
  }
  return success(200, {{"emails", std::move(emails)}});
}

}  // namespace

Served email_status(Call& call) {
  const auto emails = emails_in(call.body);
  if (!emails) return refused(emails.error());
  const std::string state = text_in(call.body, "subscription_state");
  if (state != "subscribed" && state != "unsubscribed" && state != "opted_in") {
    return refused("Invalid subscription state");
  }
  auto outcome = success(201);
  outcome.effect = [emails = *emails, state](World& world, base::Timestamp now,
                                             Diagnostics&) -> base::Result<void> {
    for (const std::string& email : emails) {
      if (auto done = subscribe(world, email, state, now); !done) return done;
    }
    return {};
  };
  return outcome;
}

Served email_bounce_remove(Call& call) {
  return remove_from(call, "hard_bounces");
}
Served email_spam_remove(Call& call) {
  return remove_from(call, "spam");
}

Served email_blocklist(Call& call) {
  const auto emails = emails_in(call.body);
  if (!emails) return refused(emails.error());
  for (const std::string& email : *emails) {
    call.world.workspace.put("blocklist", email, {{"at", call.now.ms}});
  }
  return success(201);
}

Served email_hard_bounces(Call& call) {
  return list_of(call, "hard_bounces", "hard_bounced_at");
}
Served email_unsubscribes(Call& call) {
  return list_of(call, "unsubscribes", "unsubscribed_at");
}

}  // namespace millrace::braze
