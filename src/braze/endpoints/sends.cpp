#include "braze/endpoints/sends.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/people.hpp"
#include "braze/endpoints/track.hpp"
#include "braze/rules/email_addresses.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kPropertiesBytesMax = 50 << 10;
constexpr size_t kReceivedMax = 100;  // campaigns or Canvases that a profile shows
constexpr const char* kNoRecipients = "No Recipients";
constexpr const char* kTooManyRecipients = "The max number of ids per request was exceeded";

std::string key_of(const Identifier& who) {
  return std::to_string(static_cast<int>(who.kind)) + who.label + std::string(1, '\0') + who.value;
}

// One recipient of a trigger; nullopt when it names nobody.
std::optional<Recipient> read_recipient(const json::object& item) {
  json::object named = item;
  if (const auto* id = item.if_contains("external_user_id")) named["external_id"] = *id;
  auto who = identifier_of(named);
  if (!who) return std::nullopt;
  Recipient recipient{std::move(*who), Creates::no, std::nullopt};
  if (!json::get_bool(item, "send_to_existing_only").value_or(true)) {
    recipient.creates = Creates::yes;
  }
  if (const auto* attributes = json::get_object(item, "attributes")) {
    AttributesItem changes{recipient.who, recipient.creates, false, *attributes};
    for (const char* key : {"external_id", "braze_id", "user_alias", "_update_existing_only"}) {
      changes.fields.erase(key);
    }
    recipient.attributes = std::move(changes);
  }
  return recipient;
}

// Whether one of its addresses is none that Braze takes.
bool has_bad_email(const Recipient& recipient) {
  if (recipient.who.kind == Identifier::Kind::email && !is_email(recipient.who.value)) return true;
  const auto* email =
      recipient.attributes ? recipient.attributes->fields.if_contains("email") : nullptr;
  if (email == nullptr || email->is_null()) return false;
  return !email->is_string() || !is_email(std::string_view(email->get_string()));
}

std::expected<std::vector<Recipient>, std::string> read_recipients(const json::object& body,
                                                                   People people) {
  std::vector<Recipient> all;
  const auto lists = people == People::of_triggers
                         ? std::vector<std::string_view>{"recipients"}
                         : std::vector<std::string_view>{"external_user_ids", "user_aliases"};
  std::set<std::string> seen;
  for (const std::string_view list : lists) {
    const auto* items = json::get_array(body, list);
    if (items == nullptr) continue;
    if (items->size() > kPeopleMax) return std::unexpected(kTooManyRecipients);
    for (const json::value& item : *items) {
      json::object object;
      if (list == "external_user_ids") {
        object["external_user_id"] = item;
      } else if (list == "user_aliases") {
        object["user_alias"] = item;
      } else if (item.is_object()) {
        object = item.get_object();
      }
      auto recipient = read_recipient(object);
      if (recipient && has_bad_email(*recipient)) return std::unexpected(std::string(kBadEmail));
      // The same one twice is sent to once.
      if (recipient && seen.insert(key_of(recipient->who)).second) {
        all.push_back(std::move(*recipient));
      }
    }
  }
  return all;
}

// The line among those a profile has received, made anew or brought up to date.
void note_received(json::array& received, const Send& send, base::Timestamp now) {
  const bool is_canvas = send.kind == "canvas";
  const char* id_name = is_canvas ? "api_canvas_id" : "api_campaign_id";
  const auto same = std::ranges::find_if(received, [&](const json::value& item) {
    return item.is_object() && json::get_string(item.get_object(), id_name) == send.id;
  });
  json::object line{{"name", send.name},
                    {id_name, send.id},
                    {is_canvas ? "last_received_message" : "last_received", base::to_iso8601(now)}};
  if (is_canvas) {
    line["last_entered"] = base::to_iso8601(now);
  } else {
    line["converted"] = false;
  }
  if (same != received.end()) {
    *same = std::move(line);
  } else if (received.size() < kReceivedMax) {
    received.push_back(std::move(line));
  }
}

