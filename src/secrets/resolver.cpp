#include <cstdlib>
#include <optional>

#include "base/text.hpp"
#include "secrets/files.hpp"
#include "secrets/secrets.hpp"

namespace millrace::secrets {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kFileBytesMax = 1 << 20;
constexpr size_t kExpandedBytesMax = 1 << 20;

using Found = base::Result<std::string>;  // "" where there is none

std::string from_environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value == nullptr ? std::string() : std::string(value);
}

// Lines NAME=value; '#' begins a comment line. The value is what stands behind '=', as it stands.
Found from_file(const fs::path& file, std::string_view name) {
  auto content = read_secret_file(file, kFileBytesMax, posix::Readers::owner);
  if (!content) return std::unexpected(content.error());
  const Wiped wiped(*content);
  std::string_view rest = *content;
  for (int number = 1; !rest.empty(); ++number) {
    const size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::string_view trimmed = base::trim(line);
    if (trimmed.empty() || trimmed.starts_with('#')) continue;
    const size_t equals = line.find('=');
    const std::string_view key = base::trim(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_name(key)) {
      return fail(Code::invalid_argument, "this line is not NAME=value",
                  file.string() + ":" + std::to_string(number));
    }
    if (key == name) return std::string(line.substr(equals + 1));
  }
  return std::string();
}

// The mount's own permissions are the platform's business. One line break at the end is an
// editor's.
Found from_folder(const fs::path& folder, const std::string& name) {
  auto content = read_secret_file(folder / name, kValueBytesMax + 2, posix::Readers::any);
  if (!content && content.error().code == Code::not_found) return std::string();
  if (!content) return content;
  if (content->ends_with('\n')) content->pop_back();
  if (content->ends_with('\r')) content->pop_back();
  return content;
}

Found from_store(const Places& places, std::string_view name) {
  const auto store = Store::at(places.data, places.key);
  if (!store) return std::unexpected(store.error());
  auto value = store->get(name);
  if (!value && value.error().code == Code::not_found) return std::string();
  return value;
}

std::unexpected<base::Error> nowhere(const Places& places, const std::string& name) {
  std::string looked = "the environment variable " + name;
  if (!places.file.empty()) looked += ", the file " + places.file.string();
  if (!places.folder.empty()) looked += ", the folder " + places.folder.string();
  if (!places.data.empty()) looked += ", the store in " + places.data.string();
  const std::string data = places.data.empty() ? "DIR" : places.data.string();
  return fail(Code::not_found, "there is no secret '" + name + "'; looked in " + looked +
                                   ". Add it: millrace secret set " + name + " --data " + data);
}

// The first of the places that were made for solutions which has it.
Found in_places_for_solutions(const Places& places, const std::string& name) {
  if (!places.file.empty()) {
    auto value = from_file(places.file, name);
    if (!value || !value->empty()) return value;
  }
  if (!places.folder.empty()) {
    auto value = from_folder(places.folder, name);
    if (!value || !value->empty()) return value;
  }
  return places.data.empty() ? std::string() : from_store(places, name);
}

Found look_for(const Places& places, const std::string& name, const Rights& rights) {
  std::string own = from_environment(name);
  const bool is_set = !own.empty();
  if (is_set && rights.may_have_secret(name, Rights::From::environment)) return own;
  wipe(own);
  auto value = in_places_for_solutions(places, name);
  if (!value) return value;
  const bool is_kept = !value->empty();
  if (is_kept && rights.may_have_secret(name, Rights::From::places_for_solutions)) return value;
  wipe(*value);
  if (is_set || is_kept) return rights.refused_secret(name);
  return nowhere(places, name);
}

Found variable(const std::string& name, const Rights& rights) {
  std::string value = from_environment(name);
  if (!value.empty() && !rights.may_have_variable(name, value)) {
    wipe(value);
    return rights.refused_variable(name);
  }
  if (!value.empty()) return value;
  return fail(Code::not_found, "the environment variable " + name + " is not set");
}

