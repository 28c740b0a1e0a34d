#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/sampling.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

struct DiskOptions {
  std::filesystem::path folder = ".";
  Bytes file_size = Bytes{1} << 30;
  double seconds = 30;
  std::uint64_t seed = 1;
};

/// Reads and writes an unnamed file in `folder` past the page cache: blocks of 1 MiB one after the other, in B/s, and
/// blocks of 4 KiB at random places, in IO/s, with several of them under way at once (AsyncIo). A write counts
/// when the disk has taken it, which may be its own memory, as fio's direct=1 counts. Throws Error as ScratchFile does,
/// and where the disk fails.
std::vector<Benchmark> measure_disk(const DiskOptions& options, const Watch& watch);

/// The seconds that Llama 2 7B takes from this disk at the best sequential rate of `benchmarks`:
/// {"7b_16_bit": 5.1, "7b_4_bit": 1.5}; null where they have none.
Json load_seconds(const std::vector<Benchmark>& benchmarks);

/// The same as a line for people; empty where there is none.
std::string load_text(const std::vector<Benchmark>& benchmarks);

}  // namespace palier
