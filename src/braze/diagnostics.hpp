// What the sandbox has to say about a request beyond Braze's own answer, in plain words. No key and
// no personal data in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace millrace::braze {

struct Diagnostic {
  std::string code;  // "BRZ_MISSING_BEARER"
  std::string message;
};

class Diagnostics {
 public:
  // The same sentence is said once; no code more than a few times, so that seventy-five items with
  // one mistake do not hide the other mistake.
  void add(std::string code, std::string message);
  bool empty() const { return items_.empty(); }
  json::array to_json() const;
  // As much of it as a header may carry, in ASCII.
  std::string to_header() const;

 private:
  std::vector<Diagnostic> items_;
};

// A name a caller chose, shortened, in quotes, and without an e-mail address should it hold one.
std::string quoted_name(std::string_view name);

}  // namespace millrace::braze
