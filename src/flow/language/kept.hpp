// What was made of a file's text, kept for as long as the text stays the same.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "flow/flow.hpp"

namespace millrace::flow {

template <typename T>
class Kept {
 public:
  // What `make` gives for that text; it is asked only when the text is another than before.
  template <typename Make>
  const T& of(const std::string& path, const std::string& text, Make make) {
    const auto found = entries_.find(path);
    if (found != entries_.end() && found->second.first == text) return found->second.second;
    return (entries_[path] = {text, make()}).second;
  }

  void forget_others(const Files& files) {
    std::erase_if(entries_, [&](const auto& entry) { return !files.contains(entry.first); });
  }

 private:
  std::map<std::string, std::pair<std::string, T>> entries_;
};

}  // namespace millrace::flow
