#include "hwdetect/prometheus.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

using Labels = std::vector<std::pair<const char*, std::string>>;

// In a label's value the format escapes these three alone.
std::string escape(const std::string& text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

// One metric: its help, its type and its samples stand together.
class Gauge {
 public:
  Gauge(std::string& out, const char* name, const char* help) : out_(out), name_(name), help_(help) {}

  template <class T>
  void add(const Labels& labels, const std::optional<T>& value) {
    if (!value) return;
    if (!std::exchange(started_, true)) out_ += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name_, help_);
    std::string text;
    for (const auto& [label, content] : labels) {
      text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", label, escape(content));
    }
    out_ += fmt::format("{}{} {}\n", name_, text.empty() ? "" : "{" + text + "}", *value);
  }

 private:
  std::string& out_;
  const char* name_;
  const char* help_;
  bool started_ = false;
};

std::optional<int> one(bool value) { return value ? 1 : 0; }

void add_machine(const Machine& machine, std::string& out) {
  const auto known = [](const std::optional<std::string>& text) { return text.value_or(""); };
  Gauge(out, "palier_machine_info", "What the machine is; always 1.")
      .add({{"os", known(machine.os.id)},
            {"version", known(machine.os.version)},
            {"kind", machine.platform.kind},
            {"model", known(machine.platform.model)},
            {"virtualization", known(machine.platform.virtualization)},
            {"container", known(machine.platform.container)},
            {"cpu", known(machine.cpu.model)},
            {"architecture", machine.cpu.architecture}},
           one(true));
  Gauge(out, "palier_cpu_packages", "Processor packages.").add({}, machine.cpu.packages);
  Gauge(out, "palier_cpu_cores", "Processor cores.").add({}, machine.cpu.cores);
  Gauge(out, "palier_cpu_threads", "Hardware threads.").add({}, machine.cpu.pus);
  Gauge(out, "palier_memory_total_bytes", "Memory of the machine.").add({}, machine.memory.total);
  Gauge(out, "palier_memory_available_bytes", "Memory that is free or can be freed.").add({}, machine.memory.available);
  const Effective& effective = machine.effective;
  Gauge(out, "palier_effective_cpus", "CPUs that a program here may use.")
      .add({{"bound_by", effective.bound_by.cpus}}, effective.cpus);
  Gauge(out, "palier_effective_memory_bytes", "Memory that a program here may use.")
      .add({{"bound_by", effective.bound_by.memory}}, effective.memory);
}

Labels gpu_labels(const Machine& machine, std::size_t i) {
  return {{"gpu", fmt::format("{}", i)}, {"name", gpu_title(machine.gpus[i])}};
}

void add_gpus(const Machine& machine, std::string& out) {
  const std::vector<Gpu>& gpus = machine.gpus;
  Gauge usable(out, "palier_gpu_usable", "1 where a program can compute on the GPU now.");
  for (std::size_t i = 0; i < gpus.size(); ++i) usable.add(gpu_labels(machine, i), one(gpus[i].usable));
  Gauge total(out, "palier_gpu_memory_total_bytes", "Memory of the GPU.");
  for (std::size_t i = 0; i < gpus.size(); ++i) total.add(gpu_labels(machine, i), gpus[i].memory_total);
  Gauge free(out, "palier_gpu_memory_free_bytes", "Free memory of the GPU.");
  for (std::size_t i = 0; i < gpus.size(); ++i) free.add(gpu_labels(machine, i), gpus[i].memory_free);
  Gauge effective(out, "palier_effective_gpu_memory_bytes", "Memory that a program here may use on the GPU.");
  for (const Vram& vram : machine.effective.vram) {
    const auto i = static_cast<std::size_t>(vram.gpu);
    if (vram.gpu < 0 || i >= gpus.size()) continue;
    Labels labels = gpu_labels(machine, i);
    labels.emplace_back("bound_by", vram.bound_by);
    effective.add(labels, vram.total);
  }
}

void add_disks(const Machine& machine, std::string& out) {
  const auto labels = [](const Disk& disk) {
    return Labels{{"mount", disk.mount}, {"device", disk.device}, {"filesystem", disk.filesystem}};
  };
  Gauge size(out, "palier_disk_size_bytes", "Size of the filesystem.");
  for (const Disk& disk : machine.disks) size.add(labels(disk), disk.size);
  Gauge free(out, "palier_disk_free_bytes", "Space that is free for users.");
  for (const Disk& disk : machine.disks) free.add(labels(disk), disk.free);
}

}  // namespace

std::string to_prometheus(const Machine& machine) {
  std::string out;
  add_machine(machine, out);
  add_gpus(machine, out);
  add_disks(machine, out);
  return out;
}

}  // namespace palier
