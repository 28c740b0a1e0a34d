#include "bench/disk.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/buffer.hpp"
#include "bench/scratch_file.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr std::size_t small_block = 4096;
constexpr double fill_share = 0.25;  // of the time, to write the file
constexpr double shortest_sample = 0.05, longest_sample = 0.5;
constexpr double samples_each = 14;  // ten and the warm-up

// Llama 2 7B has 6,738,415,616 parameters (its model card): two bytes each, and its Q4_K_M file as published.
constexpr double parameters_7b = 6738415616.0, file_7b_q4 = 4081004224.0;

struct Access {
  const char* name;
  bool random, write;
  std::size_t block() const { return random ? small_block : ScratchFile::block; }
};
constexpr auto accesses = std::to_array<Access>({{"disk sequential read", false, false},
                                                 {"disk sequential write", false, true},
                                                 {"disk random read", true, false},
                                                 {"disk random write", true, true}});

std::vector<int> depths(const Access& access) { return access.random ? std::vector{1, 4, 16, 32} : std::vector{1, 4}; }

/// One sample: `depth` threads that each have one access under way until the time is over.
class Accessing {
 public:
  Accessing(const ScratchFile& file, const Access& access, std::uint64_t seed)
      : file_(file), access_(access), blocks_(file.bytes() / access.block()), seed_(seed) {}

  /// Accesses a second.
  double run(int depth, double seconds) {
    // What is written must not be easy to compress, and takes time to make.
    std::vector<Buffer> buffers;
    buffers.reserve(static_cast<std::size_t>(depth));
    for (int i = 0; i < depth; ++i) buffers.push_back(random_buffer(seed_ + static_cast<unsigned>(i)));
    const double begin = steady_seconds();
    {
      std::vector<std::jthread> threads;
      threads.reserve(buffers.size());
      for (const Buffer& buffer : buffers)
        threads.emplace_back([&, seed = seed_ + threads.size()] { work(buffer, seed, begin + seconds); });
    }
    const double end = steady_seconds();
    if (const int why = error_; why != 0)
      throw Error({.message = fmt::format("cannot {} the disk", access_.write ? "write to" : "read from"),
                   .reason = system_message(why),
                   .help = "the kernel's messages (dmesg) say more"});
    return static_cast<double>(done_) / (end - begin);
  }

 private:
  Buffer random_buffer(std::uint64_t seed) const {
    Buffer buffer(access_.block());
    Random random(seed);
    for (std::size_t i = 0; i < buffer.bytes() / sizeof(std::uint64_t); ++i)
      buffer.as<std::uint64_t>()[i] = random.bits();
    return buffer;
  }

  // Once at least, however late the thread begins.
  void work(const Buffer& buffer, std::uint64_t seed, double end) noexcept {
    Random random(~seed);
    do {
      const std::uint64_t index = access_.random ? random.below(blocks_) : next_++ % blocks_;
      const auto offset = static_cast<off_t>(index * access_.block());
      const ssize_t moved = access_.write ? ::pwrite(file_.descriptor(), buffer.as<char>(), buffer.bytes(), offset)
                                          : ::pread(file_.descriptor(), buffer.as<char>(), buffer.bytes(), offset);
      if (moved == static_cast<ssize_t>(buffer.bytes())) {
        ++done_;
      } else if (moved >= 0 || errno != EINTR) {
        error_ = moved < 0 ? errno : EIO;
      }
    } while (steady_seconds() < end && error_ == 0);
  }

  const ScratchFile& file_;
  Access access_;
  std::uint64_t blocks_, seed_;
  std::atomic<std::uint64_t> next_ = 0, done_ = 0;
  std::atomic<int> error_ = 0;
};

Configuration configuration(const ScratchFile& file, const Access& access, int depth, double seconds,
                            std::uint64_t& seed) {
  const double unit = access.random ? 1 : static_cast<double>(access.block());
  return {.name = access.name,
          .unit = access.random ? "IO/s" : "B/s",
          .parameters = {{"queue_depth", depth},
                         {"block_bytes", access.block()},
                         {"file_bytes", file.bytes()},
                         {"page_cache", "bypassed"}},
          .label = fmt::format("{}, queue depth {}", access.name, depth),
          .once = [&file, &seed, access, depth, seconds, unit] {
            seed += 100;  // other places than the last sample's
            return unit * Accessing(file, access, seed).run(depth, seconds);
          }};
}

}  // namespace

std::vector<Benchmark> measure_disk(const DiskOptions& options, const Watch& watch) {
  watch(0, "writing the file", options.seconds);
  const ScratchFile file(options.folder, options.file_size, fill_share * options.seconds);
  std::size_t count = 0;
  for (const Access& access : accesses) count += depths(access).size();
  const double left = (1 - fill_share) * options.seconds;
  const double each = std::clamp(left / (samples_each * static_cast<double>(count)), shortest_sample, longest_sample);
  std::uint64_t seed = options.seed;
  std::vector<Configuration> configurations;
  for (const Access& access : accesses) {
    for (const int depth : depths(access)) configurations.push_back(configuration(file, access, depth, each, seed));
  }
  return sample(configurations, {.seconds = left, .seed = options.seed}, NoiseMeter(Root(), {}),
                [&](double fraction, const std::string& doing, double seconds_left) {
                  watch(fill_share + (1 - fill_share) * fraction, doing, seconds_left);
                });
}

Json load_seconds(const std::vector<Benchmark>& benchmarks) {
  double best = 0;
  for (const Benchmark& benchmark : benchmarks) {
    if (benchmark.name == accesses.front().name) best = std::max(best, benchmark.median);
  }
  if (best <= 0) return nullptr;
  return {{"7b_16_bit", 2 * parameters_7b / best}, {"7b_4_bit", file_7b_q4 / best}};
}

std::string load_text(const std::vector<Benchmark>& benchmarks) {
  const Json seconds = load_seconds(benchmarks);
  if (seconds.is_null()) return {};
  return fmt::format("A model of 7 billion parameters loads in {} in 16 bits (13.5 GB), in {} in 4 bits (4.1 GB).\n",
                     format_seconds(seconds["7b_16_bit"].get<double>()),
                     format_seconds(seconds["7b_4_bit"].get<double>()));
}

}  // namespace palier