// What stands behind "${" when it names something: the kind, the name, and how long all of it is.
struct Reference {
  std::string_view kind;
  std::string_view name;
  size_t length = 0;
};
base::Result<std::optional<Reference>> reference_at(std::string_view text) {
  for (const std::string_view kind : {"env", "secret"}) {
    const std::string_view rest = text.substr(2);
    if (!rest.starts_with(kind) || !rest.substr(kind.size()).starts_with(':')) continue;
    const std::string_view named = rest.substr(kind.size() + 1);
    const size_t end = named.find('}');
    if (end == std::string_view::npos || !is_name(named.substr(0, end))) {
      return fail(Code::invalid_argument, "'" + std::string(text.substr(0, 40)) +
                                              "' names nothing; write ${" + std::string(kind) +
                                              ":NAME}");
    }
    return Reference{kind, named.substr(0, end), 2 + kind.size() + 1 + end + 1};
  }
  return std::nullopt;
}

base::Result<void> expand_into(const Resolver& resolver, const Rights& rights,
                               std::string_view text, std::string& expanded) {
  while (!text.empty()) {
    const size_t at = text.find("${");
    expanded += text.substr(0, at);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at);
    const auto reference = reference_at(text);
    if (!reference) return std::unexpected(reference.error());
    if (!*reference) {
      expanded += text.substr(0, 2);
      text.remove_prefix(2);
      continue;
    }
    const auto [kind, name, length] = **reference;
    auto value =
        kind == "secret" ? resolver.resolve(name, rights) : variable(std::string(name), rights);
    if (!value) return std::unexpected(value.error());
    expanded += *value;
    wipe(*value);
    if (expanded.size() > kExpandedBytesMax) {
      return fail(Code::resource_exhausted, "the text with its values is over 1 MiB");
    }
    text.remove_prefix(length);
  }
  return {};
}

}  // namespace

fs::path default_key_file() {
  const std::string named = from_environment("MILLRACE_SECRETS_KEY_FILE");
  if (!named.empty()) return named;
  const char* const config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config == '/') return fs::path(config) / "millrace" / "secrets.key";
  const char* const home = std::getenv("HOME");
  if (home == nullptr || *home != '/') return {};
  return fs::path(home) / ".config" / "millrace" / "secrets.key";
}

base::Result<std::string> Resolver::resolve(std::string_view name, const Rights& rights) const {
  if (!is_name(name)) {
    return fail(Code::invalid_argument, "'" + std::string(name.substr(0, kNameBytesMax)) +
                                            "' is not a secret's name: letters, digits, '_', '-' "
                                            "and '.', a letter first");
  }
  auto value = look_for(places_, std::string(name), rights);
  if (value && value->size() > kValueBytesMax) {
    wipe(*value);
    return fail(Code::resource_exhausted, "the secret '" + std::string(name) + "' is over 64 KiB");
  }
  return value;
}

base::Result<std::map<std::string, std::string>> Resolver::resolve_all(
    const std::vector<std::string>& names, const Rights& rights) const {
  std::map<std::string, std::string> values;
  std::optional<base::Error> wrong;
  for (const std::string& name : names) {
    auto value = resolve(name, rights);
    if (value) {
      values.emplace(name, std::move(*value));
    } else if (wrong) {
      wrong->message += "; " + value.error().describe();
    } else {
      wrong = value.error();
    }
  }
  if (!wrong) return values;
  for (auto& [name, value] : values) wipe(value);
  return std::unexpected(std::move(*wrong));
}

base::Result<std::string> Resolver::expand(std::string_view text, const Rights& rights) const {
  std::string expanded;
  if (auto done = expand_into(*this, rights, text, expanded); !done) {
    wipe(expanded);
    return std::unexpected(done.error());
  }
  return expanded;
}

}  // namespace millrace::secrets
