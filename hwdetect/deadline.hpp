#pragma once
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <system_error>

namespace palier {

/// What `ask` returns, or nullopt where it takes longer than `limit`: it then goes on alone, and what it returns is
/// dropped. For calls that can hang in the kernel or in a driver's library, so `ask` must own all that it touches.
std::optional<std::string> within(std::chrono::milliseconds limit, std::function<std::optional<std::string>()> ask);

/// std::async, where no thread can be had (a filter for system calls, a limit) put off until the result is asked for.
template <class Work>
auto begin(std::launch how, Work work) {
  try {
    return std::async(how, work);
  } catch (const std::system_error&) {
    return std::async(std::launch::deferred, work);
  }
}

/// Ends the program with `code` at once where a call has been left behind, and returns `code` otherwise. A library that
/// hangs while it is loaded holds a lock that an orderly end waits for. Standard output and error are flushed before.
int end_with(int code);

}  // namespace palier
