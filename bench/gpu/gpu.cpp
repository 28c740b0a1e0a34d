#include "bench/gpu/gpu.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/buffer.hpp"
#include "bench/gpu/limits.hpp"
#include "bench/gpu/numbers.hpp"
#include "bench/gpu/product_check.hpp"
#include "bench/gpu/product_energy.hpp"
#include "bench/gpu/shared_bus.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr double free_share = 0.4;
constexpr Bytes least_array = Bytes{1} << 20, transfer = Bytes{64} << 20;
constexpr double shortest_sample = 0.01;  // seconds: far above the clock's resolution and the cost of a launch
constexpr double shared_seconds = 0.05;   // in which threads that start one after the other work side by side
constexpr int most_repeats = 10000;
constexpr int smallest_n = 256, largest_n = 8192;
constexpr double long_enough = 0.02;  // seconds of one product: a larger one would not be faster
constexpr int checked_places = 64;
constexpr int waking = 4;              // transfers after which a link that slept runs at full speed
constexpr double energy_share = 0.25;  // of the time, where the card tells its power

Error wrong(const std::string& what) {
  return Error({.message = fmt::format("the device computes a wrong {}", what),
                .reason = "its result is not the one that the numbers give",
                .help = "measure again; a card that errs again should not be used"});
}

/// All that is measured on one device, and the memory that it takes.
class Measuring {
 public:
  Measuring(GpuDevice& device, int index, const GpuOptions& options)
      : device_(device), index_(index), numbers_(options.seed), random_(options.seed) {
    const GpuIdentity& identity = device.identity();
    const Bytes share =
        std::min(static_cast<Bytes>(free_share * static_cast<double>(identity.free)), options.most_memory);
    const std::size_t parts = (identity.unified ? 8 : 5) + 3 * device.formats().size();
    bytes_ = std::min(share / parts, identity.largest) / least_array * least_array;
    if (bytes_ < least_array)
      throw Error({.message = fmt::format("cannot measure {}", identity.name),
                   .reason = fmt::format("{} of its memory are free", format_bytes(static_cast<double>(identity.free))),
                   .help = "end what else runs on it"});
  }

  std::vector<Configuration> configurations() {
    attempt("copy and triad", [this] { add_bandwidth(); });
    for (const bool pinned : {false, true}) attempt("transfers", [this, pinned] { add_transfers(pinned); });
    attempt("launches", [this] { add_launches(); });
    for (const GpuFormat format : device_.formats())
      attempt(fmt::format("the product of {}", to_string(format)), [this, format] { add_product(format); });
    if (device_.formats().empty()) notes_.emplace_back("no matrix product: " + why_no_product());
    return std::move(configurations_);
  }

  const std::map<std::string, std::string>& failures() const { return failures_; }
  std::vector<std::string> notes() const { return notes_; }
  Bytes taken() const { return taken_; }
  /// Those whose results are right, and that did not fail meanwhile.
  std::vector<ProductRun> products() const {
    std::vector<ProductRun> sound;
    std::ranges::copy_if(products_, std::back_inserter(sound),
                         [this](const ProductRun& product) { return failures_.count(product.label) == 0; });
    return sound;
  }

 private:
  std::string why_no_product() const {
    if (device_.identity().api == "CUDA") return "cuBLAS is not installed (libcublas.so.13, .12 or .11)";
    return "the device has no work groups of 256";
  }

