// The pool's one thread and its crews, one a version. A call is handed to a worker by the thread
// that makes it, where one is free: that saves waking the pool's.

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "posix/threads.hpp"
#include "python/pool/crew.hpp"
#include "python/pool/machine.hpp"

namespace millrace::python {
namespace {

using Kind = runtime::ActionOutcome::Kind;

base::Result<std::string> known_environment(std::string_view name) {
  if (name == "sandbox") return std::string(name);
  if (name == "live" || name == "prod" || name == "production") return std::string("live");
  return base::fail(base::Code::invalid_argument,
                    "no such environment: '" + std::string(name) + "'; say sandbox or live",
                    "python");
}

}  // namespace

struct Pool::Impl {
  Impl(PoolOptions given_options, Ground found, base::Clock& given_clock, base::Log& given_log)
      : options(std::move(given_options)),
        ground(std::move(found)),
        clock(given_clock),
        log(given_log),
        common{Shares(options.workers_max), [this] { give_place(); }} {}

  // To those that run the fewest first. One that just ended a call comes last among equals.
  void give_place() {
    std::multimap<size_t, Crew*> waiting;
    for (const auto& [hash, crew] : crews) {
      if (crew->has_waiting()) waiting.emplace(crew->running(), crew.get());
    }
    for (const auto& [running, crew] : waiting) crew->pump();
  }

  Crew* find(std::string_view hash) {
    const auto found = crews.find(hash);
    return found == crews.end() ? nullptr : found->second.get();
  }

  void begin_stop(std::chrono::milliseconds grace) {
    stopping = true;
    crews_left = crews.size();
    if (crews_left == 0) loop->end();
    for (const auto& [hash, crew] : crews) {
      crew->stop([this] {
        if (--crews_left == 0) loop->end();
      });
    }
    loop->at(Loop::now() + grace, [this] {
      for (const auto& [hash, crew] : crews) crew->kill();
    });
  }

  const PoolOptions options;
  const Ground ground;
  base::Clock& clock;
  base::Log& log;
  std::unique_ptr<Loop> loop;

  // For whoever has the loop's turn.
  Common common;
  std::map<std::string, std::unique_ptr<Crew>, std::less<>> crews;
  bool stopping = false;
  size_t crews_left = 0;

  std::mutex mutex;  // guards what follows
  std::thread thread;
};

Pool::Pool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Pool::~Pool() {
  stop(std::chrono::milliseconds(0));
}

base::Result<std::unique_ptr<Pool>> Pool::start(PoolOptions options, base::Clock& clock,
                                                base::Log& log) {
  auto ground = find_ground(options.sandbox, options.interpreter);
  if (!ground) return std::unexpected(ground.error());
  if (options.sandbox == Sandbox::bubblewrap) Groups::remove_leftovers();
  if (auto fitted = fit_to_machine(options); !fitted) return std::unexpected(fitted.error());
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*ground), clock, log);
  auto loop = Loop::make();
  if (!loop) return std::unexpected(loop.error());
  impl->loop = std::move(*loop);
  impl->thread = posix::named_thread("workers", [loop = impl->loop.get()] { loop->run(); });
  return std::unique_ptr<Pool>(new Pool(std::move(impl)));
}

base::Result<void> Pool::add_version(VersionFolder version) {
  auto environment = known_environment(version.environment);
  if (!environment) return std::unexpected(environment.error());
  version.environment = std::move(*environment);
  auto variables = environment_of(version.variables);
  if (!variables) return std::unexpected(variables.error());
  std::error_code error;
  version.directory = std::filesystem::canonical(version.directory, error);
  if (error || !std::filesystem::is_directory(version.directory, error)) {
    return base::fail(base::Code::not_found, "the version's folder is not there", "python");
  }
  if (!version.packages.empty()) {
    version.packages = std::filesystem::canonical(version.packages, error);
    if (error) return base::fail(base::Code::not_found, "its packages are not there", "python");
  }
  const Loop::Turn turn(*impl_->loop);
  if (impl_->stopping) return base::fail(base::Code::unavailable, "the pool has stopped", "python");
  if (impl_->find(version.hash) != nullptr) {
    return base::fail(base::Code::already_exists, "this version is known already", "python");
  }
  if (impl_->crews.size() >= impl_->options.versions_max) {
    return base::fail(base::Code::resource_exhausted, "too many versions", "python");
  }
  const std::string hash = version.hash;
  VersionSetup setup{impl_->options, impl_->clock,  impl_->log,         *impl_->loop,
                     impl_->ground,  impl_->common, std::move(version), std::move(*variables)};
  impl_->crews.emplace(hash, std::make_unique<Crew>(std::move(setup)));
  return {};
}

void Pool::prewarm(std::string_view hash, size_t count) {
  const Loop::Turn turn(*impl_->loop);
  if (Crew* const crew = impl_->find(hash)) crew->prewarm(count);
}

void Pool::call(runtime::ActionCall call, Done done) {
  const std::string version = std::move(call.version);
  PendingCall pending = pending_call(std::move(call), std::move(done));
  std::string_view refusal;
  if (pending.body.size() > impl_->options.call_bytes_max) {
    refusal = "the call's payload and context are over the limit";
  } else {
    const Loop::Turn turn(*impl_->loop);
    if (Crew* const crew = impl_->find(version)) {
      crew->call(std::move(pending));
    } else {
      refusal = "no such version of the scripts";
    }
  }
  if (!refusal.empty()) pending.done({Kind::refused, {}, std::string(refusal), {}});
}

void Pool::note_exchange(std::string_view version, std::string_view call_tag,
                         web::Exchange exchange) {
  const size_t colon = call_tag.find(':');
  if (colon == std::string_view::npos) return;
  uint64_t worker = 0;
  std::from_chars(call_tag.data(), call_tag.data() + colon, worker);
  const std::string_view nonce = call_tag.substr(colon + 1);
  const Loop::Turn turn(*impl_->loop);
  if (Crew* const crew = impl_->find(version)) {
    crew->add_exchange(worker, nonce, std::move(exchange));
  }
}

void Pool::stop(std::chrono::milliseconds grace) {
  std::thread thread;
  {
    const std::lock_guard lock(impl_->mutex);
    thread.swap(impl_->thread);
  }
  if (!thread.joinable()) return;
  base::Task begin = [impl = impl_.get(), grace] { impl->begin_stop(grace); };
  impl_->loop->post(begin);
  thread.join();
}

}  // namespace millrace::python
