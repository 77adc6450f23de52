// users/export/ids, segment and global_control_group (reference: other-endpoints.md 5,
// content-and-centers.md 8).
#include <set>

#include "base/text.hpp"
#include "braze/endpoints/content/content.hpp"
#include "braze/endpoints/exports.hpp"
#include "braze/endpoints/handlers.hpp"
#include "braze/rules/item_values.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kIdsMax = 50;
constexpr size_t kFieldsMax = 200;
constexpr const char* kTooMany =
    "The max number of external_ids and aliases per request was exceeded";
constexpr const char* kBadRequest = "Bad Request";

using Kind = Identifier::Kind;

struct ExportRequest {
  std::vector<Identifier> wanted;
  std::optional<std::vector<std::string>> fields;  // nullopt: all of them
};

// The list of that name; nullptr when it is absent. Anything else than a list is a bad request.
std::expected<const json::array*, std::string> list_of(const json::object& body,
                                                       std::string_view key, size_t length_max,
                                                       const char* too_many) {
  const auto* given = body.if_contains(key);
  if (given == nullptr || given->is_null()) return nullptr;
  if (!given->is_array()) return std::unexpected(kBadRequest);
  if (given->get_array().size() > length_max) return std::unexpected(too_many);
  return &given->get_array();
}

std::optional<std::string> read_fields(const json::object& body,
                                       std::optional<std::vector<std::string>>& fields) {
  const auto names = list_of(body, "fields_to_export", kFieldsMax, kBadRequest);
  if (!names) return names.error();
  if (*names == nullptr) return std::nullopt;
  fields.emplace();
  for (const json::value& name : **names) {
    if (!name.is_string()) return kBadRequest;
    fields->emplace_back(std::string_view(name.get_string()));
  }
  return std::nullopt;
}

json::object selected(json::object profile, const std::optional<std::vector<std::string>>& fields) {
  if (!fields) return profile;
  json::object kept;
  for (const std::string& name : *fields) {
    if (auto* value = profile.if_contains(name)) kept[name] = std::move(*value);
  }
  return kept;
}

std::expected<ExportRequest, std::string> read_export(const json::object& body) {
  ExportRequest request;
  const auto ids = list_of(body, "external_ids", kIdsMax, kTooMany);
  if (!ids) return std::unexpected(ids.error());
  const auto aliases = list_of(body, "user_aliases", kIdsMax, kTooMany);
  if (!aliases) return std::unexpected(aliases.error());
  if (*ids != nullptr) {
    for (const json::value& id : **ids) {
      auto text = text_or_integer(json::object{{"id", id}}, "id");
      if (!text) return std::unexpected(kBadRequest);
      request.wanted.push_back({Kind::external_id, std::move(*text), {}});
    }
  }
  if (*aliases != nullptr) {
    for (const json::value& alias : **aliases) {
      auto who = identifier_of(json::object{{"user_alias", alias}});
      if (!who) return std::unexpected(kBadRequest);
      request.wanted.push_back(std::move(*who));
    }
  }
  if (request.wanted.size() > kIdsMax) return std::unexpected(kTooMany);
  if (auto id = text_or_integer(body, "braze_id")) {
    request.wanted.push_back({Kind::braze_id, *id, {}});
  }
  if (auto email = text_or_integer(body, "email_address")) {
    request.wanted.push_back({Kind::email, base::to_lower(*email), {}});
  }
  if (auto phone = text_or_integer(body, "phone")) {
    request.wanted.push_back({Kind::phone, *phone, {}});
  }
  if (request.wanted.empty() && !text_or_integer(body, "device_id")) {
    return std::unexpected(kBadRequest);
  }
  if (auto wrong = read_fields(body, request.fields)) return std::unexpected(std::move(*wrong));
  return request;
}

base::Result<json::object> export_profiles(const ExportRequest& request, ProfileStore& profiles) {
  json::array users;
  json::array invalid;
  std::set<std::string> shown;  // a profile asked for twice is given once
  for (const Identifier& who : request.wanted) {
    const auto held = profiles.find(who);
    if (!held) return std::unexpected(held.error());
    if (*held != nullptr && shown.insert((*held)->profile.braze_id).second) {
      users.push_back(selected((*held)->profile.to_export(), request.fields));
    } else if (*held == nullptr && who.kind == Kind::external_id) {
      invalid.push_back(json::value(who.value));
    }
  }
  json::object out{{"users", std::move(users)}};
  if (!invalid.empty()) out["invalid_user_ids"] = std::move(invalid);
  out["message"] = "success";
  return out;
}

// Those of a segment, as a file that is made while the caller is answered.
Served begin_export(Call& call, const std::string& segment_id, const json::object& segment) {
  ExportJob job;
  job.segment_id = segment_id;
  job.segment = segment;
  if (auto wrong = read_fields(call.body, job.fields)) return refused(*wrong);
  if (!job.fields) return refused("'fields_to_export' is required");
  const std::string format =
      std::string(json::get_string(call.body, "output_format").value_or("zip"));
  if (format != "zip" && format != "gzip") return refused("'output_format' must be zip or gzip");
  job.is_gzip = format == "gzip";
  if (call.body.contains("callback_endpoint")) {
    call.diagnostics.add("BRZ_NO_CALLBACK",
                         "The sandbox calls nobody back; fetch the url of the answer.");
  }
  job.prefix = new_api_id(call) + "-" + std::to_string(call.now.ms / 1'000);
  const std::string host(call.request.header("Host").value_or("127.0.0.1"));
  const std::string file = job.prefix + (job.is_gzip ? ".gz" : ".zip");
  if (!call.world.exports.begin(job)) {
    return refused("An export of this segment is running already");
  }
  return success(201, {{"object_prefix", job.prefix},
                       {"url", "http://" + host + "/_sandbox/exports/" + file}});
}

}  // namespace

Served export_ids(Call& call) {
  const auto request = read_export(call.body);
  if (!request) return refused(request.error());
  auto body = export_profiles(*request, call.world.profiles);
  if (!body) return std::unexpected(body.error());
  return Outcome(json_answer(201, *body));
}

Served export_segment(Call& call) {
  const std::string segment_id = text_in(call.body, "segment_id");
  const json::object* segment = call.world.workspace.find("segments", segment_id);
  if (segment == nullptr) return refused("Invalid segment ID");
  return begin_export(call, segment_id, *segment);
}

// The group is a segment that the dashboard marks as such.
Served export_control_group(Call& call) {
  for (const auto& [id, segment] : call.world.workspace.all("segments")) {
    if (json::get_bool(segment, "global_control_group").value_or(false)) {
      return begin_export(call, id, segment);
    }
  }
  call.diagnostics.add("BRZ_NO_CONTROL_GROUP",
                       "Mark a segment with \"global_control_group\": true under "
                       "/_sandbox/workspace/segments.");
  return refused("There is no Global Control Group");
}

}  // namespace millrace::braze
