// The demo without a browser: one person on the success branch, one on the error branch, both over
// the REST channel, and what Braze then knows of them, read back and compared field by field.
#include "app/commands/demo_script.hpp"

#include <iostream>
#include <vector>

#include "base/json.hpp"
#include "http/http.hpp"

namespace millrace::app {
namespace {

struct Person {
  std::string sender;
  std::string locale;
  std::vector<std::string> says;
  json::object profile;  // what the export must say of them
};

class Script {
 public:
  Script(std::string base_url, std::string sandbox_url, std::string sandbox_key)
      : base_url_(std::move(base_url)),
        sandbox_url_(std::move(sandbox_url)),
        sandbox_key_(std::move(sandbox_key)) {}

  bool play_success() {
    std::cout << "== The success branch\n\n";
    const Person ada{"demo-ada",
                     "en",
                     {"hi", "Ada", "Lovelace", "not-an-email", "Ada.Lovelace@Example.com",
                      "1990-02-30", "1990-12-10", "London", "Linux"},
                     {{"first_name", "Ada"},
                      {"last_name", "Lovelace"},
                      {"email", "ada.lovelace@example.com"},
                      {"dob", "1990-12-10T00:00:00.000Z"},
                      {"home_city", "London"},
                      {"operating_system", "Linux"}}};
    for (const std::string& text : ada.says) say(ada, text);
    expect(last_.find("Thanks Ada") != std::string::npos, "the bot thanks by name");
    check_profile("Ada.Lovelace@Example.com", ada.profile);
    return good_;
  }

  bool play_failure() {
    std::cout << "\n== The error branch: Braze answers 500, then works again\n\n";
    const Person ana{
        "demo-ana",
        "pt-BR",
        {"oi", "Ana", "Silva", "ana@example.com.br", "03/04/1990", "Porto Alegre", "Android"},
        {{"first_name", "Ana"},
         {"last_name", "Silva"},
         {"email", "ana@example.com.br"},
         {"dob", "1990-04-03T00:00:00.000Z"},
         {"home_city", "Porto Alegre"},
         {"operating_system", "Android"}}};
    set_faults({{"mode", "refuse"}, {"status", 500}, {"path", "/users/track"}});
    for (const std::string& text : ana.says) say(ana, text);
    expect(last_.find("Desculpe, Ana") != std::string::npos, "the bot apologises");
    expect(export_profile("ana@example.com.br").empty(), "nothing has reached Braze");
    set_faults({{"mode", "none"}});
    say(ana, "Tentar de novo");
    expect(last_.find("Obrigada, Ana") != std::string::npos, "the second try goes through");
    check_profile("ana@example.com.br", ana.profile);
    return good_;
  }

 private:
  json::value call(std::string method, const std::string& url, const json::object& body,
                   std::vector<web::Header> headers = {}) {
    headers.push_back({"Content-Type", "application/json"});
    http::FetchRequest request;
    request.method = std::move(method);
    request.url = url;
    request.headers = std::move(headers);
    request.body = json::serialize(body);
    const auto response = http::fetch(request);
    if (!response) {
      expect(false, url + ": " + response.error().describe());
      return nullptr;
    }
    expect(response->status < 300, url + " answered " + std::to_string(response->status));
    auto parsed = json::parse(response->body);
    return parsed ? std::move(*parsed) : json::value(nullptr);
  }

  void say(const Person& person, const std::string& text) {
    std::cout << "  " << person.sender << "> " << text << "\n";
    const json::value answer =
        call("POST", base_url_ + "/webhooks/rest/webhook",
             {{"sender", person.sender},
              {"message", text},
              {"message_id", person.sender + "-" + std::to_string(++messages_)},
              {"locale", person.locale}});
    last_.clear();
    const auto* messages = answer.if_array();
    for (const json::value& message : messages == nullptr ? json::array() : *messages) {
      const auto* object = message.if_object();
      if (object == nullptr) continue;
      std::string shown(json::get_string(*object, "text").value_or(""));
      last_ += shown + "\n";
      if (const auto* buttons = json::get_array(*object, "buttons")) {
        for (const json::value& button : *buttons) {
          if (const auto* parts = button.if_object()) {
            shown += " [" + std::string(json::get_string(*parts, "title").value_or("")) + "]";
          }
        }
      }
      std::cout << "       bot> " << shown << "\n";
    }
  }

  void set_faults(const json::object& faults) {
    call("PUT", sandbox_url_ + "/_sandbox/faults", faults);
  }

  // The one profile with that address; empty when there is none.
  json::object export_profile(const std::string& email) {
    const json::value answer =
        call("POST", sandbox_url_ + "/users/export/ids", {{"email_address", email}},
             {{"Authorization", "Bearer " + sandbox_key_}});
    const auto* object = answer.if_object();
    const auto* users = object == nullptr ? nullptr : json::get_array(*object, "users");
    if (users == nullptr || users->size() != 1 || !users->front().is_object()) return {};
    return users->front().get_object();
  }

  void check_profile(const std::string& email, const json::object& wanted) {
    const json::object profile = export_profile(email);
    std::cout << "\n  Read back from POST /users/export/ids:\n";
    const auto* custom = json::get_object(profile, "custom_attributes");
    for (const auto& field : wanted) {
      const bool is_custom = field.key() == "operating_system";
      const auto* given = is_custom
                              ? (custom == nullptr ? nullptr : custom->if_contains(field.key()))
                              : profile.if_contains(field.key());
      const std::string found = given == nullptr ? "(absent)" : json::to_text(*given);
      std::cout << "    " << std::string(field.key()) << ": " << found << "\n";
      expect(found == json::to_text(field.value()),
             std::string(field.key()) + " should be " + json::to_text(field.value()));
    }
    const auto* events = json::get_array(profile, "custom_events");
    const bool one = events != nullptr && events->size() == 1 && events->front().is_object() &&
                     json::get_integer(events->front().get_object(), "count") == 1;
    if (one) {
      std::cout << "    event: "
                << json::get_string(events->front().get_object(), "name").value_or("") << " (1)\n";
    }
    expect(one, "there should be exactly one event");
    expect(custom != nullptr && custom->size() == 1,
           "there should be no custom attribute besides operating_system");
  }

  void expect(bool holds, const std::string& what) {
    if (holds) return;
    good_ = false;
    std::cout << "  WRONG: " << what << "\n";
  }

  const std::string base_url_;
  const std::string sandbox_url_;
  const std::string sandbox_key_;
  std::string last_;
  int messages_ = 0;
  bool good_ = true;
};

}  // namespace

bool play_demo_script(const std::string& base_url, const std::string& sandbox_url,
                      const std::string& sandbox_key) {
  Script script(base_url, sandbox_url, sandbox_key);
  const bool success = script.play_success();
  const bool failure = script.play_failure();
  std::cout << (success && failure ? "\nBoth branches went as they should.\n"
                                   : "\nSomething is not as it should be.\n");
  return success && failure;
}

}  // namespace millrace::app
