// Content Blocks (reference: content-and-centers.md 1).
#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "braze/endpoints/content/content.hpp"
#include "braze/endpoints/handlers.hpp"

namespace millrace::braze {
namespace {

constexpr const char* kKind = "content_blocks";
constexpr size_t kNameMax = 100;
constexpr size_t kDescriptionMax = 250;
constexpr size_t kContentBytesMax = 50 << 10;
constexpr size_t kBlocksMax = 1'000;  // ours

std::string wrong_with_content(const json::object& body, std::string_view name) {
  const auto* given = body.if_contains("content");
  if (given == nullptr || given->is_null()) return "Content cannot be blank.";
  if (!given->is_string()) return "Content must be a string.";
  const std::string_view content(given->get_string());
  if (base::trim(content).empty()) return "Content cannot be blank.";
  if (content.size() >= kContentBytesMax) return "Content must be smaller than 50kb.";
  if (!is_liquid(content)) return "Content contains malformed liquid.";
  const auto included = included_blocks(content);
  if (std::ranges::find(included, name) != included.end()) {
    return "Content Block cannot be referenced within itself.";
  }
  return "";
}

std::string wrong_with_description(const json::object& body) {
  const auto* given = body.if_contains("description");
  if (given == nullptr) return "";
  if (!given->is_string()) return "Content Block description must be a string.";
  const std::string_view text(given->get_string());
  if (text.empty()) return "Content Block description cannot be blank.";
  if (base::utf8_length(text) < kDescriptionMax) return "";
  return "Content block description must be shorter than 250 characters.";
}

// `own` is the id of the block that may have the name already.
std::string wrong_with_name(const json::object& body, const Workspace& workspace,
                            std::string_view own) {
  const std::string name = text_in(body, "name");
  if (name.empty()) return "Content Block name cannot be blank.";
  if (name.size() >= kNameMax) return "Content Block name must be a shorter than 100 characters.";
  if (!is_plain_name(name)) return "Content Block name can only contain alphanumeric characters.";
  const bool is_taken = std::ranges::any_of(workspace.all(kKind), [&](const auto& other) {
    return other.first != own && text_in(other.second, "name") == name;
  });
  return is_taken ? "Content Block with this name already exists." : "";
}

std::string wrong_with_state(const json::object& body) {
  const auto* given = body.if_contains("state");
  if (given == nullptr) return "";
  const std::string state = text_in(body, "state");
  return state == "active" || state == "draft"
             ? ""
             : "Content Block state must be either Active or Draft.";
}

std::string first_of(std::initializer_list<std::string> complaints) {
  const auto found = std::ranges::find_if(
      complaints, [](const std::string& complaint) { return !complaint.empty(); });
  return found == complaints.end() ? "" : *found;
}

// A new name of an active block, or a way back to a draft.
std::string wrong_with_change(const json::object& body, const json::object& block) {
  if (text_in(block, "state") != "active") return "";
  if (body.contains("name") && text_in(body, "name") != text_in(block, "name")) {
    return "Content Block name cannot be updated for active Content Blocks.";
  }
  if (text_in(body, "state") == "draft") {
    return "Active Content Block can not be updated to Draft. Please create a new Content Block.";
  }
  return "";
}

void lay_over(json::object& block, const json::object& body) {
  for (const char* name : {"name", "description", "content", "state", "tags"}) {
    if (const auto* value = body.if_contains(name)) block[name] = *value;
  }
}

std::string content_type(const json::object& block) {
  const std::string content = text_in(block, "content");
  auto parts = base::split(content, '<');
  parts.erase(parts.begin());
  const bool is_html = std::ranges::any_of(parts, [](std::string_view part) {
    const char first = part.empty() ? ' ' : part.front();
    return (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '!';
  });
  return is_html ? "html" : "text";
}

// How many other blocks and templates include each of them, by their names.
std::map<std::string, int64_t> inclusions(const Workspace& workspace) {
  std::map<std::string, int64_t> counts;
  for (const auto& [kind, member] :
       {std::pair(kKind, "content"), std::pair("email_templates", "body")}) {
    for (const auto& [id, object] : workspace.all(kind)) {
      const auto names = included_blocks(text_in(object, member));
      for (const std::string& name : std::set(names.begin(), names.end())) ++counts[name];
    }
  }
  return counts;
}

Outcome kept(const std::string& id, const json::object& block) {
  return success(201, {{"content_block_id", id},
                       {"liquid_tag", block_tag(text_in(block, "name"))},
                       {"created_at", text_in(block, "created_at")}});
}

}  // namespace

Served create_content_block(Call& call) {
  if (call.world.workspace.all(kKind).size() >= kBlocksMax) {
    return refused("There are too many Content Blocks.");
  }
  const std::string name = text_in(call.body, "name");
  const std::string wrong =
      first_of({wrong_with_content(call.body, name), wrong_with_description(call.body),
                wrong_with_name(call.body, call.world.workspace, ""), wrong_with_state(call.body),
                wrong_with_tags(call.body, call.world.workspace)});
  if (!wrong.empty()) return refused(wrong);
  const std::string id = new_api_id(call);
  const std::string now = base::to_iso8601(call.now);
  json::object block{{"state", "active"}, {"created_at", now}, {"updated_at", now}};
  lay_over(block, call.body);
  auto outcome = kept(id, block);
  call.world.workspace.put(kKind, id, std::move(block));
  return outcome;
}

Served update_content_block(Call& call) {
  const std::string id = text_in(call.body, "content_block_id");
  if (id.empty()) return refused("Content Block ID cannot be blank.");
  const auto* block = call.world.workspace.find(kKind, id);
  if (block == nullptr) return refused("Content Block ID is invalid for this App Group.");
  const bool renames = call.body.contains("name");
  const std::string name = text_in(renames ? call.body : *block, "name");
  const std::string wrong =
      first_of({call.body.contains("content") ? wrong_with_content(call.body, name) : "",
                wrong_with_description(call.body),
                renames ? wrong_with_name(call.body, call.world.workspace, id) : "",
                wrong_with_state(call.body), wrong_with_change(call.body, *block),
                wrong_with_tags(call.body, call.world.workspace)});
  if (!wrong.empty()) return refused(wrong);
  json::object changed = *block;
  lay_over(changed, call.body);
  changed["updated_at"] = base::to_iso8601(call.now);
  auto outcome = kept(id, changed);
  call.world.workspace.put(kKind, id, std::move(changed));
  return outcome;
}

Served content_block_info(Call& call) {
  const std::string id = call.query_value("content_block_id");
  if (id.empty()) return refused("Content Block ID cannot be blank.");
  const auto* block = call.world.workspace.find(kKind, id);
  if (block == nullptr) return refused("Content Block ID is invalid for this App Group.");
  return success(200,
                 {{"content_block_id", id},
                  {"name", text_in(*block, "name")},
                  {"content", text_in(*block, "content")},
                  {"description", text_in(*block, "description")},
                  {"content_type", content_type(*block)},
                  {"tags", items_in(*block, "tags")},
                  {"created_at", text_in(*block, "created_at")},
                  {"last_edited", text_in(*block, "updated_at")},
                  {"inclusion_count", inclusions(call.world.workspace)[text_in(*block, "name")]}});
}

Served list_content_blocks(Call& call) {
  const auto found = changed_between(call, kKind, "Content Block");
  if (!found) return refused(found.error());
  auto counts = inclusions(call.world.workspace);
  json::array blocks;
  for (const auto& [id, block] : *found) {
    const std::string name = text_in(*block, "name");
    blocks.push_back(json::object{{"content_block_id", id},
                                  {"name", name},
                                  {"content_type", content_type(*block)},
                                  {"liquid_tag", block_tag(name)},
                                  {"inclusion_count", counts[name]},
                                  {"created_at", text_in(*block, "created_at")},
                                  {"last_edited", text_in(*block, "updated_at")},
                                  {"tags", items_in(*block, "tags")}});
  }
  return success(200, {{"count", found->size()}, {"content_blocks", std::move(blocks)}});
}

}  // namespace millrace::braze
