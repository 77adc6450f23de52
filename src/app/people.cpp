#include "app/people.hpp"

#include <CLI/CLI.hpp>

#include "app/deployments.hpp"
#include "app/verify_data.hpp"

namespace millrace::app {
namespace {

using base::Code;
using base::fail;

base::Result<bool> is_known(const std::filesystem::path& journal, base::Id consumer) {
  const auto kept = storage::kept_of(journal, {consumer}, chat_in);
  if (!kept) return std::unexpected(kept.error());
  return kept->records + kept->deliveries > 0;
}

base::Result<base::Id> find_by_id(const std::filesystem::path& journal, const std::string& text) {
  const auto id = base::Id::parse(text);
  if (!id) return fail(Code::invalid_argument, "'" + text + "' is not an id");
  const auto known = is_known(journal, *id);
  if (!known) return std::unexpected(known.error());
  if (*known) return *id;
  const auto archive = storage::open_archive(journal);
  if (!archive) return std::unexpected(archive.error());
  const auto chat = (*archive)->find(*id);
  if (!chat) return std::unexpected(chat.error());
  if (*chat) return (*chat)->consumer;
  return fail(Code::not_found, "no consumer and no chat has the id " + text);
}

// The names of all that were ever deployed: what is not served any more has had senders as well.
base::Result<std::set<std::string>> solutions_of(const PersonOptions& options) {
  if (!options.solution.empty()) return std::set{options.solution};
  const auto deployments = Deployments::open(options.data);
  if (!deployments) return std::unexpected(deployments.error());
  std::set<std::string> names;
  for (const Deployment& deployment : deployments->all()) names.insert(deployment.solution);
  return names;
}

// A sender's id is derived from the solution's and the name, as channels/rest.cpp does.
base::Result<base::Id> find_by_sender(const std::filesystem::path& journal,
                                      const PersonOptions& options) {
  const auto names = solutions_of(options);
  if (!names) return std::unexpected(names.error());
  std::optional<base::Id> found;
  std::string known_to;
  for (const std::string& name : *names) {
    const auto app_id = base::Id::derived("app", name);
    const auto consumer =
        base::Id::derived("rest", std::string(app_id.as_bytes()) + options.sender);
    const auto known = is_known(journal, consumer);
    if (!known) return std::unexpected(known.error());
    if (!*known) continue;
    if (found) {
      return fail(Code::failed_precondition,
                  "this sender is known to '" + known_to + "' and to '" + name +
                      "', where it may be two people; say which with --solution");
    }
    found = consumer;
    known_to = name;
  }
  if (found) return *found;
  return fail(Code::not_found, "nothing is kept of a sender of that name");
}

}  // namespace

void add_person_options(CLI::App& command, PersonOptions& options) {
  command.add_option("--data", options.data, "The server's data folder")
      ->required()
      ->check(CLI::ExistingDirectory);
  auto* id = command.add_option("CONSUMER", options.id, "The consumer's id, or the id of a chat");
  auto* sender = command.add_option("--sender", options.sender, "The sender of the REST channel")
                     ->excludes(id);
  command
      .add_option("--solution", options.solution,
                  "The solution whose sender it is, where several know one of that name")
      ->needs(sender);
}

base::Result<base::Id> find_person(const PersonOptions& options) {
  const auto journal = options.data / "journal.db";
  if (!options.id.empty()) return find_by_id(journal, options.id);
  if (!options.sender.empty()) return find_by_sender(journal, options);
  return fail(Code::invalid_argument, "say who: CONSUMER, or --sender NAME");
}

}  // namespace millrace::app