  template <class Work>
  void attempt(const std::string& what, const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      notes_.push_back(fmt::format("{} left out: {}", what, error.text().reason));
    }
  }

  GpuMemory array(Bytes bytes) {
    GpuMemory memory = device_.array(bytes);
    taken_ += bytes;
    return memory;
  }

  /// `seconds(repeat)` is the time of so many in a row, each of them `work` in `unit` without the "/s".
  void add(const std::string& name, const std::string& unit, Json parameters, const std::string& label, double work,
           std::function<double(int)> seconds) {
    const double once = std::max(seconds(1), 1e-9);  // compiles, loads and warms up
    const double again = std::max(std::min(once, seconds(1)), 1e-9);
    const int repeat = static_cast<int>(std::clamp(std::ceil(shortest_sample / again), 1.0, double{most_repeats}));
    add_rate(name, unit, std::move(parameters), label,
             [work, repeat, seconds = std::move(seconds)] { return work * repeat / std::max(seconds(repeat), 1e-9); });
  }

  /// `rate()` measures once, in `unit`.
  void add_rate(const std::string& name, const std::string& unit, Json parameters, const std::string& label,
                std::function<double()> rate) {
    parameters["device"] = index_;
    parameters["api"] = device_.identity().api;
    configurations_.push_back({.name = name,
                               .unit = unit,
                               .parameters = std::move(parameters),
                               .label = label,
                               .once = [this, label, rate = std::move(rate)] {
                                 if (failures_.count(label) != 0) return 0.0;
                                 try {
                                   return rate();
                                 } catch (const Error& error) {
                                   failures_.emplace(label, error.text().reason);
                                   return 0.0;
                                 }
                               }});
  }

  void add_bandwidth() {
    const std::size_t count = bytes_ / sizeof(float);
    const GpuMemory a = array(bytes_), b = array(bytes_), c = array(bytes_);
    numbers_.fill(device_, b, GpuFormat::fp32, count);
    numbers_.fill(device_, c, GpuFormat::fp32, count);
    const auto work = static_cast<double>(bytes_);
    const Json parameters = {{"bytes", bytes_}};
    device_.copy(a, b, bytes_, 1);
    check("copy", a, GpuFormat::fp32, count, [&](std::size_t i) { return numbers_.at(i, GpuFormat::fp32); });
    add("gpu copy", "B/s", parameters, "copy", 2 * work, [this, a, b](int n) { return device_.copy(a, b, bytes_, n); });
    constexpr float scalar = 3;
    device_.triad(a, b, c, scalar, count, 1);
    check("triad", a, GpuFormat::fp32, count, [&](std::size_t i) { return 4 * numbers_.at(i, GpuFormat::fp32); });
    add("gpu triad", "B/s", parameters, "triad", 3 * work,
        [this, a, b, c, count](int n) { return device_.triad(a, b, c, scalar, count, n); });
    if (device_.identity().unified) attempt("CPU and GPU together", [&] { add_shared_bus({a, b, c, scalar, count}); });
  }

  // Both triads run until the GPU's is over: what they get together shows what the memory that they share can do.
  void add_shared_bus(const GpuTriad& triad) {
    const auto bus = std::make_shared<SharedBus>(bytes_);
    Json parameters = Json::object();
    parameters["bytes"] = bytes_;
    parameters["threads"] = bus->threads();
    const auto add_triad = [&](const char* whose, std::function<double()> rate) {
      const std::string label = fmt::format("triad, {}", whose);
      add_rate("gpu memory's " + label, "B/s", parameters, label, std::move(rate));
    };
    add_triad("CPU alone", [bus] { return bus->alone(shared_seconds); });
    const double once = device_.triad(triad.a, triad.b, triad.c, triad.scalar, triad.count, 1);
    const int repeat = static_cast<int>(std::clamp(shared_seconds / std::max(once, 1e-9), 1.0, double{most_repeats}));
    add_triad("CPU and GPU together", [this, bus, triad, repeat] { return bus->together(device_, triad, repeat); });
  }

  void add_transfers(bool pinned) {
    const Bytes bytes = std::min(bytes_, transfer);
    const GpuMemory there = array(bytes);
    const auto own = std::make_shared<Buffer>(pinned ? 0 : bytes);
    const GpuMemory here = pinned ? device_.pinned(bytes) : GpuMemory(own, own->as<void>());
    std::fill_n(static_cast<char*>(here.get()), bytes, 1);
    const char* memory = pinned ? "pinned" : "pageable";
    Json parameters = {{"bytes", bytes}, {"memory", memory}};
    for (int i = 0; i < waking; ++i) device_.write(there, 0, here.get(), bytes);
    const auto link = device_.identity().unified ? std::nullopt : pcie_limit_now(Root(), device_.identity().pci);
    if (link) set_limit(parameters, *link);
    const auto add_one = [&](const char* name, const auto& move) {
      add(name, "B/s", parameters, fmt::format("{}, {}", name + 4, memory), static_cast<double>(bytes),
          [move](int repeat) {
            const double begin = steady_seconds();
            for (int i = 0; i < repeat; ++i) move();
            return steady_seconds() - begin;
          });
    };
    add_one("gpu host to device", [this, there, here, bytes] { device_.write(there, 0, here.get(), bytes); });
    add_one("gpu device to host", [this, there, here, bytes] { device_.read(here.get(), there, 0, bytes); });
  }

  void add_launches() {
    add("gpu launch", "launches/s", Json::object(), "launches", 1, [this](int n) { return device_.launch(n); });
  }

  void add_product(GpuFormat format) {
    int n = smallest_n;
    const auto fits = [&](int size) {
      return static_cast<Bytes>(size) * static_cast<Bytes>(size) * result_width(format) <= bytes_;
    };
    if (!fits(n)) throw Error({.message = {}, .reason = "too little of the device's memory is free"});
    const Bytes most = bytes_;
    const GpuMemory a = array(most), b = array(most), c = array(most);
    const std::size_t count = std::min<std::size_t>(most / width(format), std::size_t{largest_n} * largest_n);
    numbers_.fill(device_, a, format, count);
    numbers_.fill(device_, b, format, count);
    device_.multiply(format, n, a, b, c, 1);
    check_product(format, n, c);
    while (n < largest_n && fits(2 * n) && device_.multiply(format, n, a, b, c, 1) < long_enough) n *= 2;
    device_.multiply(format, n, a, b, c, 1);
    check_product(format, n, c);
    const auto size = static_cast<double>(n);
    ProductRun run{
        .label = fmt::format("product of {}", to_string(format)),
        .parameters = Json::object(),
        .work = 2 * size * size * size,
        .seconds = [this, format, n, a, b, c](int repeat) { return device_.multiply(format, n, a, b, c, repeat); }};
    run.parameters["n"] = n;
    run.parameters["format"] = to_string(format);
    run.parameters["library"] = device_.identity().library;
    add("gpu matrix product", "FLOP/s", run.parameters, run.label, run.work, run.seconds);
    run.parameters["device"] = index_;
    run.parameters["api"] = device_.identity().api;
    products_.push_back(std::move(run));
  }

  template <class Expected>
  void check(const char* what, const GpuMemory& array, GpuFormat format, std::size_t count, const Expected& expected) {
    for (int i = 0; i < checked_places; ++i) {
      const std::size_t place = i == 0 ? 0 : i == 1 ? count - 1 : random_.below(count);
      if (result_at(device_, array, format, place) != expected(place)) throw wrong(what);
    }
  }

  void check_product(GpuFormat format, int n, const GpuMemory& c) {
    if (!is_product(device_, numbers_, format, n, c, random_))
      throw wrong(fmt::format("product of {}", to_string(format)));
  }

  GpuDevice& device_;
  int index_;
  GpuNumbers numbers_;
  Random random_;
  Bytes bytes_ = 0, taken_ = 0;
  std::vector<Configuration> configurations_;
  std::map<std::string, std::string> failures_;  ///< of a configuration, by its label, while it was measured
  std::vector<std::string> notes_;
  std::vector<ProductRun> products_;
};

}  // namespace

