// A model that has read what a test says that it has.
#pragma once

#include <map>
#include <string>

#include "dialog/understood.hpp"

namespace millrace::testing_support {

class FakeReader : public dialog::Reader {
 public:
  explicit FakeReader(std::map<std::string, dialog::Understood, std::less<>> read)
      : read_(std::move(read)) {}

  std::optional<dialog::Understood> read(std::string_view text, std::string_view,
                                         base::Date) const noexcept override {
    const auto found = read_.find(text);
    if (found == read_.end()) return dialog::Understood{};
    return found->second;
  }

 private:
  std::map<std::string, dialog::Understood, std::less<>> read_;
};

}  // namespace millrace::testing_support
