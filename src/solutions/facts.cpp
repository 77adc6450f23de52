#include "solutions/facts.hpp"

#include "base/json.hpp"

namespace millrace::solutions {
namespace {

void read_names(const json::object& from, std::string_view key, std::set<std::string>& into) {
  const auto* names = json::get_array(from, key);
  if (names == nullptr) return;
  for (const json::value& name : *names) into.insert(json::to_text(name));
}

}  // namespace

std::string write_facts(const flow::AppFacts& facts) {
  json::object environments;
  for (const auto& [environment, keys] : facts.environments) {
    environments[environment] = json::array(keys.begin(), keys.end());
  }
  return json::serialize(
      json::object{{"csv_bots", json::array(facts.csv_bots.begin(), facts.csv_bots.end())},
                   {"environments", std::move(environments)},
                   {"scripts", json::array(facts.scripts.begin(), facts.scripts.end())},
                   {"repeatable", json::array(facts.repeatable.begin(), facts.repeatable.end())}});
}

base::Result<flow::AppFacts> read_facts(std::string_view text) {
  const auto parsed = json::parse_object(text);
  if (!parsed) return std::unexpected(parsed.error());
  flow::AppFacts facts;
  if (const auto* bots = json::get_array(*parsed, "csv_bots")) {
    for (const json::value& bot : *bots) facts.csv_bots.push_back(json::to_text(bot));
  }
  if (const auto* environments = json::get_object(*parsed, "environments")) {
    for (const auto& member : *environments) {
      auto& keys = facts.environments[member.key()];
      const auto* listed = member.value().if_array();
      if (listed == nullptr) continue;
      for (const json::value& key : *listed) keys.insert(json::to_text(key));
    }
  }
  read_names(*parsed, "scripts", facts.scripts);
  read_names(*parsed, "repeatable", facts.repeatable);
  return facts;
}

}  // namespace millrace::solutions
