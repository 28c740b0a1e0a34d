#pragma once
#include "base/error.hpp"

namespace palier {

/// Ctrl-C (or SIGTERM), thrown by check_interrupt() at a place where stopping is safe.
class Interrupted : public Error {
 public:
  Interrupted() : Error({.message = "interrupted", .reason = {}}, ExitCode::interrupted) {}
};

/// From here on SIGINT and SIGTERM set a flag instead of ending the program; the second one ends it at once. SIGPIPE is
/// ignored: a closed pipe becomes a write error.
void watch_interrupts();

/// True once the user has asked to stop.
bool interrupted() noexcept;

/// Throws Interrupted where the user has asked to stop.
void check_interrupt();

/// For tests, and for a command that has dealt with the interrupt.
void clear_interrupt() noexcept;

}  // namespace palier
