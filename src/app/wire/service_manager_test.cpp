#include "app/wire/service_manager.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "posix/posix.hpp"

namespace millrace::app {
namespace {

// A manager's end of the socket, in the abstract name space: it leaves no file.
class Listening {
 public:
  Listening() {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path + 1, name_.data() + 1, name_.size() - 1);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&at), size), 0);
  }
  const std::string& name() const { return name_; }
  std::string next() const {
    char bytes[256];
    const ssize_t count = ::recv(fd_.get(), bytes, sizeof(bytes), MSG_DONTWAIT);
    return count < 0 ? std::string("nothing") : std::string(bytes, static_cast<size_t>(count));
  }

 private:
  posix::Fd fd_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  std::string name_ = "@millrace-test-" + std::to_string(::getpid());
};

TEST(AppServiceManager, IsToldReadyAliveAndStopping) {
  const Listening listening;
  ::setenv("NOTIFY_SOCKET", listening.name().c_str(), 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  const auto manager = ServiceManager::from_environment();
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_TRUE(manager.is_there());
  EXPECT_EQ(manager.alive_every(), std::chrono::seconds(10));
  manager.ready("serves 2 solutions");
  EXPECT_EQ(listening.next(), "READY=1\nSTATUS=serves 2 solutions");
  manager.alive();
  EXPECT_EQ(listening.next(), "WATCHDOG=1");
  manager.stopping();
  EXPECT_EQ(listening.next(), "STOPPING=1\nSTATUS=finishing what has begun");
}

TEST(AppServiceManager, IsNotThereWhereNobodyIsToBeTold) {
  ::unsetenv("NOTIFY_SOCKET");
  const auto manager = ServiceManager::from_environment();
  EXPECT_FALSE(manager.is_there());
  EXPECT_EQ(manager.alive_every(), std::chrono::milliseconds(0));
  manager.ready("serves");  // to nobody
}

TEST(AppServiceManager, KnowsWhatIsWrittenIntoAJournal) {
  const posix::Fd file(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  struct stat known{};
  ASSERT_EQ(::fstat(file.get(), &known), 0);
  const std::string stream = std::to_string(known.st_dev) + ":" + std::to_string(known.st_ino);
  ::unsetenv("JOURNAL_STREAM");
  EXPECT_FALSE(is_a_journal(file.get()));
  ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
  EXPECT_TRUE(is_a_journal(file.get()));
  EXPECT_FALSE(is_a_journal(-1));
  ::setenv("JOURNAL_STREAM", (stream + "1").c_str(), 1);
  EXPECT_FALSE(is_a_journal(file.get()));
  ::unsetenv("JOURNAL_STREAM");
}

TEST(AppServiceManager, DoesNotWatchForAnotherProcess) {
  ::setenv("NOTIFY_SOCKET", "@nobody-listens-here", 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  const auto manager = ServiceManager::from_environment();
  EXPECT_EQ(manager.alive_every(), std::chrono::milliseconds(0));
  manager.ready("told to nobody, which does no harm");
}

}  // namespace
}  // namespace millrace::app
