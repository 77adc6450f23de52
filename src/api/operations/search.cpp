// Looking for chats by their ids, and for people by what is known of them.
#include <algorithm>

#include "api/chats.hpp"
#include "base/text.hpp"
#include "runtime/records/record.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

constexpr size_t kLookedAtMax = 1'000;  // chats, for one page
constexpr size_t kReadMax = 200;        // of these, states that are read
constexpr size_t kWordsMin = 3;         // characters of what people are looked for by

struct Looking {
  std::string words;  // in lower case
  bool chats = false;
  bool people = false;
};

base::Result<Looking> looking_for(const Call& call) {
  Looking out{base::to_lower(base::trim(call.query("q"))), false, false};
  const size_t length = base::utf8_length(out.words);
  if (length < kWordsMin || length > 128) {
    return fail(Code::invalid_argument, "from 3 to 128 characters are wanted", "q");
  }
  const std::string kinds = call.query("kinds");
  for (const std::string_view kind : base::split(kinds.empty() ? "chat,person" : kinds, ',')) {
    if (kind != "chat" && kind != "person") {
      return fail(Code::invalid_argument, "is chat, person or both, with a comma", "kinds");
    }
    (kind == "chat" ? out.chats : out.people) = true;
  }
  return out;
}

// The variable that has these words; nullopt: none has.
base::Result<std::optional<std::string>> variable_with(Call& call, runtime::Archive& archive,
                                                       const runtime::ChatEntry& chat,
                                                       const std::string& words) {
  const auto tail = archive.tail(chat.consumer, chat.last);
  if (!tail) return std::unexpected(tail.error());
  if (tail->empty()) return std::nullopt;
  const auto state = runtime::state_after(*tail, call.ports.seal_key);
  if (!state) return std::unexpected(state.error());
  for (const auto& [name, value] : state->variables) {
    if (base::to_lower(value).contains(words)) return name;
  }
  return std::nullopt;
}

json::object found(std::string_view kind, const runtime::ChatEntry& chat,
                   const std::string& solution, std::string_view by) {
  return {{"kind", kind},
          {"chat", chat.chat.to_string()},
          {"consumer", chat.consumer.to_string()},
          {"solution", solution},
          {"last_at", base::to_iso8601(chat.last_at)},
          {"by", by}};
}

// People are looked for by whoever may read their words, which stands in the audit log; by others
// nobody is found.
Replied search(Call& call) {
  (void)call.may_have("", call.options.environment);
  const auto wanted = looking_for(call);
  const auto limit = call.limit();
  const auto place = call.cursor();
  if (!wanted) return std::unexpected(wanted.error());
  if (!limit) return std::unexpected(limit.error());
  if (!place) return std::unexpected(place.error());
  runtime::ChatFilter filter;
  filter.limit = kLookedAtMax;
  filter.after = after_of(*place);
  const bool reads = wanted->people && access::may_somewhere(call.grants(), Right::pii_read);
  if (reads) {
    auto noted = call.audit(Right::pii_read, "search", "people");
    if (!noted) return std::unexpected(noted.error());
  }
  const auto archive = call.ports.records.archive();
  if (!archive) return std::unexpected(archive.error());
  const auto page = (*archive)->live(filter);
  if (!page) return std::unexpected(page.error());
  json::array items;
  size_t read = 0;
  const runtime::ChatEntry* last = nullptr;
  for (const runtime::ChatEntry& chat : *page) {
    if (items.size() >= *limit || read >= kReadMax) break;
    last = &chat;
    const std::string solution = solution_of(call.ports.solutions, chat);
    if (!call.may_have(solution, call.options.environment)) continue;
    const std::string id = chat.chat.to_string();
    const std::string consumer = chat.consumer.to_string();
    if (wanted->chats && (id.starts_with(wanted->words) || consumer.starts_with(wanted->words))) {
      items.emplace_back(found("chat", chat, solution, "id"));
      continue;
    }
    const bool may_read =
        reads && chat.is_latest && call.may(Right::pii_read, solution, call.options.environment);
    if (!may_read) continue;
    ++read;
    const auto variable = variable_with(call, **archive, chat, wanted->words);
    if (!variable) return std::unexpected(variable.error());
    if (*variable) items.emplace_back(found("person", chat, solution, **variable));
  }
  const bool is_end = last == nullptr || (last == &page->back() && page->size() < kLookedAtMax);
  if (is_end) return listed(std::move(items), std::nullopt);
  return listed(std::move(items), call.cursor_at(cursor_of({last->last_at, last->chat})));
}

}  // namespace

std::vector<Operation> search_operations() {
  return {
      {.id = "search",
       .method = "GET",
       .path = "/search",
       .who = Who::thing(Right::chat_read),
       .serve = search,
       .summary = "Chats by how their id or their consumer's begins; people by what is known of "
                  "them, with pii.read. A page may be empty while another follows",
       .gives = "Found",
       .shape = Operation::Shape::list,
       .query = "q kinds limit cursor"},
  };
}

}  // namespace millrace::api