GpuMeasured measure_gpu(GpuDevice& device, int index, const GpuOptions& options, const Watch& watch) {
  Measuring measuring(device, index, options);
  watch(0, "checking its results", options.seconds);
  const std::vector<Configuration> configurations = measuring.configurations();
  GpuMeasured measured{.benchmarks = {}, .notes = measuring.notes(), .taken = measuring.taken()};
  if (configurations.empty())
    throw Error({.message = fmt::format("cannot measure {}", device.identity().name),
                 .reason = measured.notes.empty() ? "it does nothing" : measured.notes.front()});
  const double energy_seconds = options.card ? energy_share * options.seconds : 0;
  std::vector<Benchmark> all =
      sample(configurations, {.seconds = options.seconds - energy_seconds, .seed = options.seed},
             NoiseMeter(Root(), {}), watch);
  for (const auto& [label, reason] : measuring.failures())
    measured.notes.push_back(fmt::format("{} ended early: {}", label, reason));
  std::ranges::copy_if(std::make_move_iterator(all.begin()), std::make_move_iterator(all.end()),
                       std::back_inserter(measured.benchmarks),
                       [](const Benchmark& one) { return std::ranges::min(one.samples) > 0; });
  if (options.card)
    std::ranges::move(
        measure_product_energy(measuring.products(), *options.card, energy_seconds, watch, measured.notes),
        std::back_inserter(measured.benchmarks));
  return measured;
}

}  // namespace palier
