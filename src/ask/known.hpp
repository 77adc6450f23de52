// What the readers and the stock texts know, for whoever checks a solution.
#pragma once

#include <string_view>

namespace millrace::ask {

// Whether telephone numbers can be read as of that country: "PT", of ISO 3166-1.
bool is_phone_region(std::string_view region);

// Whether the stock texts are in the locale's own language.
bool has_stock_texts(std::string_view locale);

}  // namespace millrace::ask
