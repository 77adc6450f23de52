// Paths as clients send them, against a table with every kind of pattern: whatever is found was
// asked for with a method it has, and its values are pieces of the path.
#include "base/web/routes.hpp"
#include "base/web/web.hpp"

using namespace millrace;

namespace {

enum class Who { anyone };

const web::Routes<Who, int>& table() {
  static const web::Routes<Who, int> kTable({{"GET", "/", Who::anyone, 0},
                                             {"GET", "/chats/{chat}", Who::anyone, 1},
                                             {"POST", "/chats/{chat}/turns/{turn}", Who::anyone, 2},
                                             {"GET", "/chats/parked", Who::anyone, 3},
                                             {"*", "/assets/{file...}", Who::anyone, 4}});
  return kTable;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto blank = text.find(' ');
  if (blank == text.npos) return 0;
  const std::string_view method = text.substr(0, blank);
  const std::string path = web::percent_decode(text.substr(blank + 1), false);
  const auto found = table().find(method, path);
  if (!found) return 0;
  const std::string_view wanted = found->route.method;
  if (wanted != "*" && wanted != method && !(wanted == "GET" && method == "HEAD")) __builtin_trap();
  if (found->route.serve == 1 && path != "/chats/" + std::string(found->values["chat"])) {
    __builtin_trap();
  }
  if (found->route.serve == 4 && path != "/assets/" + std::string(found->values["file"])) {
    __builtin_trap();
  }
  return 0;
}
