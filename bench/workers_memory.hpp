#pragma once
#include <map>
#include <optional>

#include "bench/pss.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// What a number of workers needs together, from what was seen of smaller ones: `shared` + N `private`, since pages
/// that workers share are there once. Their sum of PSS counts them so; what of the peak resident set no reading has
/// seen counts in full for each worker. Where no PSS was read, each needs its peak resident set.
class WorkersMemory {
 public:
  struct Need {
    Bytes bytes = 0;
    bool by_pss = false;
  };

  /// Keeps the most of all samples with so many workers. `peak` is the largest job's.
  void add(int workers, Bytes peak, const PssWatch::Seen& seen);
  /// nullopt before anything was seen.
  std::optional<Need> of(int workers) const;
  /// What one more takes where `workers` work already.
  std::optional<Need> of_another(int workers) const;

 private:
  struct Measured {
    int workers;
    Bytes bytes;
  };
  std::optional<Measured> nearest(int workers) const;
  Bytes with_unseen(int workers, const MemorySize& together) const;

  std::map<int, MemorySize> together_;  ///< by the number of workers
  Bytes peak_ = 0;
};

}  // namespace palier
