#include "hwdetect/deadline.hpp"

#include <future>
#include <memory>
#include <system_error>
#include <thread>

namespace palier {

std::optional<std::string> within(std::chrono::milliseconds limit, std::function<std::optional<std::string>()> ask) {
  std::packaged_task<std::optional<std::string>()> task(std::move(ask));
  std::future<std::optional<std::string>> answer = task.get_future();
  try {
    std::thread(std::move(task)).detach();
  } catch (const std::system_error&) {  // no thread to be had
    return std::nullopt;
  }
  if (answer.wait_for(limit) != std::future_status::ready) return std::nullopt;
  return answer.get();
}

}  // namespace palier
