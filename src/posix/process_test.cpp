#include "posix/process.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <future>

#include "posix/descriptors.hpp"
#include "posix/kinship.hpp"
#include "posix/threads.hpp"
#include "posix/waiting.hpp"

namespace millrace::posix {
namespace {

constexpr std::chrono::milliseconds kPatience = std::chrono::seconds(20);

std::string read_to_the_end(const Fd& fd) {
  std::string text;
  std::array<char, 256> bytes;
  while (wait_until_readable(fd.get(), kPatience) == Waited::ready) {
    const ssize_t count = ::read(fd.get(), bytes.data(), bytes.size());
    if (count <= 0) break;
    text.append(bytes.data(), static_cast<size_t>(count));
  }
  return text;
}

// A shell that runs these words; what it prints is to be had from `output`.
struct Shell {
  explicit Shell(std::string words) {
    const auto null = null_device();
    auto pipe = output_pipe();
    Program program;
    program.arguments = {"/bin/sh", "-c", std::move(words)};
    program.environment = {"GREETING=hello"};
    program.descriptors = {null->get(), pipe->theirs.get(), pipe->theirs.get()};
    program.niceness = 19;
    auto made = spawn(program);
    EXPECT_TRUE(made);
    process = std::move(*made);
    output = std::move(pipe->ours);
  }
  Process process;
  Fd output;
};

TEST(PosixProcess, HasItsOwnEnvironmentAndDescriptorsAndNothingElse) {
  Shell shell("echo $GREETING; ls /proc/self/fd | wc -l; ulimit -c; nice; exit 7");
  // ls itself opens the folder that it lists.
  EXPECT_EQ(read_to_the_end(shell.output), "hello\n4\n0\n19\n");
  EXPECT_EQ(wait_until_readable(shell.process.exit.get(), kPatience), Waited::ready);
  EXPECT_EQ(reap(shell.process.pid), "exit status 7");
}

TEST(PosixProcess, IsKilledWithWhatItHasBegun) {
  Shell shell("sleep 1000 & echo begun; wait");
  ASSERT_EQ(wait_until_readable(shell.output.get(), kPatience), Waited::ready);
  EXPECT_EQ(parent_of(shell.process.pid), ::getpid());
  EXPECT_EQ(children_of(shell.process.pid), 1u);
  EXPECT_GT(resident_bytes(shell.process.pid), 0u);
  EXPECT_EQ(look_inside(shell.process.pid).threads, 1u);
  EXPECT_EQ(wait_until_readable(shell.process.exit.get(), std::chrono::milliseconds(0)),
            Waited::in_vain);
  kill_group(shell.process.pid);
  EXPECT_EQ(read_to_the_end(shell.output), "begun\n") << "nobody holds the pipe any more";
  EXPECT_EQ(reap(shell.process.pid), "signal KILL");
}

TEST(PosixProcess, IsKilledByItsDescriptor) {
  Shell shell("sleep 1000");
  const auto descriptor = descriptor_of_child(shell.process.pid, ::getpid());
  ASSERT_TRUE(descriptor);
  kill_process(*descriptor);
  EXPECT_EQ(reap(shell.process.pid), "signal KILL");
  EXPECT_FALSE(descriptor_of(shell.process.pid).is_open()) << "it is gone";
}

TEST(PosixProcess, IsNobodysToKillAsAGroupThatIsEverybody) {
  kill_group(-1);
  kill_group(0);
  kill_group(1);
  kill_process(Fd());
  EXPECT_FALSE(descriptor_of_child(::getpid(), ::getppid()));
  EXPECT_FALSE(descriptor_of_child(::getppid(), ::getpid()));
}

TEST(PosixPackets, CarryADescriptorAndTheirSender) {
  auto ends = packet_socket();
  ASSERT_TRUE(ends);
  ASSERT_TRUE(name_senders(ends->theirs));
  auto text = text_file("what was written");
  ASSERT_TRUE(text);
  const std::array<int, 1> carried{text->get()};
  ASSERT_TRUE(send_packet(ends->ours.get(), "here", carried));
  auto packet = receive_packet(ends->theirs.get());
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->text, "here");
  EXPECT_EQ(packet->sender, ::getpid());
  EXPECT_EQ(read_to_the_end(packet->descriptor), "what was written");
  EXPECT_LT(::write(packet->descriptor.get(), "x", 1), 0) << "it is sealed";
  EXPECT_EQ(receive_packet(ends->ours.get()).error().code, base::Code::unavailable);
  EXPECT_FALSE(has_hung_up(ends->ours.get()));
  ends->theirs.reset();
  EXPECT_TRUE(has_hung_up(ends->ours.get()));
}

TEST(PosixWaiting, EndsWhenItIsWokenAndNotBefore) {
  auto descriptor = wake_descriptor();
  ASSERT_TRUE(descriptor);
  const auto is_awake = [&] {
    return wait_until_readable(descriptor->get(), std::chrono::milliseconds(0)) == Waited::ready;
  };
  EXPECT_FALSE(is_awake());
  wake(*descriptor);
  wake(*descriptor);
  EXPECT_TRUE(is_awake());
  calm(*descriptor);
  calm(*descriptor);
  EXPECT_FALSE(is_awake());
  auto other = named_thread("waker", [&] { wake(*descriptor); });
  EXPECT_EQ(wait_until_readable(descriptor->get(), kPatience), Waited::ready);
  other.join();
}

TEST(PosixThreads, HaveTheNameOfWhatTheyDo) {
  std::promise<std::string> plain;
  std::promise<std::string> stoppable;
  auto first = named_thread("a name that is far too long", [&] { plain.set_value(thread_name()); });
  auto second = named_thread<std::jthread>("asked to stop", [&](const std::stop_token& asked) {
    stoppable.set_value(thread_name() + (asked.stop_requested() ? "!" : ""));
  });
  EXPECT_EQ(plain.get_future().get(), "a name that is ");
  EXPECT_EQ(stoppable.get_future().get(), "asked to stop");
  first.join();
}

TEST(PosixDescriptors, CloseThemselvesAndKeepTheErrorThatWasMet) {
  auto ends = output_pipe();
  ASSERT_TRUE(ends);
  Fd moved = std::move(ends->theirs);
  EXPECT_FALSE(ends->theirs.is_open());
  errno = ENOENT;
  moved.reset();
  EXPECT_EQ(file_error("somewhere").code, base::Code::not_found);
  EXPECT_EQ(read_to_the_end(ends->ours), "") << "its other end is closed";
  errno = EMFILE;
  EXPECT_EQ(file_error("x").code, base::Code::resource_exhausted);
  errno = ENOSPC;
  EXPECT_EQ(file_error("x").code, base::Code::unavailable);
  errno = EAGAIN;
  EXPECT_EQ(call_error("fork").message.substr(0, 13), "fork failed: ");
}

}  // namespace
}  // namespace millrace::posix
