// The pages by which an operator comes in and sees what is owed: embedded files, for the files of
// this room only.
#pragma once

#include <string_view>

#include "base/web/web.hpp"

namespace millrace::api {

bool serves_page(std::string_view path);
web::Response page_answer(const web::Request& request);

}  // namespace millrace::api
