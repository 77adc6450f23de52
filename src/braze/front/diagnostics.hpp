// What the sandbox has to say about a request beyond Braze's own answer, in plain words. No key and
// no personal data in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace millrace::braze {

// A sentence in three parts: a name a caller chose may stand in the middle. It is put together,
// and the name cleaned, only when somebody reads it.
struct Diagnostic {
  std::string code;  // "BRZ_MISSING_BEARER"
  std::string before;
  std::optional<std::string> name;
  std::string after;

  std::string message() const;
};

class Diagnostics {
 public:
  // The same sentence is said once; no code more than a few times, so that seventy-five items with
  // one mistake do not hide the other mistake.
  void add(std::string_view code, std::string_view message);
  void add(std::string_view code, std::string_view before, std::string_view name,
           std::string_view after);
  bool empty() const { return items_.empty(); }
  const std::vector<Diagnostic>& items() const { return items_; }
  json::array to_json() const;
  // As much of it as a header may carry, in ASCII.
  std::string to_header() const;

 private:
  bool is_full(std::string_view code) const;

  std::vector<Diagnostic> items_;
};

// A name a caller chose, shortened, in quotes, and without an e-mail address should it hold one.
std::string quoted_name(std::string_view name);

}  // namespace millrace::braze
