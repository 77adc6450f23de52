// What the sandbox has to say about a request beyond Braze's own answer, in plain words. No key and
// no personal data in it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace millrace::braze {

struct Diagnostic {
  std::string code;  // "BRZ_MISSING_BEARER"
  std::string message;
};

class Diagnostics {
 public:
  // The same code is said once a request.
  void add(std::string code, std::string message) {
    const bool known = std::ranges::any_of(
        items_, [&](const Diagnostic& diagnostic) { return diagnostic.code == code; });
    if (!known) items_.push_back({std::move(code), std::move(message)});
  }
  bool empty() const { return items_.empty(); }
  json::array to_json() const {
    json::array out;
    for (const Diagnostic& item : items_) {
      out.push_back(json::object{{"code", item.code}, {"message", item.message}});
    }
    return out;
  }

 private:
  std::vector<Diagnostic> items_;
};

}  // namespace millrace::braze
