#include "runtime/records/record_v0.hpp"

#include <algorithm>

namespace millrace::runtime {
namespace {

// The order in which the enumerators stood when their numbers were written.
constexpr std::string_view kTimers[] = {"opening", "silence", "pause", "progress", "limit"};
constexpr std::string_view kReasons[] = {"survey", "migrated", "restarted"};

template <size_t N>
base::Result<void> name_at(json::object& in, std::string_view member,
                           const std::string_view (&names)[N]) {
  const auto number = json::get_integer(in, member);
  if (!number || *number < 0 || *number >= static_cast<int64_t>(N)) {
    return base::fail(base::Code::data_loss, "'" + std::string(member) + "' of the input is none");
  }
  in[member] = names[*number];
  return {};
}

template <size_t N>
void number_at(json::object& in, std::string_view member, const std::string_view (&names)[N]) {
  const auto* found = std::ranges::find(names, json::get_string(in, member).value_or(""));
  in[member] = found - names;
}

}  // namespace

base::Result<json::object> input_from_version_0(json::object in) {
  const auto kind = json::get_string(in, "k");
  base::Result<void> done;
  if (kind == "due") done = name_at(in, "kind", kTimers);
  if (kind == "adopted") done = name_at(in, "why", kReasons);
  if (!done) return std::unexpected(done.error());
  return in;
}

json::object input_to_version_0(json::object in) {
  const auto kind = json::get_string(in, "k");
  if (kind == "said") in.emplace("starts", false);
  if (kind == "due") number_at(in, "kind", kTimers);
  if (kind == "adopted") number_at(in, "why", kReasons);
  return in;
}

}  // namespace millrace::runtime
