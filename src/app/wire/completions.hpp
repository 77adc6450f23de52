// POST /actions/v1/completions/{token}: an outside system brings the result of a call that its
// script left pending. The token is the credential; it completes that call and nothing else.
#pragma once

#include "base/web/web.hpp"
#include "base/web/web_origin.hpp"
#include "runtime/runtime.hpp"

namespace millrace::app {

class Completions final : public web::Handler {
 public:
  Completions(runtime::Runtime& runtime, web::OriginRule origins)
      : runtime_(runtime), origins_(std::move(origins)) {}

  // 204 once the result is durable. 400: no JSON object; 403: not a token of ours, or too old, or a
  // page of elsewhere; 404: no longer awaited; 405; 415; 503: try again.
  void handle(web::Request request, web::Respond respond) override;

 private:
  runtime::Runtime& runtime_;
  const web::OriginRule origins_;
};

}  // namespace millrace::app
