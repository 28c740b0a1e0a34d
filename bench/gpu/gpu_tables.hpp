#pragma once
#include <string>
#include <vector>

#include "base/lang.hpp"
#include "bench/report.hpp"

namespace palier {

struct GpuRow {
  std::vector<std::string> cells;
  const Benchmark* benchmark;
};

/// What a report says of a GPU, or of all of them together, as a person reads it.
struct GpuTable {
  std::string title;  ///< empty of a table that goes on with the one before it
  std::vector<std::string> header;
  std::vector<GpuRow> rows;
  std::vector<std::string> sentences;  ///< what the rows are beside
  std::vector<std::string> warnings;
};

/// Of a report of `palier bench gpu`: for each GPU its figures, and what it did meanwhile; then what they did together.
std::vector<GpuTable> gpu_tables(const Report& report, Lang lang);

/// Whether a benchmark stands in one of those tables.
bool is_of_gpu(const Report& report, const Benchmark& benchmark);

}  // namespace palier
