// What a solution may name is the operator's word: which secrets, which of the server's environment
// variables, which hosts. An author names them, and gets what was granted to that solution; what
// was not is as if it were not there. Nothing here reads a file or the environment.
//
// A solution that is alone on its server needs no ceremony for the main job. Unasked it has
//   - Braze's address and key under the names that Millrace itself documents (kBrazeNames);
//   - what lies in places that exist for solutions alone: the store, --secrets-file, --secrets-dir;
//   - a variable that holds nothing but the address of a host which the operator opened
//     (--allow-internal);
//   - the public hosts that it lists, and those opened hosts.
// It never has another of the server's variables, neither as ${env:...} nor as ${secret:...}: they
// are the server's, whoever they were meant for.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace millrace::secrets {

inline constexpr std::array<std::string_view, 4> kBrazeNames = {
    "BRAZE_URL", "BRAZE_API_KEY", "BRAZE_LIVE_URL", "BRAZE_LIVE_API_KEY"};
inline constexpr size_t kGrantedNamesMax = 1'000;  // of each kind and solution

// Names by kind: what is granted, what is needed, or what is lacking.
struct Grant {
  std::set<std::string, std::less<>> secrets;
  std::set<std::string, std::less<>> variables;
  std::set<std::string, std::less<>> hosts;  // as solution.yaml's egress.allow writes them

  bool empty() const { return secrets.empty() && variables.empty() && hosts.empty(); }
};

// By solution.
class Grants {
 public:
  // {"Name": {"secrets": [...], "variables": [...], "hosts": [...]}}. invalid_argument names the
  // member that is wrong.
  static base::Result<Grants> from_json(const json::object& given);
  json::object to_json() const;

  const Grant& of(std::string_view solution) const;
  const std::map<std::string, Grant, std::less<>>& all() const { return all_; }
  // resource_exhausted over kGrantedNamesMax; invalid_argument: not a name, not a host.
  base::Result<void> give(std::string_view solution, const Grant& more);
  // What of it was there goes; the rest is given back.
  Grant take(std::string_view solution, const Grant& less);

 private:
  std::map<std::string, Grant, std::less<>> all_;
};

// How the server stands to a solution.
struct Circumstances {
  bool is_alone = false;            // no other solution is served
  bool nothing_is_implied = false;  // the operator wrote down all there is (--grants FILE)
  std::vector<std::string> opened;  // "host:port", opened by --allow-internal
};

// What one solution may have.
class Rights {
 public:
  enum class From { environment, places_for_solutions };

  // Everything that it names: for a developer who runs a solution of their own.
  static Rights all();
  static Rights of(std::string solution, Grant granted, Circumstances circumstances);

  bool may_have_variable(std::string_view name, std::string_view value) const;
  bool may_have_secret(std::string_view name, From from) const;
  // Of a host rule as egress.allow writes it.
  bool may_reach(std::string_view rule) const;

  // permission_denied, with the command that grants it.
  std::unexpected<base::Error> refused_variable(std::string_view name) const;
  std::unexpected<base::Error> refused_secret(std::string_view name) const;

 private:
  bool implies_braze(std::string_view name) const;

  bool has_all_ = false;
  std::string solution_;
  Grant granted_;
  Circumstances circumstances_;
};

// "millrace grant Name --secret A --env B --host c --data DIR".
std::string grant_command(std::string_view solution, const Grant& lacking, std::string_view data);

// Whether every host that `rule` lets through is let through by `granted`.
bool covers(std::string_view granted, std::string_view rule);

}  // namespace millrace::secrets
