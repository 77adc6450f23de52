#include "delivery/braze/parcel.hpp"

#include <algorithm>

#include "base/escape.hpp"
#include "base/json_plain.hpp"
#include "delivery/braze/identifiers.hpp"

namespace millrace::delivery::braze {
namespace {

using base::Code;
using base::fail;

constexpr size_t kObjectsMax = 10'000;  // of one row

void append_member(std::string& out, std::string_view name, const json::value& value) {
  if (!out.empty() && out.back() != '{') out += ',';
  json::append_quoted(out, name);
  out += ':';
  json::append_plain(out, value);
}

bool is_identifier(std::string_view name, const json::value& value) {
  if (name == "user_alias") {
    const json::object* alias = value.if_object();
    return alias != nullptr && json::get_string(*alias, "alias_name") &&
           json::get_string(*alias, "alias_label");
  }
  return (value.is_string() && !value.get_string().empty()) ||
         (name == "external_id" && value.is_int64());
}

// The first identifier there is.
base::Result<void> read_user(const json::object& user, BrazeParcel& parcel) {
  for (const std::string_view name : kIdentifiers) {
    const json::value* value = user.if_contains(name);
    if (value == nullptr || !is_identifier(name, *value)) continue;
    append_member(parcel.user, name, *value);
    parcel.queues.push_back(queue_of(name, json::to_text(*value)));
    return {};
  }
  return fail(Code::invalid_argument,
              "no user: external_id, user_alias, braze_id, email or phone is needed");
}

base::Result<void> read_array(const Row& row, const json::object& body, Array array,
                              BrazeParcel& parcel) {
  const json::value* member = body.if_contains(to_string(array));
  if (member == nullptr || member->is_null()) return {};
  const json::array* items = member->if_array();
  if (items == nullptr) {
    return fail(Code::invalid_argument, std::string(to_string(array)) + " is not an array");
  }
  for (const json::value& item : *items) {
    const json::object* fields = item.if_object();
    if (fields == nullptr) {
      return fail(Code::invalid_argument,
                  std::string(to_string(array)) + " holds something that is not an object");
    }
    json::object properties;
    if (const json::object* given = json::get_object(*fields, "properties")) properties = *given;
    properties["delivery_id"] = row.key + "#" + std::to_string(parcel.objects.size());
    std::string text = "{" + parcel.user + parcel.options;
    for (const auto& [name, value] : *fields) {
      if (name == "properties" || is_identifier_name(name)) continue;
      append_member(text, name, value);
    }
    append_member(text, "properties", json::value(std::move(properties)));
    parcel.objects.push_back({static_cast<int>(array), {}, text + "}", true});
  }
  return {};
}

base::Result<BrazeParcel> read_track(const Row& row, const json::object& body, BrazeParcel parcel) {
  const json::object* user = json::get_object(body, "user");
  if (auto found = read_user(user == nullptr ? json::object() : *user, parcel); !found) {
    return std::unexpected(found.error());
  }
  if (const json::object* options = json::get_object(body, "options")) {
    if (const auto existing = json::get_bool(*options, "_update_existing_only")) {
      parcel.options = std::string(",\"_update_existing_only\":") + (*existing ? "true" : "false");
    }
  }
  if (const json::object* attributes = json::get_object(body, "attributes")) {
    Object object{static_cast<int>(Array::attributes), *attributes, "", false};
    // An identifier among the attributes is one only when it is the user's own.
    for (const std::string_view name : {"external_id", "user_alias", "braze_id"}) {
      object.fields.erase(name);
    }
    for (const std::string_view name : {"email", "phone"}) {
      if (parcel.user.starts_with("\"" + std::string(name) + "\"")) object.fields.erase(name);
    }
    parcel.is_merging = json::get_bool(object.fields, "_merge_objects").value_or(false);
    object.is_counting = std::ranges::any_of(
        object.fields, [](const auto& member) { return is_counting(member.value()); });
    if (!object.fields.empty()) parcel.objects.push_back(std::move(object));
  }
  for (const Array array : {Array::events, Array::purchases}) {
    if (auto read = read_array(row, body, array, parcel); !read) {
      return std::unexpected(read.error());
    }
  }
  if (parcel.objects.size() > kObjectsMax) {
    return fail(Code::invalid_argument, "more than 10,000 objects");
  }
  return parcel;
}

base::Result<BrazeParcel> read_identify(const json::object& body, BrazeParcel parcel) {
  const auto external_id = json::get_string(body, "external_id");
  const json::value* alias = body.if_contains("user_alias");
  if (!external_id || external_id->empty() || alias == nullptr ||
      !is_identifier("user_alias", *alias)) {
    return fail(Code::invalid_argument, "external_id and user_alias are needed");
  }
  parcel.queues.push_back(queue_of("external_id", *external_id));
  parcel.queues.push_back(queue_of("user_alias", json::to_text(*alias)));
  parcel.is_alone = true;
  parcel.changes_profiles = true;
  parcel.method = "POST";
  parcel.path = "/users/identify";
  json::object identified{{"external_id", *external_id}, {"user_alias", *alias}};
  Object object{static_cast<int>(Array::whole), {}, "", false};
  object.text = json::serialize_plain(
      json::object{{"aliases_to_identify", json::array{std::move(identified)}}});
  parcel.objects.push_back(std::move(object));
  return parcel;
}

// As people write it: 5.5 and 5, never 5.0 or 1e21.
std::string query_text(const json::value& value) {
  if (!value.is_double()) return json::to_text(value);
  std::string text = json::serialize_plain(value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

// A name with an array as its value is written once for each of its elements.
std::string query_of(const json::object& query) {
  std::string out;
  const auto add = [&](std::string_view name, const json::value& value) {
    out += out.empty() ? '?' : '&';
    out += base::percent_encode(name) + "=" + base::percent_encode(query_text(value));
  };
  for (const auto& [name, value] : query) {
    if (const json::array* several = value.if_array()) {
      for (const json::value& one : *several) add(name, one);
    } else {
      add(name, value);
    }
  }
  return out;
}

bool is_path(std::string_view path) {
  return path.size() > 1 && path.size() <= 512 && path[0] == '/' && path[1] != '/' &&
         std::ranges::all_of(
             path,
             [](char c) { return c > ' ' && c < 0x7f && c != '#' && c != '?' && c != '\\'; }) &&
         path.find("/..") == path.npos;
}

base::Result<BrazeParcel> read_call(const json::object& body, BrazeParcel parcel) {
  const std::string_view method = json::get_string(body, "method").value_or("POST");
  const std::string_view path = json::get_string(body, "path").value_or("");
  if (method != "POST" && method != "GET") {
    return fail(Code::invalid_argument, "the method is neither POST nor GET");
  }
  if (!is_path(path)) {
    return fail(Code::invalid_argument, "the path is not one like /canvas/trigger/send");
  }
  parcel.is_alone = true;
  parcel.method = method;
  parcel.path = path;
  if (const json::object* query = json::get_object(body, "query")) parcel.path += query_of(*query);
  parcel.changes_profiles = method == "POST" && path.starts_with("/users/");
  Object object{static_cast<int>(Array::whole), {}, "", method == "POST"};
  const json::value* content = body.if_contains("body");
  if (content != nullptr && !content->is_null()) object.text = json::serialize_plain(*content);
  parcel.objects.push_back(std::move(object));
  return parcel;
}

}  // namespace

std::string_view to_string(Array array) {
  switch (array) {
    case Array::attributes: return "attributes";
    case Array::events: return "events";
    case Array::purchases: return "purchases";
    case Array::whole: return "request";
  }
  return "";
}

base::Result<BrazeParcel> read_parcel(const Row& row) {
  const auto body = json::parse_object(row.body);
  if (!body) return std::unexpected(body.error());
  BrazeParcel parcel;
  parcel.queues.push_back(queue_of("consumer", row.consumer.as_bytes()));
  if (row.kind == "braze.track") return read_track(row, *body, std::move(parcel));
  if (row.kind == "braze.identify") return read_identify(*body, std::move(parcel));
  if (row.kind == "braze.call") return read_call(*body, std::move(parcel));
  return fail(Code::invalid_argument, "there is no kind '" + row.kind + "'");
}

bool is_counting(const json::value& attribute) {
  const json::object* object = attribute.if_object();
  return object != nullptr && (object->contains("inc") || object->contains("$add"));
}

bool is_plain(std::string_view name, const json::value& attribute) {
  // Each entry of these is applied by itself.
  if (name == "subscription_groups" || name == "push_tokens" || name == "push_token_import") {
    return false;
  }
  const json::object* object = attribute.if_object();
  if (object == nullptr) return true;
  return std::ranges::none_of(
      std::initializer_list<std::string_view>{"inc", "add", "remove", "$add", "$remove", "$update"},
      [&](std::string_view operation) { return object->contains(operation); });
}

std::string attributes_text(const BrazeParcel& parcel, const json::object& attributes, Part part) {
  std::string text = "{" + parcel.user + parcel.options;
  bool has_one = false;
  for (const auto& [name, value] : attributes) {
    const bool is_flag = name == "_merge_objects";
    if (part == Part::repeatable && is_counting(value)) continue;
    if (part == Part::counting && !is_flag && !is_counting(value)) continue;
    has_one |= !is_flag;
    append_member(text, name, value);
  }
  return has_one ? text + "}" : "";
}

}  // namespace millrace::delivery::braze
