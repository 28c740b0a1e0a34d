#include "profiles/fit/search.hpp"

#include <algorithm>

namespace palier {
namespace {

constexpr std::uint64_t step = 256;
constexpr std::uint64_t unknown_context = 131072;

// The largest of 1 to `most` for which `fits` holds, if it holds for all below; 0 for none.
std::uint64_t largest(std::uint64_t most, auto fits) {
  std::uint64_t low = 0;
  std::uint64_t high = most;
  while (low < high) {
    const std::uint64_t middle = low + (high - low + 1) / 2;
    if (fits(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

}  // namespace

std::uint64_t Fitter::largest_context(const Model& model, const WeightLoad& load, Serving serving, Mode mode) const {
  const std::uint64_t most = model.context == 0 ? unknown_context : model.context;
  const std::uint64_t steps = largest(std::max<std::uint64_t>(1, most / step), [&](std::uint64_t count) {
    serving.context = count * step;
    const Placement placement = place(model, load, serving);
    return placement.fits && placement.mode <= mode;
  });
  return std::min(most, steps * step);
}

std::uint64_t Fitter::most_sequences(const Model& model, const WeightLoad& load, Serving serving, Mode mode) const {
  return largest(1024, [&](std::uint64_t count) {
    serving.sequences = count;
    const Placement placement = place(model, load, serving);
    return placement.fits && placement.mode <= mode;
  });
}

}  // namespace palier
