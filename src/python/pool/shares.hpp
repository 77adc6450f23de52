// Who may run how many calls at once. Pure. All solutions share one number; a part of it is kept
// for those that run few, so that one whose calls are slow takes what nobody else wants and no
// more.
#pragma once

#include <algorithm>
#include <cstddef>

namespace millrace::python {

class Shares {
 public:
  // `calls_max`: at once, in all, at least one.
  explicit Shares(size_t calls_max) : calls_max_(std::max<size_t>(1, calls_max)) {}

  size_t calls_max() const { return calls_max_; }
  // What is kept for those that run fewer than so many; and that many beyond `calls_max`, so that
  // it is there also when all is taken.
  size_t assured() const { return std::max<size_t>(1, calls_max_ / 8); }
  size_t processes_max() const { return calls_max_ + kSharersBeyond * assured(); }

  // Whether one that runs `own` calls already may run another.
  bool may_run(size_t own) const {
    if (own >= calls_max_) return false;
    return running_ < calls_max_ || (own < assured() && running_ < processes_max());
  }
  void began() { ++running_; }
  void ended() { running_ -= running_ > 0 ? 1 : 0; }
  size_t running() const { return running_; }

 private:
  static constexpr size_t kSharersBeyond = 4;
  size_t calls_max_;
  size_t running_ = 0;
};

}  // namespace millrace::python
