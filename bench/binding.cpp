#include "bench/binding.hpp"

#include <hwloc.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/error.hpp"

namespace palier {
namespace {

// The children's PUs dealt in turn, so that every prefix is spread over the children and, in them, over theirs.
std::vector<unsigned> spread(hwloc_obj_t object) {
  if (object->type == HWLOC_OBJ_PU) return {object->os_index};
  std::vector<std::vector<unsigned>> hands;
  std::size_t longest = 0;
  for (unsigned i = 0; i < object->arity; ++i) {
    hands.push_back(spread(object->children[i]));
    longest = std::max(longest, hands.back().size());
  }
  std::vector<unsigned> places;
  for (std::size_t i = 0; i < longest; ++i) {
    for (const auto& hand : hands) {
      if (i < hand.size()) places.push_back(hand[i]);
    }
  }
  return places;
}

/// What those share that have it in common; empty of what only groups others.
std::string name_of(hwloc_obj_t object) {
  if (object->type == HWLOC_OBJ_CORE) return "core";
  if (hwloc_obj_type_is_dcache(object->type) != 0) return "L" + std::to_string(object->attr->cache.depth) + " cache";
  if (object->type == HWLOC_OBJ_PACKAGE) return "package";
  return object->type == HWLOC_OBJ_MACHINE ? "machine" : "";
}

Bytes cache_size(hwloc_obj_t cache) { return cache == nullptr ? 0 : cache->attr->cache.size; }

Bytes total_of_outermost_caches(hwloc_topology_t topology) {
  for (const auto type : {HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L1CACHE}) {
    Bytes total = 0;
    for (hwloc_obj_t cache = nullptr; (cache = hwloc_get_next_obj_by_type(topology, type, cache)) != nullptr;)
      total += cache_size(cache);
    if (total > 0) return total;
  }
  return 0;
}

hwloc_topology* start() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) == 0) return topology;
  throw Error({.message = "cannot read the processor topology", .reason = "hwloc could not start"});
}

}  // namespace

void Binding::Destroy::operator()(hwloc_topology* topology) const { hwloc_topology_destroy(topology); }

Binding::Binding() : topology_(start()) {
  // What affinity forbids is not there: a measurement must not use more than a program started here could.
  hwloc_topology_set_flags(topology_.get(),
                           HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM | HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING);
  load();
}

Binding::Binding(const char* synthetic) : topology_(start()) {
  if (hwloc_topology_set_synthetic(topology_.get(), synthetic) != 0)
    throw Error({.message = "cannot read the processor topology", .reason = "hwloc does not know these words"});
  load();
}

void Binding::load() {
  hwloc_topology* topology = topology_.get();
  if (hwloc_topology_load(topology) != 0)
    throw Error({.message = "cannot read the processor topology", .reason = "hwloc could not load it"});
  places_ = spread(hwloc_get_root_obj(topology));
  last_level_cache_ = total_of_outermost_caches(topology);
  if (hwloc_obj_t cache = hwloc_get_obj_by_type(topology, HWLOC_OBJ_L2CACHE, 0); cache != nullptr)
    second_level_cache_ = cache_size(cache) / static_cast<unsigned>(std::max(1, hwloc_bitmap_weight(cache->cpuset)));
  for (hwloc_obj_t node = nullptr;
       (node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) != nullptr;) {
    hwloc_obj_t pu = hwloc_get_obj_inside_cpuset_by_type(topology, node->cpuset, HWLOC_OBJ_PU, 0);
    nodes_.push_back({.index = node->os_index, .place = pu == nullptr ? std::nullopt : std::optional(pu->os_index)});
  }
  std::ranges::sort(nodes_, {}, &MemoryNode::index);
}

bool Binding::bind_memory(void* data, std::size_t bytes, unsigned node) const {
  hwloc_obj_t object = hwloc_get_numanode_obj_by_os_index(topology_.get(), node);
  return object != nullptr && hwloc_set_area_membind(topology_.get(), data, bytes, object->nodeset, HWLOC_MEMBIND_BIND,
                                                     HWLOC_MEMBIND_BYNODESET | HWLOC_MEMBIND_STRICT) == 0;
}

std::vector<unsigned> Binding::places_for(std::size_t n) const {
  std::vector<unsigned> places;
  for (std::size_t i = 0; i < n; ++i) places.push_back(places_[i % places_.size()]);
  return places;
}

std::vector<Neighbours> Binding::neighbours(unsigned place) const {
  std::vector<Neighbours> found;
  std::vector<unsigned> left;
  std::ranges::copy_if(places_, std::back_inserter(left), [place](unsigned other) { return other != place; });
  for (hwloc_obj_t object = hwloc_get_pu_obj_by_os_index(topology_.get(), place); object != nullptr;
       object = object->parent) {
    const auto inside = [object](unsigned other) { return hwloc_bitmap_isset(object->cpuset, other) != 0; };
    Neighbours here{.share = name_of(object), .places = {}};
    if (here.share.empty()) continue;
    std::ranges::copy_if(left, std::back_inserter(here.places), inside);
    std::erase_if(left, inside);
    if (!here.places.empty()) found.push_back(std::move(here));
  }
  return found;
}

bool Binding::bind_process(pid_t process, unsigned place) const {
  hwloc_obj_t pu = hwloc_get_pu_obj_by_os_index(topology_.get(), place);
  return pu != nullptr && hwloc_set_proc_cpubind(topology_.get(), process, pu->cpuset, 0) == 0;
}

bool Binding::bind(unsigned place) const {
  hwloc_obj_t pu = hwloc_get_pu_obj_by_os_index(topology_.get(), place);
  return pu != nullptr && hwloc_set_cpubind(topology_.get(), pu->cpuset, HWLOC_CPUBIND_THREAD) == 0;
}

}  // namespace palier
