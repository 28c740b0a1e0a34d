#pragma once
#include <chrono>
#include <ostream>
#include <string>

#include "base/terminal.hpp"

namespace palier {

/// One line that says how far a long job is. On a terminal it is redrawn in place, at most ten times a second, and
/// wiped at the end; elsewhere nothing is printed but one line per stage().
class Progress {
 public:
  Progress(std::ostream& out, const Terminal& terminal);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// A new stage of the job, e.g. "memory bandwidth".
  void stage(const std::string& name);
  /// `fraction` of the whole job that is done, 0 to 1; `detail` is what is going on; `seconds_left` below 0 is unknown.
  void update(double fraction, const std::string& detail, double seconds_left = -1);
  /// Wipes the line.
  void clear();

 private:
  std::ostream& out_;
  Terminal terminal_;
  std::string stage_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_draw_{};
};

}  // namespace palier
