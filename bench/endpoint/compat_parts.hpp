#pragma once
#include <optional>

#include "bench/endpoint/compat.hpp"

namespace palier::compat {

/// What all tools look at: requests that were completed, the warm-up left out, with their chunks in order.
struct SeenRequest {
  const RequestRecord* record = nullptr;
  std::vector<Chunk> chunks;
};
struct Seen {
  std::vector<SeenRequest> completed;
  double failed = 0;
  Nanoseconds from = 0;           ///< the measured time began
  Nanoseconds first = 0, to = 0;  ///< the first request was taken up; the last one ended
};

inline double milliseconds(Nanoseconds time) { return static_cast<double>(time) * 1e-6; }
/// count / time, 0 where there was none.
double per_second(double count, Nanoseconds time);
double mean(const std::vector<double>& values);
/// Of the whole population, as numpy's std() has it.
double deviation(const std::vector<double>& values);
CompatFigure number(std::string name, std::string unit, std::string definition, double value);

Compat vllm(const Seen& seen);
Compat guidellm(const Seen& seen);
Compat aiperf(const Seen& seen);

}  // namespace palier::compat
