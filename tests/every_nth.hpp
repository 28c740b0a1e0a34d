#pragma once

namespace palier {

/// Under the sanitizers, where everything takes ten times as long, each nth of a test's many cases; otherwise all.
class EveryNth {
 public:
#ifdef PALIER_SANITIZED
  explicit EveryNth(int step) : step_(step) {}
#else
  explicit EveryNth(int) {}
#endif

  bool next() { return count_++ % step_ == 0; }
  int step() const { return step_; }

 private:
  int step_ = 1;
  int count_ = 0;
};

}  // namespace palier
