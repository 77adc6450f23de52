#include "solutions/test_from_chat.hpp"

#include <map>
#include <vector>

#include "base/json_plain.hpp"
#include "dialog/dialog.hpp"
#include "flow/yaml_text.hpp"
#include "runtime/records/record.hpp"

namespace millrace::solutions {
namespace {

class Writer {
 public:
  Writer(Versions& versions, const std::string& key, base::Id chat)
      : versions_(versions), key_(key), chat_(chat), reader_(key) {}

  base::Result<void> take(const runtime::JournalRecord& record) {
    if (auto read = reader_.take(record); !read) return read;
    const auto stored = runtime::read_record(record);
    if (!stored) return std::unexpected(stored.error());
    if (stored->chat != chat_) return {};
    auto state = reader_.state();
    if (!state) return std::unexpected(state.error());
    const auto input = runtime::read_input(record, key_);
    if (!input) return std::unexpected(input.error());
    if (!born_) born_ = *state;
    if (*input) write_input(**input, *stored);
    for (const runtime::ChatMessage& message : stored->messages) {
      if (message.side == runtime::Side::bot) write_expectation(message.content);
    }
    at_ = stored->at;
    before_ = std::move(*state);
    return {};
  }

  base::Result<std::string> text() const {
    if (!born_) return base::fail(base::Code::not_found, "there is no such chat");
    std::string out = "tests:\n  - name: chat " + chat_.to_string() + "\n";
    out += "    at: " + base::to_iso8601(born_->created_at) + "\n";
    if (!born_->region.empty()) out += "    locale: " + born_->region + "\n";
    if (!actions_.empty()) out += "    actions:\n";
    for (const auto& [command, answers] : actions_) {
      out += "      " + command + ":\n";
      for (const std::string& answer : answers) out += "        - " + answer + "\n";
    }
    out += "    steps:\n" + steps_;
    if (before_->phase == dialog::Phase::ended) {
      out += "      - expect_end: " + before_->end_reason + "\n";
    }
    return out;
  }

 private:
  void write_input(const dialog::Input& input, const runtime::TurnRecord& stored) {
    if (std::holds_alternative<dialog::Started>(input.what)) {
      steps_ += "      - start\n";
    } else if (std::holds_alternative<dialog::Said>(input.what)) {
      // The record has it masked where it was secure.
      steps_ += "      - say: " + flow::yaml_scalar(stored.messages.front().content.text, 8) + "\n";
    } else if (const auto* ended = std::get_if<dialog::CallEnded>(&input.what)) {
      write_answer(*ended);
    } else if (std::holds_alternative<dialog::TimerDue>(input.what) && at_) {
      steps_ += "      - wait: " + std::to_string(input.at.ms - at_->ms) + "ms\n";
    } else if (const auto* event = std::get_if<dialog::PageEvent>(&input.what)) {
      steps_ += "      - page_event: " +
                json::serialize_plain(json::object{{event->name, event->detail}}) + "\n";
    } else if (std::holds_alternative<dialog::AgentJoined>(input.what)) {
      steps_ += "      - agent: joins\n";
    } else if (const auto* said = std::get_if<dialog::AgentSaid>(&input.what)) {
      steps_ += "      - agent: {says: " + json::serialize_plain(json::value(said->text)) + "}\n";
    } else if (std::holds_alternative<dialog::AgentLeft>(input.what)) {
      steps_ += "      - agent: leaves\n";
    } else if (std::holds_alternative<dialog::NoAgent>(input.what)) {
      steps_ += "      - agent: unavailable\n";
    } else if (const auto* assigned = std::get_if<dialog::Assigned>(&input.what)) {
      for (const auto& [name, value] : assigned->variables) {
        steps_ += "      # then " + name + " was set to " + flow::yaml_scalar(value, 8) +
                  " from outside\n";
      }
    } else {
      steps_ += "      # then an input that a test cannot make: " + stored.kind + "\n";
    }
  }

  void write_answer(const dialog::CallEnded& ended) {
    if (!before_ || !before_->call) return;
    const auto program = versions_.program(before_->program);
    if (!program) return;
    const flow::Node* node = (*program)->find(before_->call->node);
    const auto* action = node == nullptr ? nullptr : std::get_if<flow::ActionNode>(&node->does);
    if (action == nullptr) return;
    std::string answer;
    switch (ended.end) {
      case dialog::CallEnd::returned:
        answer = json::serialize_plain(json::object{{"returns", ended.result}});
        break;
      case dialog::CallEnd::timed_out: answer = "{times_out: true}"; break;
      case dialog::CallEnd::unknown: answer = "{unknown: true}"; break;
      case dialog::CallEnd::raised:
      case dialog::CallEnd::crashed:
      case dialog::CallEnd::refused:
        answer = json::serialize_plain(json::object{{"raises", ended.message}});
        break;
    }
    actions_[action->command].push_back(std::move(answer));
  }

  void write_expectation(const dialog::Message& message) {
    steps_ += "      - expect: " + flow::yaml_scalar(message.text, 8) + "\n";
  }

  Versions& versions_;
  const std::string& key_;
  base::Id chat_;
  runtime::StateReader reader_;
  std::optional<dialog::State> born_;
  std::optional<dialog::State> before_;
  std::optional<base::Timestamp> at_;
  std::map<std::string, std::vector<std::string>> actions_;
  std::string steps_;
};

}  // namespace

base::Result<std::string> test_from_chat(runtime::Archive& archive, base::Id chat,
                                         const std::string& seal_key, Versions& versions) {
  Writer writer(versions, seal_key, chat);
  base::Result<void> taken;
  const auto read = archive.chat(chat, [&](const runtime::JournalRecord& record) {
    taken = writer.take(record);
    return taken.has_value();
  });
  if (!read) return std::unexpected(read.error());
  if (!taken) return std::unexpected(taken.error());
  return writer.text();
}

}  // namespace millrace::solutions
