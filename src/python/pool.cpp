// The pool's one thread: it owns the crews, one a version, and everything below them. Other threads
// only hand it tasks.

#include <unistd.h>

#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "python/crew.hpp"
#include "python/sources.hpp"

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
  Impl(PoolOptions given_options, runtime::Clock& given_clock, runtime::Log& given_log)
      : options(std::move(given_options)), clock(given_clock), log(given_log) {}

  Crew* find(const std::string& hash) {
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
  runtime::Clock& clock;
  runtime::Log& log;
  Fd source;
  std::unique_ptr<Loop> loop;

  // The loop's own; only read once it has ended.
  std::map<std::string, std::unique_ptr<Crew>> crews;
  bool stopping = false;
  size_t crews_left = 0;

  std::mutex mutex;  // guards what follows
  std::set<std::string> hashes;
  std::thread thread;
};

Pool::Pool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Pool::~Pool() {
  stop(std::chrono::milliseconds(0));
}

base::Result<std::unique_ptr<Pool>> Pool::start(PoolOptions options, runtime::Clock& clock,
                                                runtime::Log& log) {
  if (::access(options.interpreter.c_str(), X_OK) != 0) {
    return base::fail(base::Code::failed_precondition,
                      "no Python interpreter at " + options.interpreter + "; install python3",
                      "python");
  }
  auto impl = std::make_unique<Impl>(std::move(options), clock, log);
  auto source = source_file(serving_source());
  if (!source) return std::unexpected(source.error());
  impl->source = std::move(*source);
  auto loop = Loop::make();
  if (!loop) return std::unexpected(loop.error());
  impl->loop = std::move(*loop);
  impl->thread = std::thread([loop = impl->loop.get()] { loop->run(); });
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
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->hashes.size() >= impl_->options.versions_max) {
      return base::fail(base::Code::resource_exhausted, "too many versions", "python");
    }
    if (!impl_->hashes.insert(version.hash).second) {
      return base::fail(base::Code::already_exists, "this version is known already", "python");
    }
  }
  runtime::Task add = [impl = impl_.get(), version = std::move(version),
                       variables = std::move(*variables)]() mutable {
    if (impl->stopping) return;
    const std::string hash = version.hash;
    WorkerSetup setup{impl->options, impl->clock,        impl->log,           *impl->loop,
                      impl->source,  std::move(version), std::move(variables)};
    impl->crews.emplace(hash, std::make_unique<Crew>(std::move(setup)));
  };
  if (!impl_->loop->post(add)) {
    return base::fail(base::Code::unavailable, "the pool has stopped", "python");
  }
  return {};
}

void Pool::prewarm(std::string_view hash, size_t count) {
  runtime::Task prewarm = [impl = impl_.get(), hash = std::string(hash), count] {
    if (Crew* const crew = impl->find(hash)) crew->prewarm(count);
  };
  impl_->loop->post(prewarm);
}

void Pool::call(runtime::ActionCall call, Done done) {
  runtime::Task task = [impl = impl_.get(), call = std::move(call),
                        done = std::move(done)]() mutable {
    Crew* const crew = impl->find(call.version);
    if (crew == nullptr) {
      done({Kind::refused, {}, "no such version of the scripts"});
      return;
    }
    crew->call(std::move(call), std::move(done));
  };
  // The loop has ended: nothing changes the crews any more, and each refuses by itself.
  if (!impl_->loop->post(task)) task();
}

void Pool::stop(std::chrono::milliseconds grace) {
  std::thread thread;
  {
    const std::lock_guard lock(impl_->mutex);
    thread.swap(impl_->thread);
  }
  if (!thread.joinable()) return;
  runtime::Task begin = [impl = impl_.get(), grace] { impl->begin_stop(grace); };
  impl_->loop->post(begin);
  thread.join();
}

}  // namespace millrace::python
