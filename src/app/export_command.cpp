// `millrace export`: all that is kept of one person, as lines of JSON.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/chats.hpp"
#include "app/commands.hpp"
#include "app/people.hpp"
#include "posix/files.hpp"
#include "runtime/record.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

void print(const json::object& line) {
  std::cout << json::serialize(line) << "\n";
}

json::object as_json(const runtime::ChatMessage& message) {
  json::object out{{"id", message.id.to_string()},
                   {"from", message.side == runtime::Side::consumer ? "consumer" : "bot"},
                   {"at", base::to_iso8601(message.at)}};
  for (auto& member : dialog::to_json(message.content)) out[member.key()] = member.value();
  return out;
}

// A line for each turn, and one for each chat as its last turn left it.
class ChatPrinter {
 public:
  explicit ChatPrinter(std::string key) : reader_(std::move(key)) {}

  base::Result<void> take(const runtime::JournalRecord& record) {
    const auto turn = runtime::read_record(record);
    if (!turn) return std::unexpected(turn.error());
    if (auto read = reader_.take(record); !read) return read;
    auto state = reader_.state();
    if (!state) return std::unexpected(state.error());
    if (last_ && last_->chat != state->chat) print_chat();
    last_ = std::move(*state);
    json::array messages;
    for (const runtime::ChatMessage& message : turn->messages) {
      messages.push_back(as_json(message));
    }
    print({{"kind", "turn"},
           {"chat", turn->chat.to_string()},
           {"number", record.number},
           {"at", base::to_iso8601(turn->at)},
           {"what", turn->kind},
           {"messages", std::move(messages)}});
    return {};
  }

  void finish() {
    if (last_) print_chat();
  }

 private:
  void print_chat() const {
    print({{"kind", "chat"},
           {"chat", last_->chat.to_string()},
           {"consumer", last_->consumer.to_string()},
           {"state", dialog::to_json(*last_)}});
  }

  runtime::StateReader reader_;
  std::optional<dialog::State> last_;
};

base::Result<void> print_deliveries(const fs::path& journal, base::Id consumer) {
  constexpr size_t kPage = 500;
  runtime::DeliveryFilter filter;
  filter.consumer = consumer;
  filter.limit = kPage;
  for (;;) {
    const auto page = storage::list_deliveries(journal, filter);
    if (!page) return std::unexpected(page.error());
    for (const runtime::StoredDelivery& stored : *page) {
      auto body = json::parse_object(stored.row.body);
      print({{"kind", "delivery"},
             {"key", stored.row.key},
             {"to", stored.row.kind},
             {"state", delivery::to_string(stored.state)},
             {"at", base::to_iso8601(stored.row.owed_at)},
             {"body", body ? std::move(*body) : json::object()}});
    }
    if (page->size() < kPage) return {};
    filter.after = page->back().row.id;
  }
}

base::Result<void> print_all(const PersonOptions& options) {
  const auto people = find_person(options);
  if (!people) return std::unexpected(people.error());
  const fs::path journal = options.data / "journal.db";
  auto key = posix::read_file(options.data / "journal.key");
  const auto archive = archive_of(options.data);
  if (!archive) return std::unexpected(archive.error());
  for (const base::Id& consumer : *people) {
    ChatPrinter printer(key ? *key : std::string());
    base::Result<void> printed;
    auto read = (*archive)->consumer(consumer, [&](const runtime::JournalRecord& record) {
      printed = printer.take(record);
      return printed.has_value();
    });
    if (!read) return read;
    if (!printed) return printed;
    printer.finish();
    if (auto done = print_deliveries(journal, consumer); !done) return done;
  }
  if (people->size() == 1) return {};
  json::array ids;
  for (const base::Id& consumer : *people) ids.emplace_back(consumer.to_string());
  print({{"kind", "joined"}, {"consumers", std::move(ids)}});
  return {};
}

int run(const PersonOptions& options) {
  const auto done = print_all(options);
  if (done) return 0;
  std::cerr << "millrace export: " << done.error().describe() << "\n";
  return done.error().code == base::Code::not_found ? 1 : 2;
}

}  // namespace

void add_export_command(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "export", "All that is kept of one person as lines of JSON: turns, chats, deliveries.");
  static PersonOptions options;
  add_person_options(*command, options);
  command->footer(
      "Works beside a running server. Answers that were asked for securely stay masked. Each line "
      "has a kind: turn (what was said), chat (its variables, as the last turn left them), "
      "delivery, and joined (the ids of the person) where there are several. Exits 0, 1 when "
      "nothing is kept of such a person, 2 when it cannot be read.");
  command->callback([&exit_code] { exit_code = run(options); });
}

}  // namespace millrace::app
