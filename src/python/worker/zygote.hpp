// The process of one version that has imported its scripts and forks its workers. It says once what
// is secret and what is wrong with the scripts; from then on it forks and tells how workers ended.
// What it says is a solution's word: nothing of it is believed without a look.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "python/frames.hpp"
#include "python/lines.hpp"
#include "python/redaction.hpp"
#include "python/version_setup.hpp"
#include "python/walls/gatekeeper.hpp"

namespace millrace::python {

class Zygote {
 public:
  enum class State { starting, ready, ending };

  class Owner {
   public:
    virtual void is_ready(Zygote& zygote) = 0;
    // The last word: drop the zygote then, not before.
    virtual void is_gone(Zygote& zygote) = 0;
    virtual void has_not_forked(uint64_t worker, std::string_view reason) = 0;
    virtual void has_exited(uint64_t worker, int status) = 0;

   protected:
    ~Owner() = default;
  };

  // To be called on the loop's thread: the process dies with the thread that starts it. `slots` is
  // how many workers it may have at once.
  static base::Result<std::unique_ptr<Zygote>> start(const VersionSetup& setup,
                                                     const std::vector<int>& groups, size_t slots,
                                                     Owner& owner);
  ~Zygote();
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;

  State state() const { return state_; }
  bool was_ready() const { return was_ready_; }
  // What must not leave a worker; known when ready.
  const Sensitives& secrets() const { return secrets_; }
  // Those whose values must not be in a result either.
  const Sensitives& sealed() const { return sealed_; }
  const std::string& end_note() const { return end_note_; }
  // Whether the command's text proves that its calls leave nothing behind. Read by the process
  // before anything of the solution's ran in it.
  bool is_proven(std::string_view command) const { return proven_.contains(command); }
  // Who answers its processes' questions; null without walls.
  Gatekeeper* gate() const { return gate_.get(); }

  // Asks for a worker in that slot with these two ends; must be ready. False when the process does
  // not take it.
  bool fork(uint64_t worker, uint32_t slot, const posix::Fd& control, const posix::Fd& output);
  // That slot's worker has ended, or was killed: its process is collected and its /tmp emptied when
  // something is next said, at the latest by flush(). `tell`: at once, and how it ended is told.
  void reap(uint32_t slot);
  void tell(uint32_t slot);
  void flush();
  // A descriptor of a process that is a child of this one, by the kernel's word; an error for every
  // other.
  base::Result<posix::Fd> child(pid_t process) const;
  // Kills the process and with it all its workers.
  void end(std::string reason);

 private:
  Zygote(const VersionSetup& setup, Owner& owner, Child child, size_t slots);
  json::object first_frame(const Walls& walls) const;
  bool watch();
  void write_some();
  void read_control();
  void read_output();
  void read_forks();
  bool handle(const json::object& frame);
  bool handle_proof(const json::object& proof);
  bool handle_hello(const json::object& hello);
  bool handle_ready(const json::object& ready);
  bool is_from_it(const posix::Packet& packet);
  bool handle_report(const json::object& report, posix::Packet packet);
  bool take_gate(const json::object& report, posix::Fd listener);
  bool has_too_many_children();
  void log_printed(const std::vector<Line>& lines);
  void gone();

  const VersionSetup& setup_;
  Owner& owner_;
  Child child_;
  const size_t slots_;
  pid_t number_ = 0;  // of the zygote itself, which inside walls is bubblewrap's child
  std::unique_ptr<Gatekeeper> gate_;
  bool gate_is_known_ = false;
  json::array reaps_;
  uint64_t forks_asked_ = 0;
  uint64_t control_watch_ = 0;
  uint64_t output_watch_ = 0;
  uint64_t forks_watch_ = 0;
  uint64_t exit_watch_ = 0;
  Loop::Timer timer_;

  State state_ = State::starting;
  bool was_ready_ = false;
  FrameReader frames_;
  LineReader lines_;
  std::string unsent_;
  size_t sent_ = 0;
  Sensitives secrets_;
  Sensitives sealed_;
  std::set<std::string, std::less<>> proven_;
  bool proof_known_ = false;
  bool secrets_known_ = false;
  std::vector<Line> held_;  // printed before it was known what is secret
  size_t lines_seen_ = 0;
  std::string end_reason_;
  std::string end_note_;
};

}  // namespace millrace::python
