#include "api/studio_call.hpp"

namespace millrace::api {

Replied file_or_unchanged(const Call& call, base::Result<json::object> file) {
  if (!file) return std::unexpected(file.error());
  const std::string etag = "\"" + std::string(json::get_string(*file, "hash").value_or("")) + "\"";
  if (call.request.header("If-None-Match") == etag) {
    return Reply(web::Response{304, {{"ETag", etag}}, {}});
  }
  Reply reply(std::move(*file));
  reply.headers.push_back({"ETag", etag});
  return reply;
}

base::Result<void> check_script_right(const Call& call, std::string_view solution,
                                      std::string_view path) {
  if (call.ports.studio.is_authors_file(path)) return {};
  if (call.may(Right::script_write, solution, "")) return {};
  return base::fail(base::Code::permission_denied,
                    "scripts and settings take the right script.write", "script.write");
}

base::Result<void> check_files_right(const Call& call, std::string_view solution,
                                     std::string_view member) {
  const auto* files = json::get_object(call.body, member);
  if (files == nullptr) return {};
  for (const auto& [path, text] : *files) {
    if (auto may = check_script_right(call, solution, path); !may) return may;
  }
  return {};
}

base::Result<void> note(Call& call, std::string_view action, std::string_view what,
                        std::string_view after) {
  std::string object(call.path["solution"]);
  object += '/';
  object += what;
  return call.audit(call.who.right(), action, object, after);
}

}  // namespace millrace::api
