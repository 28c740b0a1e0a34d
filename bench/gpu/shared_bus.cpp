#include "bench/gpu/shared_bus.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "bench/binding.hpp"
#include "bench/buffer.hpp"
#include "bench/sampling.hpp"
#include "bench/stream.hpp"
#include "bench/team.hpp"

namespace palier {
namespace {

constexpr double scalar = 3;
constexpr std::size_t step = 8192;          // elements between two looks at whether to go on
constexpr double bytes_of_an_element = 24;  // of the triad, as STREAM counts them

StreamKernel widest_triad() {
  const std::vector<StreamKernel> kernels = stream_kernels();
  return *std::ranges::find(kernels, "triad", &StreamKernel::operation);  // there is a portable one
}

int processors_beside_one(const Binding& binding) { return std::max(1, static_cast<int>(binding.places().size()) - 1); }

}  // namespace

struct SharedBus::Parts {
  struct Part {
    Buffer a, b, c;
    std::size_t count;
    double done = 0;  ///< bytes
  };

  explicit Parts(Bytes bytes) : team(binding, processors_beside_one(binding)), kernel(widest_triad()) {
    const std::size_t each = bytes / static_cast<std::size_t>(team.size()) / sizeof(double) / step * step;
    if (each == 0) throw Error({.message = {}, .reason = "too little memory is free"});
    for (int i = 0; i < team.size(); ++i) {
      const std::size_t size = each * sizeof(double);
      parts.push_back({Buffer(size), Buffer(size), Buffer(size), each});
    }
    team.run(team.size(), [this](const Team::Turn& turn) {  // memory lies where it is first touched
      const Part& part = parts[static_cast<std::size_t>(turn.thread)];
      std::fill_n(part.a.as<double>(), part.count, 0.0);
      std::fill_n(part.b.as<double>(), part.count, 2.0);
      std::fill_n(part.c.as<double>(), part.count, 1.0);
    });
  }

  /// Bytes a second until `stop` is set.
  double run(const std::atomic<bool>& stop) {
    const double seconds = team.run(team.size(), [&](const Team::Turn& turn) {
      Part& part = parts[static_cast<std::size_t>(turn.thread)];
      part.done = 0;
      for (std::size_t at = 0; !stop.load(std::memory_order_relaxed); at = (at + step) % part.count) {
        kernel.run(part.a.as<double>() + at, part.b.as<double>() + at, part.c.as<double>() + at, scalar, step);
        part.done += step * bytes_of_an_element;
      }
    });
    double bytes = 0;
    for (const Part& part : parts) bytes += part.done;
    return bytes / std::max(seconds, 1e-9);
  }

  Binding binding;
  Team team;
  StreamKernel kernel;
  std::vector<Part> parts;
};

SharedBus::SharedBus(Bytes bytes) : parts_(std::make_unique<Parts>(bytes)) {}
SharedBus::~SharedBus() = default;

int SharedBus::threads() const { return parts_->team.size(); }

double SharedBus::alone(double seconds) {
  std::atomic<bool> stop = false;
  double rate = 0;
  std::thread processors([&] { rate = parts_->run(stop); });
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  processors.join();
  return rate;
}

double SharedBus::together(GpuDevice& device, const GpuTriad& triad, int repeat) {
  std::atomic<bool> stop = false;
  double rate = 0, seconds = 0;
  std::exception_ptr failure;
  std::thread processors([&] { rate = parts_->run(stop); });
  try {
    seconds = device.triad(triad.a, triad.b, triad.c, triad.scalar, triad.count, repeat);
  } catch (...) {
    failure = std::current_exception();
  }
  stop = true;
  processors.join();
  if (failure) std::rethrow_exception(failure);
  const double bytes = 3.0 * sizeof(float) * static_cast<double>(triad.count) * repeat;
  return rate + bytes / std::max(seconds, 1e-9);
}

}  // namespace palier
