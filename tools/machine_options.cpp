#include "tools/machine_options.hpp"

#include <algorithm>

#include "base/document.hpp"
#include "hwdetect/archive.hpp"
#include "hwdetect/detect.hpp"
#include "profiles/wheels.hpp"

namespace palier {

void declare(CLI::App& app, Supposition& what) {
  app.add_option("--with", what.with, "Suppose it had this: gpu=NAME, memory=SIZE or cpus=NUMBER; may be repeated")
      ->type_name("WHAT")
      ->take_all()
      ->expected(1);
  app.add_option("--without", what.without, "Suppose it had no GPU")->type_name("{gpu}")->take_all()->expected(1);
}

CLI::Option* declare_sysroot(CLI::App& app, std::filesystem::path& sysroot) {
  return app.add_option("--sysroot", sysroot, "Detect the machine that this folder or archive stands for")
      ->type_name("DIR|FILE.tar.gz");
}

void declare(CLI::App& app, MachineOptions& options) {
  CLI::Option* document =
      app.add_option("--machine", options.document, "Machine document of palier detect --json; - is standard input")
          ->type_name("FILE|URL|-");
  declare_sysroot(app, options.sysroot)->excludes(document);
  declare(app, options.what);
}

Machine machine_of(const MachineOptions& options, const Context& context) {
  Machine machine = options.document.empty()
                        ? detect(MachineSource(options.sysroot).root())
                        : machine_from(read_document(options.document), document_name(options.document));
  return suppose(std::move(machine), options.what, context);
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
