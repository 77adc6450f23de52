// POST /messaging/v1/chats/{id}/files: a file, in slices that a request can hold.
#include <charconv>

#include "engage/asking.hpp"
#include "engage/engage.hpp"
#include "engage/wire.hpp"

namespace millrace::engage {
namespace {

// Absent: 0.
std::optional<size_t> number_in(const web::Request& request, std::string_view name) {
  const std::string text = request.query_parameter(name).value_or("0");
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

web::Response taken_response(const FileTaken& taken) {
  if (!taken.file) {
    return web::json_response(
        202, json::serialize(json::object{{"upload", taken.upload}, {"received", taken.received}}));
  }
  return web::json_response(201, json::serialize(json::object{{"file", taken.file->url},
                                                              {"file_status", "ready"},
                                                              {"file_name", taken.file->name},
                                                              {"file_type", taken.file->type}}));
}

}  // namespace

void Engagement::take_file(const web::Request& request, std::string_view chat,
                           const Identity& identity, web::Respond respond) {
  if (base::Id::parse(chat) != identity.chat) {
    return respond(error_response(404, "there is no such chat"));
  }
  // A page has to be asked for before it may send the token, whatever type the bytes have.
  if (auto refused = refusal(request, identity.app, Does::look)) {
    return respond(std::move(*refused));
  }
  const auto solution = solutions_.find(identity.app);
  if (files_ == nullptr || !solution || solution->program->uploads.megabytes_max == 0) {
    return respond(error_response(404, "no files are taken here"));
  }
  if (auto wait = take_turn(shares_, {request.network, request.is_local}, identity, 0)) {
    return respond(too_many("too much was sent; wait", *wait));
  }
  const auto bytes = number_in(request, "size");
  const auto offset = number_in(request, "offset");
  if (!bytes || !offset) return respond(error_response(400, "size and offset are numbers"));
  const flow::Uploads& uploads = solution->program->uploads;
  FileSlice slice{.consumer = identity.consumer,
                  .upload = request.query_parameter("upload").value_or(""),
                  .name = request.query_parameter("name").value_or(""),
                  .bytes = *bytes == 0 && *offset == 0 ? request.body.size() : *bytes,
                  .offset = *offset,
                  .part = request.body,
                  .bytes_max = static_cast<size_t>(uploads.megabytes_max) << 20,
                  .kinds = uploads.kinds};
  files_->take(std::move(slice),
               [respond = std::move(respond)](base::Result<FileTaken> taken) mutable {
                 respond(taken ? taken_response(*taken) : error_response(taken.error()));
               });
}

}  // namespace millrace::engage
