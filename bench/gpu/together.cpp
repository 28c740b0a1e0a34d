#include "bench/gpu/together.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "bench/gpu/numbers.hpp"

namespace palier {
namespace {

constexpr Bytes transfer = Bytes{64} << 20;
constexpr double free_share = 0.4;       // of the smallest device's free memory
constexpr double sample_seconds = 0.05;  // of several devices that start at about the same time
constexpr int most_repeats = 10000, smallest_n = 256, largest_n = 8192;
constexpr double long_enough = 0.02;  // seconds of one product: a larger one would not be faster

/// Does `work(i)` for each of so many devices in a thread of its own, and gives the seconds that all of it took.
template <class Work>
double side_by_side(std::size_t count, const Work& work) {
  std::vector<std::exception_ptr> failures(count);
  std::vector<std::thread> threads;
  threads.reserve(count);
  const double begin = steady_seconds();
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      try {
        work(i);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = steady_seconds() - begin;
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  return std::max(seconds, 1e-9);
}

class Together {
 public:
  Together(const std::vector<OpenGpu>& gpus, const GpuOptions& options) : gpus_(gpus), numbers_(options.seed) {
    const std::size_t arrays = 2 * (gpus_.size() - 1) + 4;  // on each device: those of the pairs, a transfer, a product
    bytes_ = transfer;
    for (const OpenGpu& gpu : gpus_) {
      const auto share = static_cast<Bytes>(free_share * static_cast<double>(gpu.device->identity().free));
      bytes_ = std::min(bytes_, std::min(share, options.most_memory) / arrays) / 4096 * 4096;
      devices_.push_back(gpu.index);
    }
  }

  std::vector<Configuration> configurations() {
    for (const OpenGpu& from : gpus_) {
      for (const OpenGpu& to : gpus_) {
        const bool cuda = from.device->identity().api == "CUDA" && to.device->identity().api == "CUDA";
        if (from.index != to.index && cuda)
          attempt(fmt::format("GPU {} to GPU {}", from.index, to.index), [&] { add_pair(from, to); });
      }
    }
    attempt("transfers to all", [this] { add_transfers(); });
    attempt("the product on all", [this] { add_product(); });
    return std::move(configurations_);
  }

  std::vector<std::string> notes() const { return notes_; }
  Bytes taken() const { return taken_; }

 private:
  template <class Work>
  void attempt(const std::string& what, const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      notes_.push_back(fmt::format("{} left out: {}", what, error.text().reason));
    }
  }

  GpuMemory array(GpuDevice& device, Bytes bytes) {
    device.take();
    taken_ += bytes;
    return device.array(bytes);
  }

  // What fails on the way has a rate of nothing, and is left out.
  void add(std::string name, std::string unit, Json parameters, double work, std::function<double(int)> seconds) {
    const double once = std::max(seconds(1), 1e-9);
    const int repeat = static_cast<int>(std::clamp(sample_seconds / once + 1, 1.0, double{most_repeats}));
    const std::string label = name.substr(4);
    configurations_.push_back({.name = std::move(name),
                               .unit = std::move(unit),
                               .parameters = std::move(parameters),
                               .label = label,
                               .once = [this, label, work, repeat, seconds = std::move(seconds)] {
                                 try {
                                   return work * repeat / std::max(seconds(repeat), 1e-9);
                                 } catch (const Error& error) {
                                   notes_.push_back(fmt::format("{} ended early: {}", label, error.text().reason));
                                   return 0.0;
                                 }
                               }});
  }

  void add_pair(const OpenGpu& from, const OpenGpu& to) {
    const std::size_t count = bytes_ / sizeof(float);
    const GpuMemory source = array(*from.device, bytes_);
    numbers_.fill(*from.device, source, GpuFormat::fp32, count);
    const GpuMemory target = array(*to.device, bytes_);
    const bool direct = to.device->reaches(*from.device);
    to.device->copy_from(*from.device, target, source, bytes_, 1);
    for (const std::size_t place : {std::size_t{0}, count / 2, count - 1}) {
      std::array<unsigned char, 4> got{};
      to.device->read(got.data(), target, place * sizeof(float), sizeof(float));
      if (decode(got.data(), GpuFormat::fp32) != numbers_.at(place, GpuFormat::fp32))
        throw Error({.message = {}, .reason = "what arrives is not what was sent"});
    }
    add("gpu to gpu", "B/s", {{"from", from.index}, {"to", to.index}, {"direct", direct}, {"bytes", bytes_}},
        static_cast<double>(bytes_), [this, from, to, source, target](int repeat) {
          to.device->take();
          return to.device->copy_from(*from.device, target, source, bytes_, repeat);
        });
  }

  void add_transfers() {
    std::vector<GpuMemory> here, there;
    for (const OpenGpu& gpu : gpus_) {
      there.push_back(array(*gpu.device, bytes_));
      here.push_back(gpu.device->pinned(bytes_));
      std::memset(here.back().get(), 1, bytes_);
    }
    const double work = static_cast<double>(bytes_) * static_cast<double>(gpus_.size());
    add("gpu host to device, together", "B/s", {{"devices", devices_}, {"memory", "pinned"}, {"bytes", bytes_}}, work,
        [this, here, there](int repeat) {
          return side_by_side(gpus_.size(), [&](std::size_t i) {
            gpus_[i].device->take();
            for (int each = 0; each < repeat; ++each) gpus_[i].device->write(there[i], 0, here[i].get(), bytes_);
          });
        });
  }

  bool all_have(GpuFormat wanted) const {
    return std::ranges::all_of(gpus_, [&](const OpenGpu& gpu) {
      const std::vector<GpuFormat> formats = gpu.device->formats();
      return std::ranges::find(formats, wanted) != formats.end();
    });
  }

  // What a device has, its library may still not have.
  void add_product() {
    std::optional<Error> last;
    for (const GpuFormat format : {GpuFormat::bf16, GpuFormat::fp16, GpuFormat::fp32}) {
      if (!all_have(format)) continue;
      try {
        return add_product(format);
      } catch (const Error& error) {
        last = error;
      }
    }
    if (last) throw Error(*last);
  }

  struct Matrices {
    GpuMemory a, b, c;
  };

  void multiply(std::size_t gpu, GpuFormat format, int n, const std::vector<Matrices>& all, int repeat) {
    gpus_[gpu].device->take();
    gpus_[gpu].device->multiply(format, n, all[gpu].a, all[gpu].b, all[gpu].c, repeat);
  }

  void add_product(GpuFormat format) {
    const auto fits = [&](int n) {
      return static_cast<Bytes>(n) * static_cast<Bytes>(n) * std::max(width(format), result_width(format)) <= bytes_;
    };
    int n = smallest_n;
    if (!fits(n)) throw Error({.message = {}, .reason = "too little of a device's memory is free"});
    std::vector<Matrices> matrices;
    for (const OpenGpu& gpu : gpus_) {
      GpuDevice& device = *gpu.device;
      matrices.push_back({array(device, bytes_), array(device, bytes_), array(device, bytes_)});
      for (const GpuMemory& each : {matrices.back().a, matrices.back().b})
        numbers_.fill(device, each, format, bytes_ / width(format));
    }
    const auto once = [&] {
      return side_by_side(gpus_.size(), [&](std::size_t gpu) { multiply(gpu, format, n, matrices, 1); });
    };
    once();  // loads the library's kernels
    while (n < largest_n && fits(2 * n) && once() < long_enough) n *= 2;
    const auto size = static_cast<double>(n);
    const double work = 2 * size * size * size * static_cast<double>(gpus_.size());
    add("gpu matrix product, together", "FLOP/s", {{"devices", devices_}, {"format", to_string(format)}, {"n", n}},
        work, [this, format, n, matrices](int repeat) {
          return side_by_side(gpus_.size(), [&](std::size_t gpu) { multiply(gpu, format, n, matrices, repeat); });
        });
  }

  std::vector<OpenGpu> gpus_;
  std::vector<int> devices_;
  GpuNumbers numbers_;
  Bytes bytes_ = 0, taken_ = 0;
  std::vector<Configuration> configurations_;
  std::vector<std::string> notes_;
};

}  // namespace

GpuMeasured measure_together(const std::vector<OpenGpu>& gpus, const GpuOptions& options, const Watch& watch) {
  Together together(gpus, options);
  watch(0, "all GPUs at once", options.seconds);
  const std::vector<Configuration> configurations = together.configurations();
  std::vector<Benchmark> all =
      sample(configurations, {.seconds = options.seconds, .seed = options.seed}, NoiseMeter(Root(), {}), watch);
  std::erase_if(all, [](const Benchmark& one) { return std::ranges::min(one.samples) <= 0; });
  GpuMeasured measured{.benchmarks = std::move(all), .notes = together.notes(), .taken = together.taken()};
  return measured;
}

}  // namespace palier
