// The sessions of anonymous consumers: opened, proved, and given another token.
#include "engage/chat_calls.hpp"
#include "engage/engage.hpp"
#include "engage/wire.hpp"

namespace millrace::engage {
namespace {

// Fields that must be there as texts that are not empty.
std::vector<FieldError> missing_fields(const json::object& body,
                                       std::initializer_list<std::string_view> required) {
  std::vector<FieldError> errors;
  for (const std::string_view key : required) {
    const auto value = json::get_string(body, key);
    if (value && !value->empty()) continue;
    errors.push_back({std::string(key), "required", std::string(key) + " is required"});
  }
  return errors;
}

// Where a session asks for the events of its chat; "" when it does not. invalid_argument: it may
// not have them there.
base::Result<std::string> webhook_of(const web::Request& request,
                                     const runtime::Solution* solution) {
  constexpr std::string_view kHeader = "X-Pypestream-Webhook-URL";
  const auto url = request.header(kHeader);
  if (!url || solution == nullptr) return std::string();
  const flow::Program& program = *solution->program;
  const auto receiver = program.receivers.find(program.webhook_mode);
  const auto* settings =
      receiver == program.receivers.end() ? nullptr : receiver->second.in("sandbox");
  if (settings == nullptr) {
    return base::fail(base::Code::invalid_argument,
                      "this solution sends no events to addresses (solution.yaml: engagement)",
                      std::string(kHeader));
  }
  if (!receiver->second.kind->takes_address(*settings, *url)) {
    return base::fail(base::Code::invalid_argument,
                      "this address does not lie below the one that the solution allows",
                      std::string(kHeader));
  }
  return std::string(*url);
}

}  // namespace

void Engagement::anonymous_session(const web::Request& request, web::Respond respond) {
  const auto body = read_body(request);
  if (!body) {
    respond(error_response(body.error()));
    return;
  }
  auto errors =
      missing_fields(*body, {"app_id", "browser_language", "referring_site", "user_browser"});
  const auto app = base::Id::parse(json::get_string(*body, "app_id").value_or(""));
  if (errors.empty() && !app) errors.push_back({"app_id", "format", "app_id must be a UUID"});
  if (!errors.empty()) {
    respond(error_response(400, errors.front().message, std::move(errors)));
    return;
  }
  if (auto refused = refusal(request, *app)) {
    respond(std::move(*refused));
    return;
  }
  const auto address = webhook_of(request, solutions_.find(*app).get());
  if (!address) {
    respond(error_response(address.error()));
    return;
  }
  if (const auto wait = take_session(request, *app)) {
    respond(too_many("too many sessions were opened; wait", *wait));
    return;
  }
  open_session(*app, *body, *address, std::move(respond));
}

void Engagement::open_session(base::Id app, const json::object& body, std::string address,
                              web::Respond respond) {
  const auto language = json::get_string(body, "language").value_or("");
  const auto browser = json::get_string(body, "browser_language").value_or("");
  runtime::SessionRequest session{app, std::string(language.empty() ? browser : language),
                                  user_data_of(body), "web", std::move(address)};
  if (const auto solution = solutions_.find(app)) {
    const auto right = identify(body, *solution, identity_keys_, session.user_data);
    if (!right) return respond(error_response(right.error()));
  }
  // "pt" from the page and "pt-BR" from the browser mean the same person: take the closer one.
  if (browser.starts_with(language)) session.locale = browser;
  runtime_.open_session(std::move(session), [this, app, respond = std::move(respond)](
                                                base::Result<runtime::Session> opened) mutable {
    if (!opened) {
      respond(error_response(opened.error(), runtime_.retry_after_seconds()));
      return;
    }
    const base::Timestamp until = end_of_token();
    const std::string token = make_token(key_, {opened->consumer, opened->chat, app, until});
    respond(web::json_response(201,
                               json::serialize(session_json(*opened, token, clock_.now(), until))));
  });
}

base::Timestamp Engagement::end_of_token() {
  return {clock_.now().ms + options_.token_life.count() * 1'000};
}

std::optional<int> Engagement::take_session(const web::Request& request, base::Id app) {
  if (auto wait = shares_.take(base::Share::address_sessions, request.network, 1)) return wait;
  return shares_.take(base::Share::solution_sessions, app.as_bytes(), 1);
}

// Before a token is over it can be had anew, for the same chat.
void Engagement::renew(const web::Request& request, Identity identity, web::Respond respond) {
  if (auto refused = refusal(request, identity.app)) {
    respond(std::move(*refused));
    return;
  }
  identity.until = end_of_token();
  respond(web::json_response(
      201, json::serialize(json::object{{"access_token", make_token(key_, identity)},
                                        {"expires_at", identity.until.ms / 1'000},
                                        {"expires_in", options_.token_life.count()}})));
}

}  // namespace millrace::engage
