// Each picture has a process of its own, inside the walls: no network, no file but the system's and
// a /tmp, limits of memory and time. What a picture does to the library that opens it stays there.
#include <unistd.h>

#include "base/hash.hpp"
#include "python/python.hpp"
#include "python/sources.hpp"
#include "python/walls/launch.hpp"
#include "python/walls/one_answer.hpp"

namespace millrace::python {
namespace {

using base::Code;
using base::fail;

// The interpreter's own folder of packages of Debian's.
constexpr const char* kLibrary = "/usr/lib/python3/dist-packages/PIL/__init__.py";
// Walls show one folder to scripts; there are none here, so it is one that is shown anyway.
constexpr const char* kNothing = "/usr/share";
constexpr size_t kTmpBytesMax = 1 << 20;
constexpr size_t kMemoryBytesMax = size_t{768} << 20;
constexpr size_t kAnswerBytesMax = 2 << 20;
constexpr size_t kReasonBytesMax = 200;

}  // namespace

struct Pictures::Ready {
  Ground ground;
  PictureOptions options;
};

Pictures::Pictures(std::unique_ptr<Ready> ready) : ready_(std::move(ready)) {}
Pictures::~Pictures() = default;

base::Result<std::unique_ptr<Pictures>> Pictures::make(PictureOptions options) {
  if (::access(kLibrary, R_OK) != 0) {
    return fail(Code::failed_precondition,
                "there is no Pillow; install it (apt-get install python3-pil)", "python");
  }
  auto ground = find_ground(Sandbox::bubblewrap, options.interpreter);
  if (!ground) return std::unexpected(ground.error());
  auto ready = std::make_unique<Ready>(Ready{std::move(*ground), std::move(options)});
  return std::unique_ptr<Pictures>(new Pictures(std::move(ready)));
}

base::Result<std::string> Pictures::small(std::string_view picture) const {
  const Walls walls{kNothing, {}, {}, kTmpBytesMax};
  auto started = launch(ready_->ground, walls, worker_source(WorkerProgram::picture), {});
  if (!started) return std::unexpected(started.error());
  auto environment = environment_of({});
  if (!environment) return std::unexpected(environment.error());
  ProcessLimits limits;
  limits.memory_bytes_max = kMemoryBytesMax;
  limits.file_bytes_max = kTmpBytesMax;
  json::object question{{"picture", base::to_base64url(picture)},
                        {"side_max", ready_->options.side_max}};
  question["setup"] = common_setup(ready_->ground, walls, *environment, limits);
  const auto answer =
      one_answer(std::move(*started), question, kAnswerBytesMax, ready_->options.limit);
  // What ends the process is the picture.
  if (!answer && answer.error().code == Code::failed_precondition) {
    return fail(Code::invalid_argument, answer.error().message, "picture");
  }
  if (!answer) return std::unexpected(answer.error());
  std::string small = base::from_base64url(json::get_string(*answer, "small").value_or(""));
  if (!small.empty()) return small;
  const auto said = [&](std::string_view name) {
    return std::string(json::get_string(*answer, name).value_or("").substr(0, kReasonBytesMax));
  };
  if (const std::string missing = said("missing"); !missing.empty()) {
    return fail(Code::unavailable, "Pillow cannot be loaded: " + missing, "python");
  }
  return fail(Code::invalid_argument, "it cannot be made small: " + said("problem"), "picture");
}

}  // namespace millrace::python
