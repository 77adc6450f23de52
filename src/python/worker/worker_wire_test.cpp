// Bytes to and from a worker, cut into frames and lines; whatever comes is handed on once, until
// the listener hears no more.
#include "python/worker/worker_wire.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "posix/files.hpp"

namespace millrace::python {
namespace {

struct Ear final : WorkerWire::Listener {
  bool counts(size_t bytes) override {
    counted += bytes;
    return counted <= bytes_max;
  }
  bool hears(json::object& frame) override {
    heard += json::serialize(frame) + ";";
    return !frame.contains("nonsense");
  }
  void prints(const std::vector<Line>& lines) override {
    for (const Line& line : lines) heard += "'" + line.text + "';";
  }
  void breaks_the_protocol() override {
    heard += "broken;";
    deaf = true;
  }
  void hangs_up() override { heard += "gone;"; }
  bool is_deaf() const override { return deaf; }

  std::string heard;
  size_t counted = 0;
  size_t bytes_max = 1 << 20;
  bool deaf = false;
};

class PythonWire : public ::testing::Test {
 protected:
  PythonWire() { theirs_ = std::move(*wire_.open()); }
  void say(std::string_view bytes) {
    ASSERT_EQ(::send(theirs_.control.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    wire_.read_control();
  }
  void print(std::string_view bytes) {
    ASSERT_TRUE(posix::write_all(theirs_.output.get(), bytes));
    wire_.read_output();
  }

  std::unique_ptr<Loop> loop_ = std::move(*Loop::make());
  Ear ear_;
  WorkerWire::Theirs theirs_;
  WorkerWire wire_{*loop_, ear_, 1'000, 8};
};

TEST_F(PythonWire, HandsOnWholeFramesHoweverTheyAreCut) {
  const std::string bytes = encode_frame(json::object{{"a", 1}}) + encode_frame({{"b", 2}});
  for (const char byte : bytes) say({&byte, 1});
  EXPECT_EQ(ear_.heard, R"({"a":1};{"b":2};)");
  wire_.know_sender();
  say(bytes);
  EXPECT_EQ(ear_.heard, R"({"a":1};{"b":2};{"a":1};{"b":2};)");
  EXPECT_EQ(ear_.counted, 2 * bytes.size());
  EXPECT_EQ(wire_.sender(), ::getpid()) << "by the kernel's word";
}

TEST_F(PythonWire, ReadsNothingAfterAFrameThatMakesNoSense) {
  say(encode_frame(json::object{{"nonsense", 1}}) + encode_frame({{"b", 2}}));
  EXPECT_EQ(ear_.heard, R"({"nonsense":1};broken;)");
  say(encode_frame(json::object{{"c", 3}}));
  EXPECT_EQ(ear_.heard, R"({"nonsense":1};broken;)");
}

TEST_F(PythonWire, AFrameOverTheLimitIsNoFrame) {
  say(encode_frame(json::object{{"a", std::string(2'000, 'x')}}));
  EXPECT_EQ(ear_.heard, "broken;");
}

TEST_F(PythonWire, CutsWhatIsPrintedIntoLinesAndEndsTheLast) {
  print("one\ntw");
  print("o\nfar too long a line\nla");
  EXPECT_EQ(ear_.heard, "'one';'two';'far too ';");
  wire_.finish_output();
  EXPECT_EQ(ear_.heard, "'one';'two';'far too ';'la';");
}

TEST_F(PythonWire, StopsReadingWhoSaysTooMuch) {
  ear_.bytes_max = 10;
  say(encode_frame(json::object{{"a", "more than ten bytes"}}));
  EXPECT_EQ(ear_.heard, "");
}

TEST_F(PythonWire, KeepsWhatIsNotTakenYetAndSendsItLater) {
  const std::string frame(4 << 20, 'f');  // more than a socket holds
  wire_.send(frame);
  std::string got;
  std::string piece(64 << 10, '\0');
  const auto receive = [&] {
    for (;;) {
      const ssize_t count = ::recv(theirs_.control.get(), piece.data(), piece.size(), MSG_DONTWAIT);
      if (count <= 0) return;
      got.append(piece.data(), static_cast<size_t>(count));
    }
  };
  receive();
  EXPECT_LT(got.size(), frame.size());
  // The loop sends the rest as there is room; each round ends when nothing more is taken.
  std::thread worker([&] {
    while (got.size() < frame.size()) {
      const ssize_t count = ::recv(theirs_.control.get(), piece.data(), piece.size(), 0);
      if (count <= 0) break;
      got.append(piece.data(), static_cast<size_t>(count));
    }
    base::Task stop = [this] { loop_->end(); };
    loop_->post(stop);
  });
  loop_->run();
  worker.join();
  EXPECT_EQ(got, frame);
}

TEST_F(PythonWire, HearsThatTheOtherSideIsGone) {
  print("last words");
  theirs_.output.reset();
  theirs_.control.reset();
  wire_.read_control();
  wire_.read_output();
  wire_.finish_output();
  EXPECT_EQ(ear_.heard, "gone;'last wor';");
}

}  // namespace
}  // namespace millrace::python
