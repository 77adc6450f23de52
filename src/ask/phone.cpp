#include <phonenumbers/phonenumberutil.h>
#include <unicode/locid.h>

#include "ask/known.hpp"
#include "ask/language.hpp"

namespace millrace::ask {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// Where a number without a country code is from: "pt" alone means Brazil, as most who say so do.
std::string likely_region(std::string_view locale) {
  UErrorCode status = U_ZERO_ERROR;
  icu::Locale tag = icu::Locale::forLanguageTag(std::string(locale), status);
  tag.addLikelySubtags(status);
  return U_FAILURE(status) ? std::string("US") : std::string(tag.getCountry());
}

std::string in_capitals(std::string_view region) {
  std::string out(region);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

}  // namespace

bool is_phone_region(std::string_view region) {
  return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(in_capitals(region)) != 0;
}

Reading read_phone(const Rules& rules, std::string_view text, std::string_view locale) {
  constexpr size_t kLengthMax = 100;
  if (text.size() > kLengthMax) return {};
  std::string region = in_capitals(rules.region);
  if (region.empty()) region = region_of(locale);
  if (region.empty()) region = likely_region(locale);
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(std::string(text), region, &number) != PhoneNumberUtil::NO_PARSING_ERROR)
    return {};
  if (!util.IsValidNumber(number)) return {};
  std::string out;
  util.Format(number, PhoneNumberUtil::E164, &out);
  return accepted(std::move(out));
}

std::string show_phone(std::string_view value) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(std::string(value), "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) {
    return std::string(value);
  }
  std::string out;
  util.Format(number, PhoneNumberUtil::INTERNATIONAL, &out);
  return out;
}

}  // namespace millrace::ask
