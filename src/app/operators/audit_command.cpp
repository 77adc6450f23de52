// `millrace audit`: what operators did, and whether that is still what was written.
#include <charconv>
#include <iostream>

#include "app/commands/listing.hpp"
#include "app/operators/command.hpp"
#include "app/wire/data/data_reading.hpp"

namespace millrace::app {
namespace {

base::Result<int> list_audit(OpenedAccess& opened, const OperatorOptions& options) {
  const auto rows = opened.access().audit({.who = options.who,
                                           .action = options.action,
                                           .object = options.object,
                                           .limit = options.limit});
  if (!rows) return std::unexpected(rows.error());
  Listing listing({"number", "at", "who", "action", "object", "outcome", "from"});
  for (const access::AuditRow& row : *rows) {
    listing.add({row.number, base::to_iso8601(row.at), row.who, row.action, row.object, row.outcome,
                 row.from});
  }
  listing.print(options.json);
  return 0;
}

base::Result<int> export_audit(OpenedAccess& opened, const OperatorOptions&) {
  const auto done = opened.pairs().read([](access::PairsRead& pairs) {
    return access::each_row(pairs, 0, [](const access::AuditRow& row, std::string_view hash) {
      json::object line = row.to_json();
      line["hash"] = hash;
      std::cout << json::serialize(line) << "\n";
      return true;
    });
  });
  if (!done) return std::unexpected(done.error());
  return 0;
}

base::Result<int> verify_audit(OpenedAccess& opened, const OperatorOptions& options) {
  std::optional<std::pair<int64_t, std::string>> expected;
  if (!options.expect.empty()) {
    const size_t colon = options.expect.find(':');
    int64_t number = 0;
    const char* const begin = options.expect.data();
    const auto [end, error] =
        std::from_chars(begin, begin + std::min(colon, options.expect.size()), number);
    if (colon == std::string::npos || error != std::errc() || end != begin + colon) {
      return base::fail(base::Code::invalid_argument, "--expect wants NUMBER:HASH");
    }
    expected = {number, options.expect.substr(colon + 1)};
  }
  const std::string key = seal_key_of(options.data);
  std::optional<access::AuditCheck> check;
  const auto done = opened.pairs().read([&](access::PairsRead& pairs) -> base::Result<void> {
    auto found = access::verify_rows(pairs, expected, key);
    if (!found) return std::unexpected(found.error());
    check = std::move(*found);
    return {};
  });
  if (!done) return std::unexpected(done.error());
  const bool is_whole = check->problem.empty();
  const std::string last = std::to_string(check->rows) + ":" + check->last_hash;
  std::string words = check->problem + "\n";
  if (is_whole) {
    words = check->pruned > 0 ? "rows up to " + std::to_string(check->pruned) + " were pruned; "
                              : std::string();
    words +=
        std::to_string(check->rows) + " rows, the chain is whole; the last one is " + last + "\n";
  }
  print_done(options.json,
             {{"whole", is_whole},
              {"problem", is_whole ? json::value(nullptr) : json::value(check->problem)},
              {"rows", check->rows},
              {"pruned", check->pruned},
              {"last", is_whole ? json::value(last) : json::value(nullptr)}},
             words);
  return is_whole ? 0 : 1;
}

}  // namespace

void add_audit_command(cli::App& cli, int& exit_code) {
  auto* audit = cli.add_subcommand("audit", "What operators did.");
  audit->require_subcommand(1);
  const OperatorCommand listed =
      add_operator_command(*audit, "list", "Who did what, the latest first", list_audit, exit_code);
  listed.command->add_option("--who", listed.options->who, "Only of user:ID, key:ID or command");
  listed.command->add_option("--action", listed.options->action,
                             "Only this action, or with a final '.' those that begin so");
  listed.command->add_option("--object", listed.options->object, "Only what was done to this");
  listed.command->add_option("--limit", listed.options->limit, "At most so many")
      ->capture_default_str()
      ->check(cli::Range(1, 100'000));
  add_json_flag(listed);
  add_operator_command(*audit, "export", "The whole log with its hashes, as lines of JSON",
                       export_audit, exit_code);
  const OperatorCommand verified = add_operator_command(
      *audit, "verify", "Find out whether a row was changed, left out or put in", verify_audit,
      exit_code);
  verified.command->add_option("--expect", verified.options->expect,
                               "NUMBER:HASH of a row, as noted elsewhere once: then rows that were "
                               "cut off the end, or a log made anew, show too");
  add_json_flag(verified, kOneJsonObject);
  verified.command->footer(
      "Exits 0 when the chain is whole, 1 when it is not, 2 when it cannot be read.");
}

}  // namespace millrace::app
