#include "app/wire/data/grant_book.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>

#include "app/wire/action_edge.hpp"
#include "base/json.hpp"
#include "posix/files.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr int64_t kFormat = 1;
constexpr size_t kGrantsFileBytesMax = 1 << 20;

fs::path file_in(const fs::path& data) {
  return data / "grants.json";
}

json::value list_of(const YAML::Node& node) {
  if (!node.IsSequence()) return nullptr;
  json::array items;
  for (const YAML::Node& item : node) {
    items.push_back(item.IsScalar() ? json::value(item.Scalar()) : json::value(nullptr));
  }
  return items;
}

// Solutions, kinds, lists of names: three levels, and nothing else is looked at.
json::object solutions_of(const YAML::Node& root) {
  json::object solutions;
  for (const auto& each : root) {
    json::value& grant = solutions[each.first.as<std::string>()];
    if (!each.second.IsMap()) continue;
    json::object& kinds = grant.emplace_object();
    for (const auto& kind : each.second) {
      kinds[kind.first.as<std::string>()] = list_of(kind.second);
    }
  }
  return solutions;
}

// The names of all ${env:NAME} in a text.
void add_variables(std::string_view text, std::set<std::string, std::less<>>& into) {
  constexpr std::string_view kMark = "${env:";
  for (size_t at = text.find(kMark); at != std::string_view::npos; at = text.find(kMark, at)) {
    at += kMark.size();
    const std::string_view rest = text.substr(at);
    const std::string_view name = rest.substr(0, rest.find('}'));
    if (name.size() < rest.size() && secrets::is_name(name)) into.emplace(name);
  }
}

bool names_brazes(std::string_view text) {
  return std::ranges::any_of(secrets::kBrazeNames, [&](std::string_view name) {
    return text == "${env:" + std::string(name) + "}" ||
           text == "${secret:" + std::string(name) + "}";
  });
}

bool is_kept(const fs::path& data, std::string_view name) {
  const auto store = secrets::Store::at(data);
  if (!store) return false;
  const auto entries = store->list();
  return entries &&
         std::ranges::find(*entries, name, &secrets::Store::Entry::name) != entries->end();
}

// The texts in which a receiver's settings name variables and secrets.
void add_places(const delivery::Settings& settings, std::string& places,
                std::string& secret_places) {
  for (const auto& [key, values] : settings) {
    for (const std::string& text : values) {
      // Where nothing is said of Braze it stands under its own names, also of a flow that never
      // sends.
      if (names_brazes(text)) continue;
      places += text + "\n";
      secret_places += "\n" + text;
    }
  }
}

// The host of an address that is written out.
void add_host(std::string_view url, std::set<std::string, std::less<>>& into) {
  std::string host = url.contains("${") ? std::string() : host_of(url);
  if (!host.empty()) into.insert(std::move(host));
}

}  // namespace

base::Result<secrets::Grants> read_grants(const fs::path& data) {
  const fs::path file = file_in(data);
  std::error_code failed;
  if (!fs::exists(file, failed)) return secrets::Grants();
  const auto text = posix::read_file(file);
  if (!text) return std::unexpected(text.error());
  const auto parsed = json::parse_object(*text);
  const auto* listed = parsed ? json::get_object(*parsed, "grants") : nullptr;
  auto grants = listed != nullptr && json::get_integer(*parsed, "format") == kFormat
                    ? secrets::Grants::from_json(*listed)
                    : base::Result<secrets::Grants>(fail(Code::data_loss, ""));
  if (grants) return grants;
  return fail(Code::data_loss,
              "these are not the grants that `millrace grant` wrote. Put the file back from a "
              "backup, or remove it and grant anew",
              file.string());
}

base::Result<void> write_grants(const fs::path& data, const secrets::Grants& grants) {
  const json::object whole{{"format", kFormat}, {"grants", grants.to_json()}};
  return posix::replace_file(file_in(data), json::serialize(whole) + "\n");
}

base::Result<secrets::Grants> read_grants_file(const fs::path& file) {
  const auto text = posix::read_file(file);
  if (!text) return std::unexpected(text.error());
  if (text->size() > kGrantsFileBytesMax || text->contains('&')) {
    return fail(Code::invalid_argument, "is over 1 MiB, or has anchors", file.string());
  }
  // The library tells of what it cannot read by throwing.
  try {
    const YAML::Node root = YAML::Load(*text);
    if (!root.IsNull() && !root.IsMap()) {
      return fail(Code::invalid_argument, "is not a table of solutions", file.string());
    }
    auto grants = secrets::Grants::from_json(solutions_of(root));
    if (!grants) grants.error().where = file.string();
    return grants;
  } catch (const YAML::Exception& wrong) {
    return fail(Code::invalid_argument, wrong.what(), file.string());
  }
}

base::Result<secrets::Rights> GrantBook::rights_of(std::string_view solution) const {
  if (options_.gives_all) return secrets::Rights::all();
  const bool has_file = !options_.file.empty();
  const auto grants = has_file ? read_grants_file(options_.file) : read_grants(options_.data);
  if (!grants) return std::unexpected(grants.error());
  return secrets::Rights::of(std::string(solution), grants->of(solution),
                             {is_alone_.load(), has_file, options_.opened});
}

secrets::Grant named_by(const flow::Program& program, std::string_view app_py) {
  secrets::Grant named;
  for (const std::string& name : program.environment_variables) {
    if (secrets::is_name(name)) named.variables.insert(name);
  }
  std::string places;
  for (const std::string& rule : program.egress_allowed) {
    if (rule.starts_with("${env:")) {
      places += rule + "\n";
    } else {
      named.hosts.insert(rule);
    }
  }
  std::string secret_places(app_py);
  for (const auto& [name, receiver] : program.receivers) {
    for (const auto& [environment, settings] : receiver.settings) {
      add_places(settings, places, secret_places);
      add_host(delivery::setting(settings, "url"), named.hosts);
    }
  }
  for (const std::string& key : {program.rest_key, program.identity_key}) {
    places += key + "\n";
    secret_places += "\n" + key;
  }
  add_variables(places, named.variables);
  for (std::string& name : secrets::names_in(secret_places)) named.secrets.insert(std::move(name));
  return named;
}

std::string lacking_command(const flow::Program& program, std::string_view app_py,
                            const secrets::Rights& rights, const fs::path& data) {
  using From = secrets::Rights::From;
  secrets::Grant lacking = named_by(program, app_py);
  std::erase_if(lacking.variables, [&](const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    return rights.may_have_variable(name, value == nullptr ? "" : value);
  });
  std::erase_if(lacking.secrets, [&](const std::string& name) {
    return rights.may_have_secret(name, From::environment) ||
           (is_kept(data, name) && rights.may_have_secret(name, From::places_for_solutions));
  });
  std::erase_if(lacking.hosts, [&](const std::string& rule) { return rights.may_reach(rule); });
  if (lacking.empty()) return {};
  return secrets::grant_command(program.solution, lacking, data.empty() ? "DIR" : data.string());
}

}  // namespace millrace::app
