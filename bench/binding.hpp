#pragma once
#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hwdetect/machine.hpp"

struct hwloc_topology;

namespace palier {

/// A NUMA node that has memory.
struct MemoryNode {
  unsigned index = 0;                  ///< the operating system's number
  std::optional<unsigned> place = {};  ///< a PU beside it that this process may use; none where there is none
};

/// PUs that have something in common with one PU that nearer ones have not.
struct Neighbours {
  std::string share;             ///< "core", "L3 cache", "package", "machine"
  std::vector<unsigned> places;  ///< the operating system's numbers
};

/// The processing units that this process may use, as hwloc sees them.
class Binding {
 public:
  /// Throws Error where hwloc cannot read this computer.
  Binding();
  /// A computer that there is not, in hwloc's words ("numa:2 core:2 pu:1"), for tests: binding to it does nothing.
  explicit Binding(const char* synthetic);

  /// The operating system's numbers of the PUs, spread: any first n of them are as far apart as n can be (packages,
  /// then caches, then cores, and hardware threads of one core last).
  const std::vector<unsigned>& places() const { return places_; }
  /// The first `n` of them; where there are fewer PUs, all have as many of the n, or one more.
  std::vector<unsigned> places_for(std::size_t n) const;
  /// Binds the calling thread to one PU; false where the system refuses.
  bool bind(unsigned place) const;
  /// Binds another process.
  bool bind_process(pid_t process, unsigned place) const;
  /// All other places, by what they share with this one, the nearest first.
  std::vector<Neighbours> neighbours(unsigned place) const;
  /// Ascending by their number.
  const std::vector<MemoryNode>& nodes() const { return nodes_; }
  /// Lets memory that nobody has touched yet lie on a node; false where the system refuses.
  bool bind_memory(void* data, std::size_t bytes, unsigned node) const;
  /// Bytes of all last-level caches of the PUs together; 0 where unknown.
  Bytes last_level_cache() const { return last_level_cache_; }
  /// Bytes of the level-2 cache that one PU has while all that share it work; 0 where unknown.
  Bytes second_level_cache() const { return second_level_cache_; }

 private:
  struct Destroy {
    void operator()(hwloc_topology* topology) const;
  };
  void load();

  std::unique_ptr<hwloc_topology, Destroy> topology_;
  std::vector<MemoryNode> nodes_;
  std::vector<unsigned> places_;
  Bytes last_level_cache_ = 0;
  Bytes second_level_cache_ = 0;
};

}  // namespace palier