base::Result<void> deliver_to(const Recipient& recipient, const Send& send,
                              const SandboxOptions& options, World& world, base::Timestamp now,
                              Diagnostics& diagnostics) {
  auto found = recipient.attributes
                   ? apply_attributes(*recipient.attributes, options, world, now, diagnostics)
                   : world.profiles.find(recipient.who);
  if (!found) return std::unexpected(found.error());
  if (*found == nullptr && recipient.creates == Creates::yes) {
    found = &world.profiles.make(recipient.who, now);
  }
  if (*found == nullptr) {
    diagnostics.add("BRZ_NO_SUCH_PROFILE",
                    "A recipient is not there, and send_to_existing_only is not false; nothing was "
                    "sent to it.");
    return {};
  }
  Held& held = **found;
  if (send.kind == "campaign") note_received(held.profile.campaigns, send, now);
  if (send.kind == "canvas") note_received(held.profile.canvases, send, now);
  json::object more{{"name", send.name.empty() ? send.kind : send.name},
                    {"via", send.kind},
                    {"dispatch_id", send.dispatch_id}};
  if (!send.id.empty()) more["id"] = send.id;
  world.profiles.rewritten(held, now, history_line("message", now, std::move(more)));
  return {};
}

// A trigger of a campaign or of a Canvas; `object` is the one meant.
Served trigger(Call& call, const char* kind, const std::string& id, const json::object& object,
               json::object body) {
  if (auto wrong = wrong_with_properties(call.body); !wrong.empty()) return refused(wrong);
  auto send = read_send(call.body, People::of_triggers);
  if (!send) return refused(send.error());
  send->kind = kind;
  send->id = id;
  send->name = text_in(object, "name");
  send->dispatch_id = new_dispatch_id(call.world.random);
  body["dispatch_id"] = send->dispatch_id;
  if (const auto send_id = json::get_string(call.body, "send_id")) body["send_id"] = *send_id;
  auto outcome = success(201, std::move(body));
  outcome.effect = deliver(std::move(*send), call.options);
  return outcome;
}

}  // namespace

