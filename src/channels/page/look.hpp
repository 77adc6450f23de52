// The chat page of one solution: index.html with what that solution's files say about it, and the
// policy under which browsers show it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "flow/flow.hpp"

namespace millrace::channels {

// `{{title}}` and the like in index.html stand for what follows from the solution; `files` is where
// the page's own files are, seen from /chat/{app}.
std::string page_of(const flow::Program& program, std::string_view files);

// The Content-Security-Policy of that page: its own scripts and styles, its own origin, images and
// embedded pages over https. If solution.yaml lists origins, only pages of those may frame it, and,
// of a server that only this machine reaches (`host` is its name in the request), pages of this
// machine.
std::string policy_of(const flow::Program& program, std::string_view host);

// The style that a theme comes to; "" for none.
std::string style_of(const flow::Theme* theme);

}  // namespace millrace::channels
