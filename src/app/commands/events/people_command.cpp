// `millrace people`: who is who among those whom events name, and how that is known.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/events/event_files.hpp"
#include "app/commands/listing.hpp"
#include "people/people.hpp"

namespace millrace::app {
namespace {

struct WhoOptions {
  std::filesystem::path data;
  std::string id;
  std::string type;
  bool json = false;
};

std::string words_of(const people::Identifier& identifier) {
  return identifier.type + " " + identifier.value;
}

json::object as_json(const people::Identifier& identifier) {
  return {{"type", identifier.type}, {"value", identifier.value}};
}

json::object as_json(const people::Person& person) {
  json::object out{{"id", person.id.to_string()},
                   {"first_seen", base::to_iso8601(person.first_seen)},
                   {"traits", person.traits}};
  json::array& identifiers = out["identifiers"].emplace_array();
  for (const people::Identifier& each : person.identifiers) identifiers.push_back(as_json(each));
  json::object& consents = out["consents"].emplace_object();
  for (const auto& [purpose, agreed] : person.consents) consents[purpose] = agreed;
  json::array& events = out["events"].emplace_array();
  for (const auto& [name, summary] : person.summaries) {
    events.push_back(json::object{{"name", name},
                                  {"count", summary.count},
                                  {"first", base::to_iso8601(base::Timestamp{summary.first})},
                                  {"last", base::to_iso8601(base::Timestamp{summary.last})}});
  }
  return out;
}

void print_person(const people::Person& person) {
  std::cout << "person " << person.id.to_string() << "\n  first seen  "
            << base::to_iso8601(person.first_seen) << "\n";
  for (const people::Identifier& each : person.identifiers) {
    std::cout << "  " << words_of(each) << "\n";
  }
  for (const auto& [name, value] : person.traits) {
    std::cout << "  trait " << name << ": " << json::to_text(value) << "\n";
  }
  for (const auto& [purpose, agreed] : person.consents) {
    std::cout << "  consent to " << purpose << ": " << (agreed ? "yes" : "no") << "\n";
  }
  for (const auto& [name, summary] : person.summaries) {
    std::cout << "  " << (name.empty() ? "other events" : name) << ": " << summary.count
              << ", the last " << base::to_iso8601(base::Timestamp{summary.last}) << "\n";
  }
}

// Whoever is meant: by the type that is given, or by the first under which anybody has that value.
base::Result<people::Identifier> who(const people::People& people, const WhoOptions& options) {
  std::vector<std::string> types{std::string(people::kUserId),      std::string(people::kEmail),
                                 std::string(people::kPhone),       std::string(people::kBrazeId),
                                 std::string(people::kAnonymousId), std::string(people::kDeviceId)};
  if (!options.type.empty()) types = {options.type};
  for (const std::string& type : types) {
    const auto identifier = people::normalise(people::Rules(), type, options.id);
    if (identifier && people.find(*identifier)) return *identifier;
  }
  return base::fail(base::Code::not_found, "no event that is kept names such a person");
}

base::Result<people::Identifier> read_people(const WhoOptions& options, people::People& people) {
  const auto read =
      each_event(options.data, {}, [&](const people::Event& event) { (void)people.take(event); });
  if (!read) return std::unexpected(read.error());
  return who(people, options);
}

int show(const WhoOptions& options) {
  people::People people;
  const auto meant = read_people(options, people);
  if (!meant) return complain("people", meant.error());
  const auto person = people.find(*meant);
  if (options.json) {
    print_json(as_json(*person));
  } else {
    print_person(*person);
  }
  return 0;
}

int list_merges(const WhoOptions& options) {
  people::People people;
  const auto meant = read_people(options, people);
  if (!meant) return complain("people", meant.error());
  Listing listing({"at", "what", "rule", "one", "other", "because_of", "source", "message_id"});
  for (const people::Step& step : people.log(*meant)) {
    listing.add({base::to_iso8601(step.at), people::kWhat(step.what), people::kRules(step.rule),
                 words_of(step.head), words_of(step.other), people::kEventKinds(step.why),
                 step.source, step.message_id});
  }
  listing.print(options.json);
  if (listing.size() == 0) std::cerr << "this person has always had one identifier\n";
  return 0;
}

cli::App* add_who(cli::App& people, const char* name, const char* help, WhoOptions& options) {
  auto* command = people.add_subcommand(name, help);
  add_data_option(*command, options.data);
  command
      ->add_option("--id", options.id, "The person: a user, an e-mail address, a device, any other")
      ->required();
  command->add_option("--type", options.type,
                      "Of the id: user_id, email, phone, braze_id, anonymous_id, device_id, or as "
                      "events call it; else the first of these that somebody has");
  command->add_flag("--json", options.json, "Print JSON");
  return command;
}

}  // namespace

void add_people_command(cli::App& cli, int& exit_code) {
  auto* people = cli.add_subcommand(
      "people", "Look at who is who among those whom events name, and how that is known.");
  people->require_subcommand(1);
  auto shown = std::make_shared<WhoOptions>();
  add_who(*people, "show", "Show a person: identifiers, traits, consents, and what they did.",
          *shown)
      ->callback([&exit_code, shown] { exit_code = show(*shown); });
  auto merges = std::make_shared<WhoOptions>();
  add_who(*people, "merges",
          "List how a person came to their identifiers: when, why, by which event and rule.",
          *merges)
      ->callback([&exit_code, merges] { exit_code = list_merges(*merges); });
}

}  // namespace millrace::app
