#include "runtime/records/record_parse.hpp"

#include "base/seal.hpp"
#include "dialog/state/members.hpp"
#include "runtime/records/record_v0.hpp"

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;
using dialog::Members;
using Need = dialog::Members::Need;

void expand_id(json::object& object, std::string_view name, const json::value& id) {
  json::value* found = object.if_contains(name);
  if (found != nullptr && found->is_bool() && found->get_bool()) *found = id;
}

// Puts back what a record of version 1 leaves out (abbreviate, record.cpp).
void expand(json::object& record) {
  const json::object& in = record["in"].get_object();
  const json::value* id = in.if_contains("id");
  int64_t last = json::get_integer(in, "seq").value_or(0);
  json::value* found = record.if_contains("out");
  json::array none;
  for (json::value& item : found != nullptr && found->is_array() ? found->get_array() : none) {
    auto* message = item.if_object();
    if (message == nullptr) continue;
    if (id != nullptr) expand_id(*message, "re", *id);
    message->emplace("seq", last + 1);
    last = json::get_integer(*message, "seq").value_or(0);
  }
  if (!record.contains("since")) return;
  json::object& change = record["state"].get_object();
  json::value& set = change["="];
  if (set.is_null()) set.emplace_object();
  if (!set.is_object()) return;
  if (id != nullptr) expand_id(set.get_object(), "answering", *id);
  if (last != 0) set.get_object().emplace("seq", last);
}

base::Result<void> bring_up_to_date(Parsed& parsed) {
  if (parsed.version == 0) {
    auto in = input_from_version_0(std::move(parsed.record["in"].get_object()));
    if (!in) return std::unexpected(in.error());
    parsed.record["in"] = std::move(*in);
  } else {
    expand(parsed.record);
  }
  return {};
}

}  // namespace

base::Result<Parsed> parsed_record(std::string_view body) {
  auto document = json::parse_object(body);
  if (!document) return fail(Code::data_loss, document.error().message, "journal record");
  Parsed parsed{std::move(*document)};
  Members members(parsed.record, "record");
  parsed.version = members.small("v");
  parsed.at.ms = members.integer("at", Need::needed);
  if (parsed.record.contains("since")) parsed.since = members.integer("since");
  const bool is_turn = members.object("in", Need::needed) && members.object("state", Need::needed);
  if (auto read = members.done(); !read || !is_turn) return std::unexpected(read.error());
  if (parsed.version < 0 || parsed.version > kRecordVersion) {
    return fail(Code::data_loss, "a record of version " + std::to_string(parsed.version) +
                                     ", which this build does not know");
  }
  if (auto now = bring_up_to_date(parsed); !now) return std::unexpected(now.error());
  parsed.in = &parsed.record["in"].get_object();
  parsed.state = &parsed.record["state"].get_object();
  Members in(*parsed.in, "input");
  parsed.kind = in.one_of("k", kInputKinds);
  if (auto read = in.done(); !read) return std::unexpected(read.error());
  const auto chat = base::Id::parse(json::get_string(*parsed.state, "chat").value_or(""));
  if (!chat) return fail(Code::data_loss, "it does not say which chat's turn it is");
  parsed.chat = *chat;
  // A change has the turn's number too: every turn has another.
  const auto* set = parsed.since ? json::get_object(*parsed.state, "=") : parsed.state;
  if (set != nullptr) parsed.turn = json::get_integer(*set, "turn").value_or(0);
  return parsed;
}

base::Error at_record(base::Error error, const JournalRecord& record) {
  error.where = "consumer " + record.consumer.to_string() + ", record " +
                std::to_string(record.number) + (error.where.empty() ? "" : ", " + error.where);
  return error;
}

base::Result<json::object> open_sealed(std::string_view sealed, base::Id chat, int64_t turn,
                                       std::string_view key) {
  const auto text = base::unseal(key, seal_context(chat, turn), sealed);
  if (!text) return std::unexpected(text.error());
  return json::parse_object(*text);
}

}  // namespace millrace::runtime
