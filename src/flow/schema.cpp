#include "flow/schema.hpp"

namespace millrace::flow {

extern const std::string_view kFlowSchema;
extern const std::string_view kSolutionSchema;
extern const std::string_view kMessagesSchema;
extern const std::string_view kNluSchema;

std::optional<std::string_view> json_schema(std::string_view kind) {
  if (kind == "flow") return kFlowSchema;
  if (kind == "solution") return kSolutionSchema;
  if (kind == "messages") return kMessagesSchema;
  if (kind == "nlu") return kNluSchema;
  return std::nullopt;
}

}  // namespace millrace::flow
