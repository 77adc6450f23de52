#include "solutions/occupancy.hpp"

#include <set>

#include "runtime/records/record.hpp"
#include "solutions/chats.hpp"

namespace millrace::solutions {
namespace {

class Counter {
 public:
  Counter(runtime::Archive& archive, const OccupancyChoice& choice, const std::string& seal_key,
          Versions& versions)
      : archive_(archive), choice_(choice), seal_key_(seal_key), versions_(versions) {}

  base::Result<void> count_standing() {
    runtime::ChatFilter filter = choice_.chats;
    filter.live = true;
    return each_chat(archive_, filter, [&](const runtime::ChatEntry& chat) -> base::Result<void> {
      const auto state = state_of(archive_, chat, seal_key_);
      AtNode* node = state ? at(chat.version, state->node) : nullptr;
      ++(node == nullptr ? found_.unreadable : node->here);
      return {};
    });
  }

  base::Result<void> count_passing() {
    runtime::ChatFilter filter = choice_.chats;
    filter.since = choice_.since;
    filter.limit = choice_.chats_max;
    const auto chats = archive_.live(filter);
    if (!chats) return std::unexpected(chats.error());
    found_.is_whole = chats->size() < choice_.chats_max;
    for (const runtime::ChatEntry& chat : *chats) {
      if (auto read = read_chat(chat); !read) return read;
    }
    return {};
  }

  base::Result<void> count_parked() {
    const auto parked = archive_.parked();
    if (!parked) return std::unexpected(parked.error());
    for (const runtime::ParkedChat& chat : *parked) {
      if (chat.solution == choice_.chats.solution && chat.at >= choice_.since) {
        ++found_.versions[chat.version][chat.node].failed;
      }
    }
    return {};
  }

  Occupancy found() && { return std::move(found_); }

 private:
  // nullptr where nobody knows it any more.
  AtNode* at(const std::string& version, flow::NodeNumber number) {
    const auto program = versions_.program(version);
    const flow::Node* node = program ? (*program)->find(number) : nullptr;
    return node == nullptr ? nullptr : &found_.versions[version][node->id];
  }

  base::Result<void> read_chat(const runtime::ChatEntry& chat) {
    runtime::StateReader reader(seal_key_);
    std::set<flow::NodeNumber> passed;
    std::map<flow::NodeNumber, size_t> failed;
    std::optional<dialog::State> state;
    bool is_readable = true;
    const auto read = archive_.chat(chat.chat, [&](const runtime::JournalRecord& record) {
      const auto turn = runtime::read_record(record);
      const auto input = runtime::read_input(record, seal_key_);
      is_readable = turn && input && reader.take(record);
      if (!is_readable) return false;
      const auto before = std::exchange(state, std::nullopt);
      if (auto after = reader.state()) state = std::move(*after);
      is_readable = state.has_value();
      if (!is_readable || turn->at < choice_.since) return is_readable;
      for (const runtime::ChatMessage& message : turn->messages) {
        if (message.side == runtime::Side::bot && message.node != 0) passed.insert(message.node);
      }
      if (state->node != 0) passed.insert(state->node);
      const auto* ended = *input ? std::get_if<dialog::CallEnded>(&(*input)->what) : nullptr;
      const bool has_failed = ended != nullptr && ended->end != dialog::CallEnd::returned;
      if (has_failed && before && before->call) ++failed[before->call->node];
      return true;
    });
    if (!read) return read;
    if (!is_readable || !state) {
      ++found_.unreadable;
      return {};
    }
    for (const flow::NodeNumber number : passed) {
      if (AtNode* node = at(chat.version, number)) ++node->passed;
    }
    for (const auto& [number, times] : failed) {
      if (AtNode* node = at(chat.version, number)) node->failed += times;
    }
    if (is_given_up(chat, *state)) {
      if (AtNode* node = at(chat.version, state->node)) ++node->dropped;
    }
    return {};
  }

  static bool is_given_up(const runtime::ChatEntry& chat, const dialog::State& state) {
    if (state.phase != dialog::Phase::ended) return !chat.is_latest;
    return state.end_reason == dialog::kEndByConsumer || state.end_reason == dialog::kEndAbandoned;
  }

  runtime::Archive& archive_;
  const OccupancyChoice& choice_;
  const std::string& seal_key_;
  Versions& versions_;
  Occupancy found_;
};

}  // namespace

base::Result<Occupancy> occupancy(runtime::Archive& archive, const OccupancyChoice& choice,
                                  const std::string& seal_key, Versions& versions) {
  Counter counter(archive, choice, seal_key, versions);
  auto counted = counter.count_standing();
  if (counted) counted = counter.count_passing();
  if (counted) counted = counter.count_parked();
  if (!counted) return std::unexpected(counted.error());
  return std::move(counter).found();
}

}  // namespace millrace::solutions
