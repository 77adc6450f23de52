// What people mean: models of drafts made, tried and judged, and what people have said that was not
// understood.
#include "api/chats.hpp"
#include "api/studio_call.hpp"
#include "base/hash.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

Replied train_model(Call& call) {
  return on_draft(call, &Studio::train_model, 202);
}
Replied parse_texts(Call& call) {
  return on_draft(call, &Studio::parse_texts);
}
Replied evaluate_model(Call& call) {
  return on_draft(call, &Studio::evaluate_model, 202);
}

// ---- what was not understood

constexpr std::string_view kDone = "misunderstood/";
constexpr size_t kDigestBytes = 12;
constexpr size_t kTagBytes = 8;

base::Result<void> check_solution(Call& call) {
  if (call.may_have(call.path["solution"], call.options.environment)) return {};
  return fail(Code::not_found, "there is no such solution");
}

// Tells nobody what was said, and leads to nothing in another solution.
std::string tag_of(const Call& call, std::string_view digest) {
  return base::hmac_sha256(
             call.options.seal_key,
             "misunderstood of\n" + std::string(call.path["solution"]) + "\n" + std::string(digest))
      .substr(0, kTagBytes);
}

std::string id_of(const Call& call, const Desk::Misunderstood& said) {
  const std::string digest =
      base::hmac_sha256(call.options.seal_key, "misunderstood\n" + said.locale + "\n" + said.alike)
          .substr(0, kDigestBytes);
  return base::to_base64url(digest + tag_of(call, digest));
}

bool is_id(const Call& call, std::string_view id) {
  const std::string bytes = base::from_base64url(id);
  if (bytes.size() != kDigestBytes + kTagBytes) return false;
  return base::equal_constant_time(bytes.substr(kDigestBytes),
                                   tag_of(call, bytes.substr(0, kDigestBytes)));
}

base::Result<runtime::ChatFilter> filter_of(Call& call) {
  runtime::ChatFilter filter;
  filter.solution = call.path["solution"];
  filter.versions = versions_of(call, filter.solution);
  const auto since = moment_of(call, "since");
  const auto limit = call.limit();
  const auto place = call.cursor();
  if (!since) return std::unexpected(since.error());
  if (!limit) return std::unexpected(limit.error());
  if (!place) return std::unexpected(place.error());
  filter.since = *since;
  filter.limit = *limit;
  filter.after = after_of(*place);
  return filter;
}

// Without those that somebody was done with, and that nobody has said since.
base::Result<std::map<std::string, const Desk::Misunderstood*>> open_ones(
    Call& call, const std::vector<Desk::Misunderstood>& all) {
  std::map<std::string, const Desk::Misunderstood*> open;
  auto read = call.ports.pairs.read([&](access::PairsRead& pairs) -> base::Result<void> {
    for (const Desk::Misunderstood& said : all) {
      const std::string id = id_of(call, said);
      const auto kept = pairs.get(std::string(kDone) + id);
      if (!kept) return std::unexpected(kept.error());
      const auto done = *kept ? json::parse_object(**kept) : json::object();
      const int64_t at = done ? json::get_integer(*done, "at").value_or(0) : 0;
      if (said.at.ms > at) open[id] = &said;
    }
    return {};
  });
  if (!read) return std::unexpected(read.error());
  return open;
}

json::object shown(const std::string& id, const Desk::Misunderstood& said, bool reads) {
  return {{"id", id},
          {"text", reads ? std::string_view(said.text) : kMasked},
          {"masked", !reads},
          {"locale", said.locale},
          {"why", said.why},
          {"intent", said.intent},
          {"guesses", said.guesses},
          {"count", said.count},
          {"chat", said.chat.to_string()},
          {"last_at", base::to_iso8601(said.at)}};
}

