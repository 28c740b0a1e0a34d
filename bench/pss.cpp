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

std::optional<Bytes> kilobytes_of(std::string_view number) {
  const auto kilobytes = to_integer(number);
  constexpr long long most = 1LL << 36;  // whatever a text says, its sum over all workers fits
  if (!kilobytes || *kilobytes < 0 || *kilobytes > most) return std::nullopt;
  return static_cast<Bytes>(*kilobytes) * 1024;
}

}  // namespace

MemorySize& MemorySize::operator+=(const MemorySize& other) {
  resident += other.resident;
  pss += other.pss;
  return *this;
}

std::optional<MemorySize> parse_memory(std::string_view text) {
  std::optional<Bytes> resident, pss;
  for (const std::string_view line : lines(text)) {
    const auto fields = words(line);
    if (fields.size() != 3 || fields[2] != "kB") continue;
    if (fields[0] == "Rss:") resident = kilobytes_of(fields[1]);
    if (fields[0] == "Pss:") pss = kilobytes_of(fields[1]);
  }
  if (!resident || !pss) return std::nullopt;
  return MemorySize{.resident = *resident, .pss = *pss};
}

std::optional<MemorySize> memory_of(const Root& root, pid_t process) {
  std::vector<pid_t> all = {process};
  MemorySize total;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto own = parse_memory(root.read(folder_of(all[i]) + "/smaps_rollup").value_or(""));
    if (!own && i == 0) return std::nullopt;
    total += own.value_or(MemorySize());
    add_children(root, all[i], all);
  }
  return total;
}

void PssWatch::Seen::add(const Seen& other) {
  largest = std::max(largest, other.largest);
  if (other.together.pss > together.pss) together = other.together;
  readings += other.readings;
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

PssWatch::Seen PssWatch::read_all(const Root& root, int workers) const {
  Seen seen;
  for (int worker = 0; worker < workers; ++worker) {
    const pid_t process = process_(worker);
    const auto size = process > 0 ? memory_of(root, process) : std::nullopt;
    if (!size) continue;
    seen.largest = std::max(seen.largest, size->pss);
    seen.together += *size;
    ++seen.readings;
  }
  return seen;
}

void PssWatch::watch(int workers) {
  const Root root;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const auto begin = std::chrono::steady_clock::now();
    const Seen seen = read_all(root, workers);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    lock.lock();
    seen_.add(seen);
    changed_.wait_for(lock, std::max(shortest_pause, taken / most_share), [this] { return stopping_; });
  }
}

}  // namespace palier
