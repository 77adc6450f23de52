#include "solutions/models/review.hpp"

#include <charconv>
#include <optional>
#include <set>

#include "base/enum_names.hpp"
#include "base/text.hpp"
#include "runtime/records/record.hpp"
#include "solutions/chats.hpp"

namespace millrace::solutions {
namespace {

constexpr auto kWhys =
    base::enum_names<Reviewed::Why>("reason", "corrected", "rephrased", "close", "unsure");

// The labels that were offered for the guesses of a message, where two were close.
std::vector<std::string> offered(const runtime::TurnRecord& turn) {
  for (const runtime::ChatMessage& message : turn.messages) {
    if (message.side != runtime::Side::bot) continue;
    const auto& options = message.content.asset.options;
    if (options.size() != 2) continue;
    return {options[0].label, options[1].label};
  }
  return {};
}

// Which of the labels that says: the label, or its place.
std::optional<size_t> picked(const std::vector<std::string>& labels, std::string_view text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  for (size_t i = 0; i < labels.size(); ++i) {
    const bool is_place = is_number && number == i + 1;
    if (is_place || base::squash(labels[i]) == base::squash(text)) return i;
  }
  return std::nullopt;
}

class Chat {
 public:
  explicit Chat(EachReviewed& each) : each_(each) {}

  void take(const runtime::TurnRecord& turn) {
    if (turn.kind != "said" || turn.messages.empty()) return;
    const std::string& text = turn.messages.front().content.text;
    if (open_) settle(text, turn.understood);
    if (!turn.understood || turn.understood->guesses.empty()) return;
    const dialog::Understood& read = *turn.understood;
    const bool is_close = read.is_in_scope && read.is_close;
    if (read.is_in_scope && !is_close) return;
    open_ = Reviewed{is_close ? Reviewed::Why::close : Reviewed::Why::unsure,
                     turn.chat,
                     turn.at,
                     text,
                     read.guesses,
                     read.guesses.front().intent};
    labels_ = is_close ? offered(turn) : std::vector<std::string>();
  }

  void end() {
    if (open_) give();
  }

 private:
  // By what was said next.
  void settle(std::string_view text, const std::optional<dialog::Understood>& understood) {
    const auto place = picked(labels_, text);
    if (place && *place < open_->guesses.size()) {
      open_->why = Reviewed::Why::corrected;
      open_->intent = open_->guesses[*place].intent;
    } else if (open_->why == Reviewed::Why::unsure && understood && understood->is_in_scope &&
               !understood->is_close && !understood->guesses.empty()) {
      open_->why = Reviewed::Why::rephrased;
      open_->intent = understood->guesses.front().intent;
    }
    give();
  }

  void give() {
    if (seen_.insert(open_->text).second) each_(*open_);
    open_.reset();
  }

  EachReviewed& each_;
  std::optional<Reviewed> open_;  // until it is known what came next
  std::vector<std::string> labels_;
  std::set<std::string> seen_;
};

}  // namespace

std::string_view to_string(Reviewed::Why why) {
  return kWhys(why);
}

base::Result<void> review_chat(runtime::Archive& archive, base::Id chat, EachReviewed& each) {
  Chat reviewed(each);
  base::Result<void> read;
  const auto done = archive.chat(chat, [&](const runtime::JournalRecord& record) {
    const auto turn = runtime::read_record(record);
    if (!turn) {
      read = std::unexpected(turn.error());
      return false;
    }
    if (turn->chat == chat) reviewed.take(*turn);
    return true;
  });
  if (!done) return done;
  reviewed.end();
  return read;
}

base::Result<void> review(runtime::Archive& archive, const runtime::ChatFilter& filter,
                          EachReviewed each) {
  return each_chat(archive, filter, [&](const runtime::ChatEntry& entry) {
    return review_chat(archive, entry.chat, each);
  });
}

}  // namespace millrace::solutions
