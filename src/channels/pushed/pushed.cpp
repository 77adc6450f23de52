#include "channels/pushed/pushed.hpp"

#include "channels/errors.hpp"

namespace millrace::channels {
namespace {

web::Response taken_response(const runtime::Receipt& receipt) {
  return web::json_response(202, json::serialize(json::object{{"chat", receipt.chat.to_string()},
                                                              {"repeated", receipt.repeated}}));
}

}  // namespace

bool Pushed::serves(const runtime::Solution& solution, std::string_view name) const {
  return solution.program->pushed.contains(name);
}

void Pushed::say(runtime::SayRequest said, web::Respond respond) {
  runtime_.say(std::move(said), [this, respond = std::move(respond)](
                                    base::Result<runtime::Receipt> receipt) mutable {
    respond(receipt ? taken_response(*receipt) : error_response(receipt.error(), runtime_));
  });
}

}  // namespace millrace::channels
