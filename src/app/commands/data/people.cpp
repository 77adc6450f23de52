#include "app/commands/data/people.hpp"

#include "app/cli/cli.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/data/verify_data.hpp"
#include "app/wire/data/data_reading.hpp"
#include "runtime/identities.hpp"
#include "runtime/solutions.hpp"

namespace millrace::app {
namespace {

using base::Code;
using base::fail;
using storage::People;

// Everybody whom this consumer is one person with, as far as anything is kept of any; empty when
// nothing is.
base::Result<People> known(const std::filesystem::path& journal, base::Id consumer) {
  auto people = storage::joined_with(journal, {consumer});
  if (!people) return people;
  const auto kept = storage::kept_of(journal, *people, chat_in);
  if (!kept) return std::unexpected(kept.error());
  const bool is_kept = people->size() > 1 || kept->records + kept->deliveries > 0;
  return is_kept ? std::move(*people) : People();
}

base::Result<People> find_by_id(const std::filesystem::path& journal, const std::string& text) {
  const auto id = base::Id::parse(text);
  if (!id) return fail(Code::invalid_argument, "'" + text + "' is not an id");
  auto people = known(journal, *id);
  if (!people || !people->empty()) return people;
  const auto archive = storage::open_archive(journal);
  if (!archive) return std::unexpected(archive.error());
  const auto chat = (*archive)->find(*id);
  if (!chat) return std::unexpected(chat.error());
  if (*chat) return storage::joined_with(journal, {(*chat)->consumer});
  return fail(Code::not_found, "no consumer and no chat has the id " + text);
}

// The names of all that were ever deployed: what is not served any more has had senders as well.
base::Result<std::set<std::string>> solutions_of(const PersonOptions& options) {
  if (!options.solution.empty()) return std::set{options.solution};
  const auto deployments = deployments_of(options.data);
  if (!deployments) return std::unexpected(deployments.error());
  std::set<std::string> names;
  for (const solutions::Deployment& deployment : deployments->all())
    names.insert(deployment.solution);
  return names;
}

base::Result<People> find_by_sender(const std::filesystem::path& journal,
                                    const PersonOptions& options) {
  const auto names = solutions_of(options);
  if (!names) return std::unexpected(names.error());
  People found;
  std::string known_to;
  for (const std::string& name : *names) {
    People ids;  // one on channels that are the same in both
    for (const char* environment : {"sandbox", "live"}) {
      ids.insert(runtime::sender_id(
          {runtime::app_id_of(name), environment, options.channel, options.sender}));
    }
    People here;
    for (const base::Id& id : ids) {
      auto people = known(journal, id);
      if (!people) return people;
      here.merge(*people);
    }
    if (here.empty()) continue;
    if (!found.empty()) {
      return fail(Code::failed_precondition,
                  "this sender is known to '" + known_to + "' and to '" + name +
                      "', where it may be two people; say which with --solution");
    }
    found = std::move(here);
    known_to = name;
  }
  if (!found.empty()) return found;
  return fail(Code::not_found, "nothing is kept of a sender of that name");
}

}  // namespace

void add_person_options(cli::App& command, PersonOptions& options) {
  add_data_option(command, options.data);
  auto* id = command.add_option("CONSUMER", options.id, "The consumer's id, or the id of a chat");
  auto* sender =
      command
          .add_option("--sender", options.sender,
                      "The sender of the REST channel, or of the one that --channel names")
          ->excludes(id);
  command
      .add_option("--channel", options.channel,
                  "The channel of solution.yaml on which the sender was named so")
      ->capture_default_str()
      ->needs(sender);
  command
      .add_option("--solution", options.solution,
                  "The solution whose sender it is, where several know one of that name")
      ->needs(sender);
}

base::Result<People> find_person(const PersonOptions& options) {
  const auto journal = options.data / "journal.db";
  if (!options.id.empty()) return find_by_id(journal, options.id);
  if (!options.sender.empty()) return find_by_sender(journal, options);
  return fail(Code::invalid_argument, "say who: CONSUMER, or --sender NAME");
}

}  // namespace millrace::app
