#include "hwdetect/deadline.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <thread>

namespace palier {
namespace {

std::atomic<bool> left_behind = false;

}  // namespace

std::optional<std::string> within(std::chrono::milliseconds limit, std::function<std::optional<std::string>()> ask) {
  std::packaged_task<std::optional<std::string>()> task(std::move(ask));
  std::future<std::optional<std::string>> answer = task.get_future();
  try {
    std::thread(std::move(task)).detach();
  } catch (const std::system_error&) {  // no thread to be had
    return std::nullopt;
  }
  if (answer.wait_for(limit) != std::future_status::ready) {
    left_behind = true;
    return std::nullopt;
  }
  return answer.get();
}

int end_with(int code) {
  if (!left_behind) return code;
  std::cout.flush();
  std::cerr.flush();
  std::fflush(nullptr);
  std::_Exit(code);
}

}  // namespace palier
