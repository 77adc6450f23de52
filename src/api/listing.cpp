#include "api/listing.hpp"

namespace millrace::api {

base::Result<access::Grants> grants_in(const json::object& body) {
  auto grants = access::grants_from_json(body.at("grants"));
  if (!grants) grants.error().where = "/grants";
  return grants;
}

}  // namespace millrace::api
