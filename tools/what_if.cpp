#include "tools/what_if.hpp"

#include <algorithm>

#include "profiles/wheels.hpp"

namespace palier {

void declare(CLI::App& app, Supposition& what) {
  app.add_option("--with", what.with, "Suppose it had this: gpu=NAME, memory=SIZE or cpus=NUMBER; may be repeated")
      ->type_name("WHAT")
      ->take_all()
      ->expected(1);
  app.add_option("--without", what.without, "Suppose it had no GPU")->type_name("{gpu}")->take_all()->expected(1);
}

Machine suppose(Machine machine, const Supposition& what, const Context& context) {
  if (!what.empty()) {
    machine = suppose(std::move(machine), what, read_gpus(Sheet::load(context.data(), gpu_format())));
  }
  const bool may_be_old =
      std::ranges::any_of(machine.gpus, [](const Gpu& gpu) { return gpu.compute_capability.has_value(); });
  if (may_be_old) note_unserved_gpus(machine, read_wheels(Sheet::load(context.data(), wheel_format())));
  return machine;
}

}  // namespace palier
