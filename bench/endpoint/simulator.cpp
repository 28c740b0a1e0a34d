#include "bench/endpoint/simulator.hpp"

#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/endpoint/simulated_connection.hpp"

namespace palier {
namespace {

constexpr int listen_backlog = 4096;
constexpr double longest_delay = 3600;

[[noreturn]] void refuse(std::string_view part) {
  throw Error(
      {.message = "wrong --simulate",
       .reason = fmt::format("'{}' is none of ttft=TIME, itl=TIME, slots=N and pause=TIME@TIME", printable(part)),
       .help = "for example --simulate ttft=200ms,itl=20ms,slots=8"},
      ExitCode::usage);
}

double delay(std::string_view text, std::string_view part) {
  const auto seconds = parse_seconds(text);
  if (!seconds || *seconds > longest_delay) refuse(part);
  return *seconds;
}

void read_part(std::string_view part, SimulationOptions& options) {
  const std::size_t equals = std::min(part.find('='), part.size());
  const std::string_view name = part.substr(0, equals);
  const std::string_view value = part.substr(std::min(equals + 1, part.size()));
  if (name == "ttft") {
    options.ttft = delay(value, part);
  } else if (name == "itl") {
    options.gap = delay(value, part);
  } else if (name == "pause" && value.find('@') != value.npos) {
    options.pause = delay(value.substr(0, value.find('@')), part);
    options.pause_at = delay(value.substr(value.find('@') + 1), part);
  } else if (const auto slots = to_integer(value); name == "slots" && slots && *slots > 0 && *slots <= 1'000'000) {
    options.slots = static_cast<int>(*slots);
  } else {
    refuse(part);
  }
}

FileDescriptor listen_on_loopback(int& port) {
  FileDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (!listener || ::bind(listener.get(), any, size) != 0 || ::listen(listener.get(), listen_backlog) != 0 ||
      ::getsockname(listener.get(), any, &size) != 0) {
    throw Error({.message = "cannot start the simulated server", .reason = system_message(errno)});
  }
  port = ntohs(address.sin_port);
  return listener;
}

}  // namespace

SimulationOptions parse_simulation(const std::string& text) {
  SimulationOptions options;
  if (text.empty()) return options;
  for (const std::string_view part : split(text, ',')) read_part(part, options);
  return options;
}

Simulator::Simulator(const SimulationOptions& options)
    : options_(options), listener_(listen_on_loopback(port_)), door_(*this) {
  if (!poller_.add(listener_.get(), EPOLLIN, door_))
    throw Error({.message = "cannot start the simulated server", .reason = system_message(errno)});
  thread_ = std::thread([this] { run(); });
}

Simulator::~Simulator() {
  stop_ = true;
  poller_.wake();
  thread_.join();
}

HttpTarget Simulator::target() const { return parse_target(fmt::format("http://127.0.0.1:{}/v1", port_)); }

void Simulator::run() {
  while (!stop_) {
    const Nanoseconds now = monotonic_now();
    if (now >= pause_at_) {
      pause_at_ = Poller::never;
      std::this_thread::sleep_for(std::chrono::nanoseconds(nanoseconds(options_.pause)));
      continue;
    }
    unused_.insert(unused_.end(), resting_.begin(), resting_.end());
    resting_.clear();
    answer_due(now);
    const Nanoseconds next = due_.empty() ? Poller::never : due_.front().time;
    poller_.wait(std::min(next, pause_at_));
  }
}

void Simulator::accept() {
  for (;;) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return;
    }
    if (unused_.empty())
      unused_.push_back(connections_.emplace_back(std::make_unique<SimulatedConnection>(*this)).get());
    SimulatedConnection& connection = *unused_.back();
    unused_.pop_back();
    if (!met_ && options_.pause > 0) pause_at_ = monotonic_now() + nanoseconds(options_.pause_at);
    met_ = true;
    connection.open(FileDescriptor(fd));
  }
}

void Simulator::answer_due(Nanoseconds now) {
  while (!due_.empty() && due_.front().time <= now) {
    SimulatedConnection& connection = *due_.front().connection;
    std::ranges::pop_heap(due_, std::greater<>());
    due_.pop_back();
    connection.go_on(now);
  }
}

void Simulator::wake_at(Nanoseconds time, SimulatedConnection& connection) {
  due_.push_back({time, &connection});
  std::ranges::push_heap(due_, std::greater<>());
}

bool Simulator::admit(SimulatedConnection& connection) {
  if (options_.slots > 0 && active_ >= options_.slots) {
    queue_.push_back(&connection);
    return false;
  }
  ++active_;
  return true;
}

void Simulator::leave() {
  --active_;
  if (queue_.empty()) return;
  SimulatedConnection& next = *queue_.front();
  queue_.pop_front();
  ++active_;
  next.wake_at(monotonic_now());
}

}  // namespace palier
