#include "hwdetect/detect.hpp"

#include <future>
#include <iterator>

#include "base/interrupt.hpp"
#include "hwdetect/deadline.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

Machine alone(void (*probe)(const Root&, Machine&), const Root& root) {
  Machine machine;
  probe(root, machine);
  return machine;
}

void probe_place(const Root& root, Machine& machine) {
  probe_os(root, machine);
  probe_platform(root, machine);
}

void probe_processor(const Root& root, Machine& machine) {
  probe_cpu(root, machine);
  probe_topology(root, machine);
  probe_memory(root, machine);
  probe_effective(root, machine);
}

void add_processor(Machine& machine, Machine&& part) {
  machine.cpu = std::move(part.cpu);
  machine.memory = part.memory;
  machine.effective = std::move(part.effective);
  append(machine.notes, std::move(part.notes));
  append(machine.facts, std::move(part.facts));
}

}  // namespace

Machine detect(const Root& root) {
  // Side by side on a real machine: some of these wait for other programs and for disks, and hwloc reads a hundred
  // files. Of a fake machine all is read from files, in turn.
  const std::launch how = root.is_real() ? std::launch::async : std::launch::deferred;
  settle_hwloc_environment();
  std::future<Machine> place = begin(how, [&root] { return alone(probe_place, root); });
  std::future<Machine> tools = begin(how, [&root] { return alone(probe_tools, root); });
  std::future<Machine> disks = begin(how, [&root] { return alone(probe_disks, root); });
  Machine processor = alone(probe_processor, root);
  Machine machine = place.get();
  add_processor(machine, std::move(processor));
  probe_gpus(root, machine);
  for (std::future<Machine>* slow : {&disks, &tools}) {
    Machine part = slow->get();
    append(machine.disks, std::move(part.disks));
    append(machine.tools, std::move(part.tools));
    append(machine.notes, std::move(part.notes));
    append(machine.facts, std::move(part.facts));
  }
  check_interrupt();
  return machine;
}

}  // namespace palier
