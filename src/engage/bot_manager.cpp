#include "base/web/routes.hpp"
#include "engage/engage.hpp"

namespace millrace::engage {
namespace {

enum class Who { anyone };
enum class Asked { graph };

const web::Routes<Who, Asked>& routes() {
  static const web::Routes<Who, Asked> kRoutes(
      {{"PUT", "/botmanager/versions/{version}/graph", Who::anyone, Asked::graph}});
  return kRoutes;
}

}  // namespace

void BotManager::handle(web::Request request, web::Respond respond) {
  const auto found = routes().find(request.method, request.path);
  if (!found) {
    return respond(web::json_response(404, R"({"message":"there is nothing at this address"})"));
  }
  if (solutions_.version(found->values["version"]) == nullptr) {
    return respond(web::json_response(404, R"({"message":"there is no such version"})"));
  }
  respond(
      web::json_response(412, R"({"message":"Solution version is set and cannot be updated."})"));
}

}  // namespace millrace::engage
