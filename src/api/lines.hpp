// Answers of many lines of JSON, for the files of this room only.
#pragma once

#include <functional>

#include "api/operation.hpp"

namespace millrace::api {

using EachLine = std::function<void(const json::object&)>;

// application/x-ndjson with what `make` gives. Its error is the answer.
Replied lines(const std::function<base::Result<void>(const EachLine&)>& make);

// The same of more than is to be held at once: each time `page` is asked it gives some lines, until
// it gives none; on a thread of those that answer, after the operation has returned.
using NextPage = std::function<base::Result<void>(const EachLine&)>;
Replied paged_lines(const Call& call, NextPage page);

}  // namespace millrace::api