Replied list_misunderstood(Call& call) {
  if (auto fine = check_solution(call); !fine) return std::unexpected(fine.error());
  const auto filter = filter_of(call);
  if (!filter) return std::unexpected(filter.error());
  const bool reads = call.may(Right::pii_read, filter->solution, call.options.environment);
  if (reads) {
    auto noted = call.audit(Right::pii_read, "misunderstood.list", filter->solution);
    if (!noted) return std::unexpected(noted.error());
  }
  const auto page = call.ports.desk.misunderstood(*filter, call.query("locale"));
  if (!page) return std::unexpected(page.error());
  const auto open = open_ones(call, page->items);
  if (!open) return std::unexpected(open.error());
  json::array items;
  for (const Desk::Misunderstood& said : page->items) {
    const std::string id = id_of(call, said);
    if (open->contains(id)) items.emplace_back(shown(id, said, reads));
  }
  std::optional<std::string> next;
  if (page->next) next = call.cursor_at(cursor_of(*page->next));
  return listed(std::move(items), std::move(next));
}

// Whoever makes examples of what was said is done with it.
Replied settle_misunderstood(Call& call) {
  const std::string_view solution = call.path["solution"];
  if (!call.may_have(solution, "")) return fail(Code::not_found, "there is no such solution");
  if (!call.may(Right::chat_read, solution, call.options.environment)) {
    return fail(Code::permission_denied, "seeing what was said takes the right chat.read",
                "chat.read");
  }
  const std::string_view id = call.path["text"];
  if (!is_id(call, id)) return fail(Code::not_found, "nothing was said that has this id");
  if (auto noted = note(call, "misunderstood.done", id); !noted) {
    return std::unexpected(noted.error());
  }
  const json::object done{{"at", call.ports.clock.now().ms}};
  auto kept = call.ports.pairs.change([&](access::PairsChange& pairs) {
    return pairs.put(std::string(kDone) + std::string(id), json::serialize(done));
  });
  if (!kept) return std::unexpected(kept.error());
  return Reply::nothing();
}

constexpr Who kReads = Who::solution(Right::solution_read);

}  // namespace

std::vector<Operation> model_operations() {
  return {
      {.id = "trainModel",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/nlu/train",
       .who = kReads,
       .serve = train_model,
       .summary = "Make a model of the examples, with the changes laid over them, for trying it; "
                  "look by getRun, or listen to run:ID. No folder and no version gets it",
       .takes = "TrainModel",
       .gives = "BegunRun",
       .status = 202},
      {.id = "parseTexts",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/nlu/parse",
       .who = kReads,
       .serve = parse_texts,
       .summary = "What texts mean by the model of the examples, and why; 409 where none was made "
                  "of them yet (trainModel)",
       .takes = "ParseTexts",
       .gives = "ParsedTexts"},
      {.id = "evaluateModel",
       .method = "POST",
       .path = "/solutions/{solution}/workspaces/{workspace}/nlu/evaluate",
       .who = kReads,
       .serve = evaluate_model,
       .summary = "How well the examples are told apart, by cross-validation: a run, whose result "
                  "has the figures",
       .takes = "EvaluateModel",
       .gives = "BegunRun",
       .status = 202},
  };
}

std::vector<Operation> misunderstood_operations() {
  using Shape = Operation::Shape;
  return {
      {.id = "listMisunderstood",
       .method = "GET",
       .path = "/solutions/{solution}/misunderstood",
       .who = Who::thing(Right::chat_read),
       .serve = list_misunderstood,
       .summary = "What was said that the model was not sure of, in the latest chats (`limit`), "
                  "the most frequent first; masked without pii.read. Older chats follow by cursor",
       .gives = "Misunderstood",
       .shape = Shape::list,
       .query = "locale since limit cursor"},
      {.id = "settleMisunderstood",
       .method = "POST",
       .path = "/solutions/{solution}/misunderstood/{text}/done",
       .who = Who::thing(Right::solution_write),
       .serve = settle_misunderstood,
       .summary =
           "Somebody is done with it: it is not listed until it is said again. Takes chat.read "
           "as well",
       .shape = Shape::nothing,
       .status = 204},
  };
}

}  // namespace millrace::api
