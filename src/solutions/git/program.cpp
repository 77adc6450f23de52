#include "solutions/git/program.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/text.hpp"
#include "posix/descriptors.hpp"
#include "posix/process.hpp"
#include "posix/waiting.hpp"

namespace millrace::solutions {
namespace {

using base::Code;
using base::fail;
using Clock = std::chrono::steady_clock;

constexpr size_t kComplaintBytesMax = 2'000;

struct Streams {
  posix::Ends out;
  posix::Ends err;
  std::string said;
  std::string complaint;
};

// False at the stream's end.
bool take_from(const posix::Fd& stream, std::string& into) {
  std::array<char, 16 << 10> buffer;
  for (;;) {
    const ssize_t count = ::read(stream.get(), buffer.data(), buffer.size());
    if (count > 0) {
      into.append(buffer.data(), static_cast<size_t>(count));
      return true;
    }
    if (count < 0 && errno == EINTR) continue;
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
}

// Until both streams have ended.
base::Result<void> read_both(Streams& streams, const ProgramOrder& order) {
  const auto until = Clock::now() + order.limit;
  while (streams.out.ours.is_open() || streams.err.ours.is_open()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return fail(Code::deadline_exceeded, "git took too long");
    std::array<pollfd, 2> waited{
        {{streams.out.ours.get(), POLLIN, 0}, {streams.err.ours.get(), POLLIN, 0}}};
    if (::poll(waited.data(), waited.size(), static_cast<int>(left.count())) < 0) continue;
    if (waited[0].revents != 0 && !take_from(streams.out.ours, streams.said)) {
      streams.out.ours.reset();
    }
    if (waited[1].revents != 0 && !take_from(streams.err.ours, streams.complaint)) {
      streams.err.ours.reset();
    }
    if (streams.said.size() > order.output_bytes_max) {
      return fail(Code::resource_exhausted, "git has more to say than is taken");
    }
    if (streams.complaint.size() > 2 * kComplaintBytesMax) {
      streams.complaint.erase(0, streams.complaint.size() - kComplaintBytesMax);
    }
  }
  return {};
}

std::string shown(std::string_view complaint) {
  std::string_view text = base::trim(complaint);
  if (text.size() > kComplaintBytesMax) text.remove_prefix(text.size() - kComplaintBytesMax);
  return base::clean_user_text(text);
}

}  // namespace

base::Result<std::string> run_program(const ProgramOrder& order) {
  auto input = order.input.empty() ? posix::null_device() : posix::text_file(order.input);
  auto out = posix::output_pipe();
  auto err = posix::output_pipe();
  if (!input) return std::unexpected(input.error());
  if (!out) return std::unexpected(out.error());
  if (!err) return std::unexpected(err.error());
  Streams streams{std::move(*out), std::move(*err), {}, {}};
  auto process = posix::spawn(
      {.arguments = order.arguments,
       .environment = order.environment,
       .descriptors = {input->get(), streams.out.theirs.get(), streams.err.theirs.get()},
       .groups = {},
       .niceness = 0});
  if (!process) return std::unexpected(process.error());
  streams.out.theirs.reset();
  streams.err.theirs.reset();
  auto read = read_both(streams, order);
  if (read &&
      posix::wait_until_readable(process->exit.get(), order.limit) == posix::Waited::in_vain) {
    read = fail(Code::deadline_exceeded, "git took too long");
  }
  // What it left behind in its group goes with it; one that has ended is not hit.
  posix::kill_group(process->pid);
  const std::string ended = posix::reap(process->pid);
  if (!read) return std::unexpected(read.error());
  if (ended == "exit status 0") return std::move(streams.said);
  const std::string why = shown(streams.complaint);
  return fail(Code::failed_precondition, why.empty() ? "git: " + ended : why);
}

}  // namespace millrace::solutions
