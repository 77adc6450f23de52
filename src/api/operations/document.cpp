// The document of the API itself.
#include "api/operation.hpp"

namespace millrace::api {
namespace {

Replied get_document(Call& call) {
  return Reply(openapi(call.options));
}

}  // namespace

std::vector<Operation> document_operations() {
  return {
      {.id = "getOpenApi",
       .method = "GET",
       .path = "/openapi.json",
       .who = Who::anyone(),
       .serve = get_document,
       .summary = "This document",
       .gives = "Document"},
  };
}

}  // namespace millrace::api
