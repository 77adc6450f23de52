#include "python/worker/zygote.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "posix/kinship.hpp"
#include "python/sources.hpp"

namespace millrace::python {
namespace {

constexpr std::chrono::seconds kKillLimit{5};
constexpr std::chrono::seconds kExitLimit{1};
constexpr size_t kReadBytes = 64 << 10;
// How often the zygote's children are counted.
constexpr uint64_t kCountEvery = 256;

Walls walls_of(const VersionSetup& setup) {
  return {setup.version.directory, setup.version.packages, setup.version.proxy_socket,
          setup.options.tmp_bytes_max, 0};
}

}  // namespace

base::Result<std::unique_ptr<Zygote>> Zygote::start(const VersionSetup& setup,
                                                    const std::vector<int>& groups, size_t slots,
                                                    Owner& owner) {
  Walls walls = walls_of(setup);
  walls.slots = slots;
  auto child = launch(setup.ground, walls, worker_source(WorkerProgram::zygote), groups);
  if (!child) return std::unexpected(child.error());
  std::unique_ptr<Zygote> zygote(new Zygote(setup, owner, std::move(*child), slots));
  if (!posix::name_senders(zygote->child_.forks) || !zygote->watch()) {
    return base::fail(base::Code::resource_exhausted, "its descriptors cannot be watched",
                      "python");
  }
  zygote->unsent_ = encode_frame(zygote->first_frame(walls));
  zygote->write_some();
  return zygote;
}

Zygote::Zygote(const VersionSetup& setup, Owner& owner, Child child, size_t slots)
    : setup_(setup),
      owner_(owner),
      child_(std::move(child)),
      slots_(slots),
      frames_(setup.frame_bytes_max()),
      lines_(setup.raw_line_max()),
      secrets_(secret_variables(setup.version.variables)) {
  for (const auto& [name, value] : setup.version.secrets) {
    add_sensitive(secrets_, value, name);
    add_encoded(secrets_, value, name);
  }
  sealed_ = secrets_;
}

json::object Zygote::first_frame(const Walls& walls) const {
  const PoolOptions& options = setup_.options;
  const VersionFolder& version = setup_.version;
  ProcessLimits limits;
  limits.memory_bytes_max = version.worker_memory_bytes_max > 0 ? version.worker_memory_bytes_max
                                                                : options.worker_memory_bytes_max;
  limits.file_bytes_max = options.tmp_bytes_max;
  auto environment = setup_.environment;
  if (!version.ca_file.empty()) {
    const bool is_walled = setup_.ground.sandbox == Sandbox::bubblewrap;
    const std::filesystem::path folder =
        is_walled ? std::filesystem::path(kSolutionInside) : version.directory;
    for (const char* const name : {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}) {
      environment[name] = (folder / version.ca_file).string();
    }
  }
  json::object frame;
  json::object& body = frame["setup"].emplace_object();
  body = common_setup(setup_.ground, walls, environment, limits);
  body["environment"] = version.environment;
  json::object& secrets = body["secrets"].emplace_object();
  for (const auto& [name, value] : version.secrets) secrets[name] = value;
  body["frame_bytes_max"] = options.call_bytes_max;
  body["result_bytes_max"] = options.result_bytes_max;
  body["line_characters_max"] = setup_.raw_line_max();
  body["lines_max"] = options.log_lines_max;
  return frame;
}

Zygote::~Zygote() {
  Loop& loop = setup_.loop;
  loop.cancel(timer_);
  loop.unwatch(control_watch_, child_.control.get());
  loop.unwatch(output_watch_, child_.output.get());
  loop.unwatch(forks_watch_, child_.forks.get());
  loop.unwatch(exit_watch_, child_.process.exit.get());
  if (child_.process.pid < 0) return;
  posix::kill_group(child_.process.pid);
  posix::reap(child_.process.pid);
}

bool Zygote::watch() {
  Loop& loop = setup_.loop;
  control_watch_ = loop.watch(child_.control.get(), EPOLLIN, [this] {
    write_some();
    read_control();
  });
  output_watch_ = loop.watch(child_.output.get(), EPOLLIN, [this] { read_output(); });
  forks_watch_ = loop.watch(child_.forks.get(), EPOLLIN, [this] { read_forks(); });
  exit_watch_ = loop.watch(child_.process.exit.get(), EPOLLIN, [this] {
    read_forks();  // how its last workers ended
    posix::kill_group(child_.process.pid);
    end_note_ = posix::reap(std::exchange(child_.process.pid, -1));
    gone();
  });
  timer_ = loop.at(Loop::now() + setup_.options.start_limit,
                   [this] { end("it was not ready within its start limit"); });
  return control_watch_ != 0 && output_watch_ != 0 && forks_watch_ != 0 && exit_watch_ != 0;
}

bool Zygote::fork(uint64_t worker, uint32_t slot, const posix::Fd& control,
                  const posix::Fd& output) {
  if (state_ != State::ready || has_too_many_children()) return false;
  const std::array<int, 2> ends{control.get(), output.get()};
  json::object request{{"fork", worker}, {"slot", slot}};
  if (!reaps_.empty()) request.emplace("reap", std::exchange(reaps_, json::array()));
  if (gate_) gate_->allow_fork();
  if (posix::send_packet(child_.forks.get(), json::serialize(request), ends)) return true;
  if (gate_) gate_->take_back();
  return false;
}

bool Zygote::has_too_many_children() {
  if (++forks_asked_ % kCountEvery != 0) return false;
  if (posix::children_of(number_).value_or(0) <= 2 * slots_) return false;
  end("it does not collect its workers");
  return true;
}

void Zygote::reap(uint32_t slot) {
  reaps_.push_back(slot);
}

void Zygote::tell(uint32_t slot) {
  if (state_ != State::ready) return;
  const json::object request{{"tell", json::array{slot}}};
  posix::send_packet(child_.forks.get(), json::serialize(request), {});
}

void Zygote::flush() {
  if (state_ != State::ready || reaps_.empty()) return;
  json::object request;
  request.emplace("reap", std::exchange(reaps_, json::array()));
  posix::send_packet(child_.forks.get(), json::serialize(request), {});
}

base::Result<posix::Fd> Zygote::child(pid_t process) const {
  return posix::descriptor_of_child(process, number_);
}

void Zygote::end(std::string reason) {
  if (state_ == State::ending) return;
  state_ = State::ending;
  end_reason_ = std::move(reason);
  posix::kill_group(child_.process.pid);
  setup_.loop.cancel(timer_);
  timer_ = setup_.loop.at(Loop::now() + kKillLimit, [this] {
    child_.process.pid = -1;  // to wait for it here would stop all the others
    end_note_ = "no answer to its kill";
    gone();
  });
}

void Zygote::gone() {
  state_ = State::ending;
  read_control();
  read_output();
  log_printed(lines_.finish());
  if (!held_.empty() && !secrets_known_) {
    setup_.log.line(base::Level::warning, "python",
                    std::to_string(held_.size()) +
                        " lines withheld: the process ended before it said what is secret");
  }
  if (!end_reason_.empty()) end_note_ = end_reason_ + " (" + end_note_ + ")";
  owner_.is_gone(*this);
}

void Zygote::write_some() {
  while (sent_ < unsent_.size()) {
    const ssize_t sent =
        ::send(child_.control.get(), unsent_.data() + sent_, unsent_.size() - sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      setup_.loop.change(control_watch_, child_.control.get(), EPOLLIN | EPOLLOUT);
      return;
    }
    if (sent < 0) break;  // its end is closed; that it dies will be heard
    sent_ += static_cast<size_t>(sent);
    if (sent_ == unsent_.size()) {
      setup_.loop.change(control_watch_, child_.control.get(), EPOLLIN);
    }
  }
  unsent_.clear();
  sent_ = 0;
}

void Zygote::read_control() {
  std::array<char, kReadBytes> bytes;
  while (control_watch_ != 0) {
    const ssize_t count = ::recv(child_.control.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      setup_.loop.unwatch(control_watch_, child_.control.get());
      control_watch_ = 0;
      if (state_ == State::ending) return;
      // It is dying, and how will be heard in a moment.
      setup_.loop.cancel(timer_);
      timer_ = setup_.loop.at(Loop::now() + kExitLimit, [this] { end("it closed its channel"); });
      return;
    }
    frames_.append({bytes.data(), static_cast<size_t>(count)});
    while (state_ != State::ending) {
      auto frame = frames_.next();
      if (frame && !*frame) break;
      if (!frame || !handle(**frame)) {
        end("it broke the protocol");
        return;
      }
    }
    if (static_cast<size_t>(count) < bytes.size()) return;
  }
}

}  // namespace millrace::python
