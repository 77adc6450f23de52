// The two channels to a worker: frames both ways on one, what it prints on the other. Cuts bytes
// into frames and lines, keeps what cannot be sent yet, and hands on what comes. It knows nothing
// of calls. For the loop's turn, as everything that hangs on a loop.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "posix/posix.hpp"
#include "python/frames.hpp"
#include "python/lines.hpp"
#include "python/loop.hpp"

namespace millrace::python {

class WorkerWire {
 public:
  // Who hears it; outlives it.
  class Listener {
   public:
    // So many bytes have come. False: it is too much, and nothing more is to be read.
    virtual bool counts(size_t bytes) = 0;
    // False when the frame makes no sense.
    virtual bool hears(json::object& frame) = 0;
    virtual void prints(const std::vector<Line>& lines) = 0;
    // A frame, or its form, makes no sense.
    virtual void breaks_the_protocol() = 0;
    // Its end of the frames is closed: the process is dead or means to be.
    virtual void hangs_up() = 0;
    // Nothing that it says counts any more.
    virtual bool is_deaf() const = 0;

   protected:
    ~Listener() = default;
  };

  WorkerWire(Loop& loop, Listener& listener, size_t frame_bytes_max, size_t line_bytes_max);
  ~WorkerWire() { close(); }
  WorkerWire(const WorkerWire&) = delete;
  WorkerWire& operator=(const WorkerWire&) = delete;

  struct Theirs {
    posix::Fd control;
    posix::Fd output;
  };
  // Makes both channels and listens; gives the worker's ends.
  base::Result<Theirs> open();
  // Ends the listening.
  void close();
  // The same for frames alone.
  void close_control();

  // The whole frame, as fast as it is taken. One at a time.
  void send(std::string frame);
  // What is there, in a few reads, so that a worker that never stops talking does not keep the
  // others waiting. A pipe holds less than that, so one round of read_output() gives all that was
  // printed before it.
  void read_control();
  void read_output();
  // What was printed last, without an end of line.
  void finish_output() { listener_.prints(lines_.finish()); }

  // The process that said what was read last, by the kernel's word, until it is known for good.
  pid_t sender() const { return sender_; }
  void know_sender() { sender_is_known_ = true; }

 private:
  void write_some();
  bool take(std::string_view bytes);

  Loop& loop_;
  Listener& listener_;
  posix::Fd control_;
  posix::Fd output_;
  uint64_t control_watch_ = 0;
  uint64_t output_watch_ = 0;
  pid_t sender_ = 0;
  bool sender_is_known_ = false;
  FrameReader frames_;
  LineReader lines_;
  std::string unsent_;
  size_t sent_ = 0;
};

}  // namespace millrace::python
