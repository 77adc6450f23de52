// Where events come from: what solution.yaml says about each site, app or server that sends them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::listener {

// What is kept of the address from which somebody sends.
enum class Addresses { drop, truncate, keep };

struct Source {
  std::string name;       // "solution/source": what events and lists call it
  std::string write_key;  // not a secret: it stands in the pages
  // Pages that may send with it (web::is_origin_pattern); empty: all pages.
  std::vector<std::string> origins;
  Addresses addresses = Addresses::drop;
};

// The sources of all solutions that are served now. Thread-safe.
class Sources {
 public:
  virtual ~Sources() = default;
  // nullptr: no source has this key.
  virtual std::shared_ptr<const Source> with_key(std::string_view write_key) const = 0;
  // By the name that events have it under; nullptr: it is gone.
  virtual std::shared_ptr<const Source> named(std::string_view name) const = 0;
  // Whether any source takes what pages of that origin send: a browser asks before it says which.
  virtual bool any_takes(std::string_view origin) const = 0;
};

}  // namespace millrace::listener
