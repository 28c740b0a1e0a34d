#include "bench/pss.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr int most_processes = 64;  // of a job
constexpr double most_share = 0.01;
constexpr std::chrono::duration<double> shortest_pause(0.02);

std::string folder_of(pid_t process) { return fmt::format("/proc/{}", process); }

// Linux tells them where it was built with CONFIG_PROC_CHILDREN.
void add_children(const Root& root, pid_t process, std::vector<pid_t>& all) {
  const std::string text = root.read(fmt::format("/proc/{0}/task/{0}/children", process)).value_or("");
  for (const std::string_view word : words(text)) {
    const auto child = to_integer(word);
    if (child && *child > 0 && all.size() < most_processes) all.push_back(static_cast<pid_t>(*child));
  }
}

}  // namespace

std::optional<Bytes> parse_pss(std::string_view text) {
  for (const std::string_view line : lines(text)) {
    const auto fields = words(line);
    if (fields.size() != 3 || fields[0] != "Pss:" || fields[2] != "kB") continue;
    const auto kilobytes = to_integer(fields[1]);
    constexpr long long most = 1LL << 40;
    if (!kilobytes || *kilobytes < 0 || *kilobytes > most) return std::nullopt;
    return static_cast<Bytes>(*kilobytes) * 1024;
  }
  return std::nullopt;
}

std::optional<Bytes> pss_of(const Root& root, pid_t process) {
  std::vector<pid_t> all = {process};
  Bytes total = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto own = parse_pss(root.read(folder_of(all[i]) + "/smaps_rollup").value_or(""));
    if (!own && i == 0) return std::nullopt;
    total += own.value_or(0);
    add_children(root, all[i], all);
  }
  return total;
}

PssWatch::PssWatch(std::function<pid_t(int worker)> process, int workers) : process_(std::move(process)) {
  try {
    thread_ = std::thread([this, workers] { watch(workers); });
  } catch (const std::system_error&) {  // no thread to be had: nothing is seen
  }
}

PssWatch::~PssWatch() { stop(); }

PssWatch::Seen PssWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  return seen_;
}

void PssWatch::watch(int workers) {
  const Root root;
  std::unique_lock lock(mutex_);
  for (int worker = 0; !stopping_; worker = (worker + 1) % workers) {
    lock.unlock();
    const auto begin = std::chrono::steady_clock::now();
    const pid_t process = process_(worker);
    const auto pss = process > 0 ? pss_of(root, process) : std::nullopt;
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    lock.lock();
    if (pss) {
      seen_.largest = std::max(seen_.largest, *pss);
      ++seen_.readings;
    }
    changed_.wait_for(lock, std::max(shortest_pause, taken / most_share), [this] { return stopping_; });
  }
}

}  // namespace palier
