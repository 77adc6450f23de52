// What Content Blocks, e-mail templates and preference centers have in common (reference:
// content-and-centers.md): texts with Liquid, tags, and lists by when something was changed.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "braze/front/endpoint.hpp"

namespace millrace::braze {

// A fresh id, as Braze's API identifiers look.
std::string new_api_id(Call& call);

// Letters, digits, hyphens and underscores, at least one.
bool is_plain_name(std::string_view name);

// "{{content_blocks.${name}}}", by which a text includes a Content Block.
std::string block_tag(std::string_view name);
// The names of the Content Blocks that a text includes.
std::vector<std::string> included_blocks(std::string_view text);
// Whether every tag and output of Liquid in it has its end.
bool is_liquid(std::string_view text);

// What is wrong with `tags`, if there are any; "" when nothing is. A tag exists when something in
// the dashboard has it.
std::string wrong_with_tags(const json::object& body, const Workspace& workspace);

// The page of a kind that a list asks for, oldest first; an error is the message of a 400. `noun`
// is how its messages call one of them.
struct Found {
  std::string id;
  const json::object* object = nullptr;
};
std::expected<std::vector<Found>, std::string> changed_between(const Call& call,
                                                               std::string_view kind,
                                                               const std::string& noun);

}  // namespace millrace::braze
