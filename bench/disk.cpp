#include "bench/disk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/async_io.hpp"
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

/// One sample: `depth` accesses are under way until the time is over.
class Accessing {
 public:
  Accessing(const ScratchFile& file, const Access& access, std::uint64_t seed)
      : file_(file), access_(access), blocks_(file.bytes() / access.block()), seed_(seed), random_(~seed) {}

  /// Accesses a second.
  double run(int depth, double seconds) {
    std::vector<Request> requests = make_requests(depth);
    AsyncIo io(static_cast<unsigned>(depth));  // behind the buffers, which it waits for
    const double begin = steady_seconds();
    for (Request& request : requests) start(io, request.block);
    std::size_t done = 0, under_way = requests.size();
    while (under_way > 0) {
      const auto ended = io.wait();
      if (ended.empty()) fail(errno);
      const bool over = steady_seconds() - begin >= seconds;
      for (const io_event& event : ended) {
        const std::size_t request = finished(event);
        if (!over) start(io, requests[request].block);
      }
      done += ended.size();
      if (over) under_way -= ended.size();
    }
    return static_cast<double>(done) / (steady_seconds() - begin);
  }

 private:
  struct Request {
    Buffer buffer;
    iocb block{};
  };

  // What is written must not be easy to compress, and takes time to make.
  std::vector<Request> make_requests(int depth) const {
    std::vector<Request> out(static_cast<std::size_t>(depth));
    for (std::size_t i = 0; i < out.size(); ++i) {
      Request& request = out[i];
      request.buffer = random_buffer(seed_ + i);
      request.block.aio_data = i;
      request.block.aio_lio_opcode = access_.write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
      request.block.aio_fildes = static_cast<std::uint32_t>(file_.descriptor());
      request.block.aio_buf = reinterpret_cast<std::uintptr_t>(request.buffer.as<char>());
      request.block.aio_nbytes = request.buffer.bytes();
    }
    return out;
  }

  Buffer random_buffer(std::uint64_t seed) const {
    Buffer buffer(access_.block());
    Random random(seed);
    for (std::size_t i = 0; i < buffer.bytes() / sizeof(std::uint64_t); ++i)
      buffer.as<std::uint64_t>()[i] = random.bits();
    return buffer;
  }

  void start(const AsyncIo& io, iocb& block) {
    const std::uint64_t index = access_.random ? random_.below(blocks_) : next_++ % blocks_;
    block.aio_offset = static_cast<std::int64_t>(index * access_.block());
    if (!io.submit(block)) fail(errno);
  }

  /// The request that it is the end of.
  std::size_t finished(const io_event& event) const {
    if (event.res < 0) fail(static_cast<int>(-event.res));
    if (static_cast<std::size_t>(event.res) != access_.block()) fail(EIO);
    return event.data;
  }

  [[noreturn]] void fail(int why) const {
    throw Error({.message = fmt::format("cannot {} the disk", access_.write ? "write to" : "read from"),
                 .reason = system_message(why),
                 .help = "the kernel's messages (dmesg) say more"});
  }

  const ScratchFile& file_;
  Access access_;
  std::uint64_t blocks_, seed_, next_ = 0;
  Random random_;
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