std::string new_dispatch_id(base::Random& random) {
  std::array<uint8_t, 16> bytes{};
  random.fill(bytes);
  return base::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string wrong_with_properties(const json::object& body) {
  for (const char* name : {"trigger_properties", "context", "canvas_entry_properties"}) {
    const auto* given = body.if_contains(name);
    if (given == nullptr || given->is_null()) continue;
    if (!given->is_object()) return "'" + std::string(name) + "' must be an object";
    if (json::serialize(*given).size() > kPropertiesBytesMax) {
      return "'" + std::string(name) + "' must be at most 50 KB";
    }
  }
  return "";
}

std::expected<Send, std::string> read_send(const json::object& body, People people) {
  Send send;
  auto recipients = read_recipients(body, people);
  if (!recipients) return std::unexpected(recipients.error());
  send.recipients = std::move(*recipients);
  send.is_broadcast = json::get_bool(body, "broadcast").value_or(false);
  if (send.is_broadcast && !send.recipients.empty()) {
    return std::unexpected("'broadcast' may not be combined with recipients");
  }
  if (!send.is_broadcast && send.recipients.empty()) return std::unexpected(kNoRecipients);
  return send;
}

Effect deliver(Send send, const SandboxOptions& options) {
  return [send = std::move(send), &options](World& world, base::Timestamp now,
                                            Diagnostics& diagnostics) -> base::Result<void> {
    if (send.is_broadcast) {
      diagnostics.add("BRZ_BROADCAST_NOT_SENT",
                      "The sandbox accepts broadcasts and notes them on no profile.");
    }
    for (const Recipient& recipient : send.recipients) {
      if (auto done = deliver_to(recipient, send, options, world, now, diagnostics); !done) {
        return done;
      }
    }
    return {};
  };
}

Served send_campaign(Call& call) {
  const std::string id = text_in(call.body, "campaign_id");
  const auto* campaign = call.world.workspace.find("campaigns", id);
  if (campaign == nullptr) return refused("Invalid Campaign ID");
  return trigger(call, "campaign", id, *campaign, {});
}

Served send_canvas(Call& call) {
  const std::string id = text_in(call.body, "canvas_id");
  const auto* canvas = call.world.workspace.find("canvases", id);
  if (canvas == nullptr) return refused("Invalid Canvas ID");
  if (call.body.contains("canvas_entry_properties")) {
    call.diagnostics.add("BRZ_OLD_PROPERTIES",
                         "canvas_entry_properties is the older name of context; Braze takes both.");
  }
  json::object body;
  if (json::get_bool(*canvas, "archived").value_or(false)) {
    body["notice"] =
        "The Canvas is archived. Unarchive the Canvas to ensure trigger requests will take effect.";
  } else if (!json::get_bool(*canvas, "enabled").value_or(true)) {
    body["notice"] =
        "The Canvas is paused. Resume the Canvas to ensure trigger requests will take effect.";
  }
  return trigger(call, "canvas", id, *canvas, std::move(body));
}

Served send_messages(Call& call) {
  const auto* messages = json::get_object(call.body, "messages");
  if (messages == nullptr || messages->empty()) return refused("No message to send");
  const std::string campaign_id = text_in(call.body, "campaign_id");
  if (!campaign_id.empty() && call.world.workspace.find("campaigns", campaign_id) == nullptr) {
    return refused("Invalid Campaign ID");
  }
  json::object asked = call.body;
  const bool names_people = asked.contains("external_user_ids") || asked.contains("user_aliases");
  // A segment or an audience stands for recipients here.
  if (!names_people && (asked.contains("segment_id") || asked.contains("audience"))) {
    asked["broadcast"] = true;
  }
  auto send = read_send(asked, People::of_messages);
  if (!send) return refused(send.error());
  send->kind = "message";
  for (const auto& message : *messages) {
    if (!send->name.empty()) send->name += ", ";
    send->name += base::utf8_prefix(std::string_view(message.key()), 40);
  }
  send->dispatch_id = new_dispatch_id(call.world.random);
  auto outcome = success(201, {{"dispatch_id", send->dispatch_id}});
  outcome.effect = deliver(std::move(*send), call.options);
  return outcome;
}

Served send_transactional(Call& call) {
  const std::string& id = call.parts.front();
  const auto* campaign = call.world.workspace.find("campaigns", id);
  if (campaign == nullptr) return refused("Invalid Campaign ID");
  const auto* recipient = json::get_object(call.body, "recipient");
  auto read = recipient == nullptr ? std::nullopt : read_recipient(*recipient);
  if (!read) return refused(kNoRecipients);
  if (has_bad_email(*read)) return refused(kBadEmail);
  Send send;
  send.kind = "campaign";
  send.id = id;
  send.name = text_in(*campaign, "name");
  send.dispatch_id = new_dispatch_id(call.world.random);
  const std::string now = base::to_iso8601(call.now);
  json::object body{
      {"dispatch_id", send.dispatch_id},
      {"status", "sent"},
      {"metadata",
       {{"received_at", now}, {"enqueued_at", now}, {"executed_at", now}, {"sent_at", now}}}};
  if (const auto given = json::get_string(call.body, "external_send_id")) {
    body["external_send_id"] = *given;
  }
  send.recipients.push_back(std::move(*read));
  auto outcome = success(201, std::move(body));
  outcome.effect = deliver(std::move(send), call.options);
  return outcome;
}

Served create_send_id(Call& call) {
  const std::string campaign_id = text_in(call.body, "campaign_id");
  if (call.world.workspace.find("campaigns", campaign_id) == nullptr) {
    return refused("Invalid Campaign ID");
  }
  std::string send_id = text_in(call.body, "send_id");
  if (send_id.empty()) send_id = new_dispatch_id(call.world.random).substr(0, 24);
  constexpr size_t kSendIdMax = 64;
  const bool is_plain = send_id.size() <= kSendIdMax &&
                        std::ranges::all_of(send_id, [](char c) { return c > 0x20 && c < 0x7f; });
  if (!is_plain) return refused("'send_id' must be at most 64 ASCII characters");
  call.world.workspace.put("send_ids", send_id, {{"campaign_id", campaign_id}});
  return success(201, {{"send_id", send_id}});
}

}  // namespace millrace::braze
