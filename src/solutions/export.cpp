#include "solutions/export.hpp"

#include <optional>

#include "dialog/dialog.hpp"
#include "runtime/records/record.hpp"

namespace millrace::solutions {
namespace {

std::string_view name_of(runtime::Side side) {
  switch (side) {
    case runtime::Side::consumer: return "consumer";
    case runtime::Side::bot: return "bot";
    case runtime::Side::agent: return "agent";
  }
  return "bot";
}

json::object as_json(const runtime::ChatMessage& message) {
  json::object out{{"id", message.id.to_string()},
                   {"from", name_of(message.side)},
                   {"at", base::to_iso8601(message.at)}};
  for (auto& member : dialog::to_json(message.content)) out[member.key()] = member.value();
  return out;
}

// A line for each turn, and one for each chat as its last turn left it.
class ChatWriter {
 public:
  ChatWriter(const std::string& key, EachObject& each) : reader_(key), each_(each) {}

  base::Result<void> take(const runtime::JournalRecord& record) {
    const auto turn = runtime::read_record(record);
    if (!turn) return std::unexpected(turn.error());
    if (auto read = reader_.take(record); !read) return read;
    auto state = reader_.state();
    if (!state) return std::unexpected(state.error());
    if (last_ && last_->chat != state->chat) give_chat();
    last_ = std::move(*state);
    json::array messages;
    for (const runtime::ChatMessage& message : turn->messages) {
      messages.push_back(as_json(message));
    }
    each_({{"kind", "turn"},
           {"chat", turn->chat.to_string()},
           {"number", record.number},
           {"at", base::to_iso8601(turn->at)},
           {"what", turn->kind},
           {"messages", std::move(messages)}});
    return {};
  }

  void finish() {
    if (last_) give_chat();
  }

 private:
  void give_chat() const {
    each_({{"kind", "chat"},
           {"chat", last_->chat.to_string()},
           {"consumer", last_->consumer.to_string()},
           {"state", dialog::to_json(*last_)}});
  }

  runtime::StateReader reader_;
  EachObject& each_;
  std::optional<dialog::State> last_;
};

base::Result<void> give_deliveries(const Kept& kept, base::Id consumer, EachObject& each) {
  constexpr size_t kPage = 500;
  runtime::DeliveryFilter filter;
  filter.consumer = consumer;
  filter.limit = kPage;
  for (;;) {
    const auto page = kept.deliveries(filter);
    if (!page) return std::unexpected(page.error());
    for (const runtime::StoredDelivery& stored : *page) {
      auto body = json::parse_object(stored.row.body);
      each({{"kind", "delivery"},
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

}  // namespace

base::Result<void> export_person(const std::set<base::Id>& consumers, const Kept& kept,
                                 EachObject each) {
  for (const base::Id& consumer : consumers) {
    ChatWriter writer(kept.seal_key, each);
    base::Result<void> taken;
    const auto read = kept.archive.consumer(consumer, [&](const runtime::JournalRecord& record) {
      taken = writer.take(record);
      return taken.has_value();
    });
    if (!read) return std::unexpected(read.error());
    if (!taken) return taken;
    writer.finish();
    if (auto done = give_deliveries(kept, consumer, each); !done) return done;
  }
  if (consumers.size() == 1) return {};
  json::array ids;
  for (const base::Id& consumer : consumers) ids.emplace_back(consumer.to_string());
  each({{"kind", "joined"}, {"consumers", std::move(ids)}});
  return {};
}

}  // namespace millrace::solutions
