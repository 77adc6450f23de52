// E-mail templates (reference: content-and-centers.md 2).
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "braze/endpoints/content/content.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

constexpr const char* kKind = "email_templates";
constexpr size_t kTemplatesMax = 1'000;      // ours, as is the next
constexpr size_t kTextBytesMax = 256 << 10;  // of each text
constexpr std::array<const char*, 5> kTexts{"template_name", "subject", "preheader", "body",
                                            "plaintext_body"};

// Of the blocks that its texts include, each is there.
bool has_known_blocks(const json::object& body, const Workspace& workspace) {
  return std::ranges::all_of(kTexts, [&](const char* text) {
    return std::ranges::all_of(
        included_blocks(text_in(body, text)), [&](const std::string& wanted) {
          return std::ranges::any_of(workspace.all("content_blocks"), [&](const auto& block) {
            return text_in(block.second, "name") == wanted;
          });
        });
  });
}

std::string wrong_with(const json::object& body, const Workspace& workspace) {
  for (const char* name : kTexts) {
    const auto* given = body.if_contains(name);
    if (given != nullptr && !given->is_null() && !given->is_string()) {
      return "'" + std::string(name) + "' must be a string";
    }
    if (text_in(body, name).size() > kTextBytesMax) {
      return "'" + std::string(name) + "' must be at most 256 KB";
    }
  }
  const auto* inlines = body.if_contains("should_inline_css");
  if (inlines != nullptr && !inlines->is_bool()) return "'should_inline_css' must be a boolean";
  if (auto wrong = wrong_with_tags(body, workspace); !wrong.empty()) return wrong;
  return has_known_blocks(body, workspace) ? "" : "Email must have valid content block names.";
}

// Whether anything of it was given.
bool lay_over(json::object& kept, const json::object& body) {
  bool is_any = false;
  const auto take = [&](const char* name) {
    const auto* value = body.if_contains(name);
    if (value == nullptr) return;
    kept[name] = *value;
    is_any = true;
  };
  for (const char* name : kTexts) take(name);
  take("tags");
  take("should_inline_css");
  return is_any;
}

json::object head(const std::string& id, const json::object& kept) {
  return {{"email_template_id", id},
          {"template_name", text_in(kept, "template_name")},
          {"created_at", text_in(kept, "created_at")},
          {"updated_at", text_in(kept, "updated_at")},
          {"tags", items_in(kept, "tags")}};
}

}  // namespace

Served create_email_template(Call& call) {
  if (call.world.workspace.all(kKind).size() >= kTemplatesMax) {
    return refused("There are too many email templates");
  }
  if (base::trim(text_in(call.body, "template_name")).empty()) {
    return refused("Template Name is required");
  }
  if (auto wrong = wrong_with(call.body, call.world.workspace); !wrong.empty()) {
    return refused(wrong);
  }
  const std::string id = new_api_id(call);
  const std::string now = base::to_iso8601(call.now);
  json::object kept{{"created_at", now}, {"updated_at", now}};
  lay_over(kept, call.body);
  call.world.workspace.put(kKind, id, std::move(kept));
  return success(201, {{"email_template_id", id}});
}

Served update_email_template(Call& call) {
  const std::string id = text_in(call.body, "email_template_id");
  const auto* kept = call.world.workspace.find(kKind, id);
  if (kept == nullptr) return refused("Invalid email template ID");
  if (call.body.contains("template_name") &&
      base::trim(text_in(call.body, "template_name")).empty()) {
    return refused("Template Name is required");
  }
  if (auto wrong = wrong_with(call.body, call.world.workspace); !wrong.empty()) {
    return refused(wrong);
  }
  json::object changed = *kept;
  if (!lay_over(changed, call.body)) return refused("At least one field to update is required");
  changed["updated_at"] = base::to_iso8601(call.now);
  call.world.workspace.put(kKind, id, std::move(changed));
  return success(201, {{"email_template_id", id}});
}

Served email_template_info(Call& call) {
  const std::string id = call.query_value("email_template_id");
  const auto* kept = call.world.workspace.find(kKind, id);
  if (kept == nullptr) return refused("Invalid email template ID");
  json::object body = head(id, *kept);
  for (const char* name : kTexts) body[name] = text_in(*kept, name);
  body["should_inline_css"] = json::get_bool(*kept, "should_inline_css").value_or(false);
  return success(200, std::move(body));
}

Served list_email_templates(Call& call) {
  const auto found = changed_between(call, kKind, "Email Template");
  if (!found) return refused(found.error());
  json::array templates;
  for (const auto& [id, kept] : *found) templates.push_back(head(id, *kept));
  return success(200, {{"count", found->size()}, {"templates", std::move(templates)}});
}

}  // namespace millrace::braze
