#include "bench/workers_memory.hpp"

#include <algorithm>

namespace palier {

void WorkersMemory::add(int workers, Bytes peak, const PssWatch::Seen& seen) {
  peak_ = std::max(peak_, peak);
  if (seen.together.pss == 0) return;
  MemorySize& most = together_[workers];
  if (seen.together.pss > most.pss) most = seen.together;
}

Bytes WorkersMemory::with_unseen(int workers, const MemorySize& together) const {
  const Bytes peaks = static_cast<Bytes>(workers) * peak_;
  return together.pss + (peaks > together.resident ? peaks - together.resident : 0);
}

// The largest number that was seen and is not above `workers`, or else the smallest. More workers take no less.
std::optional<WorkersMemory::Measured> WorkersMemory::nearest(int workers) const {
  std::optional<Measured> found;
  for (const auto& [count, together] : together_) {
    if (found && count > workers) break;
    found = Measured{count, std::max(with_unseen(count, together), found ? found->bytes : 0)};
  }
  return found;
}

std::optional<WorkersMemory::Need> WorkersMemory::of_another(int workers) const {
  const auto many = nearest(workers);
  if (!many) return peak_ > 0 ? std::optional(Need{.bytes = peak_}) : std::nullopt;
  const Bytes each = many->bytes / static_cast<Bytes>(many->workers);
  const auto few = *nearest(1);
  if (few.workers == many->workers) return Need{.bytes = each, .by_pss = true};
  const Bytes more = many->bytes > few.bytes ? many->bytes - few.bytes : 0;
  return Need{.bytes = std::min(each, more / static_cast<Bytes>(many->workers - few.workers)), .by_pss = true};
}

std::optional<WorkersMemory::Need> WorkersMemory::of(int workers) const {
  auto need = of_another(workers);
  if (!need) return {};
  const Measured seen = nearest(workers).value_or(Measured{.workers = 0, .bytes = 0});
  need->bytes = seen.bytes + static_cast<Bytes>(std::max(0, workers - seen.workers)) * need->bytes;
  return need;
}

}  // namespace palier
