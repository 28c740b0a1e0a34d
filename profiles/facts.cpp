#include "profiles/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/french.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "hwdetect/describe.hpp"
#include "profiles/power.hpp"
#include "profiles/say.hpp"
#include "profiles/usage.hpp"

namespace palier {
namespace {

std::string source_of(const Machine& machine, std::string_view pointer) {
  const auto found = std::ranges::find(machine.facts, pointer, &Fact::pointer);
  return found == machine.facts.end() ? std::string() : found->source;
}

// Where a limit binds, the limit is the source; otherwise whoever told the hardware's value.
std::string limit_or_source(const Machine& machine, const std::string& bound_by, std::string_view pointer) {
  return bound_by == "hardware" ? source_of(machine, pointer) : bound_by;
}

Text amount_of(double amount, std::string_view name) {
  const FactKind& kind = *fact_kind(name);
  return {amount_text(kind, amount, Lang::en), amount_text(kind, amount, Lang::fr)};
}

FactValue memory(const Machine& machine, const Usage& /*usage*/) {
  const std::optional<Bytes> bytes = machine.effective.memory ? machine.effective.memory : machine.memory.total;
  if (!bytes) return {{}, {"an unknown amount of memory", "une quantité de mémoire inconnue"}, {}};
  const auto amount = static_cast<double>(*bytes);
  Text shown = amount_of(amount, "memory");
  const std::string& bound_by = machine.effective.bound_by.memory;
  if (bound_by != "hardware" && machine.memory.total > bytes) {
    const auto total = static_cast<double>(*machine.memory.total);
    shown.en += fmt::format(" ({} without the limit)", format_amount(total, FactUnit::bytes, Lang::en));
    shown.fr += fmt::format(" ({} sans la limite)", format_amount(total, FactUnit::bytes, Lang::fr));
  }
  return {amount, shown, limit_or_source(machine, bound_by, "/memory/total")};
}

FactValue cpus(const Machine& machine, const Usage& /*usage*/) {
  std::optional<double> count = machine.effective.cpus;
  if (!count && machine.cpu.pus) count = *machine.cpu.pus;
  if (!count) return {{}, {"an unknown number of CPUs", "un nombre de processeurs inconnu"}, {}};
  return {*count, amount_of(*count, "cpus"), limit_or_source(machine, machine.effective.bound_by.cpus, "/cpu/pus")};
}

// NVIDIA's GPUs without memory of their own work in the system's. What others may take of it is unknown.
std::optional<double> memory_of(const Gpu& gpu, const Machine& machine) {
  if (gpu.memory_total) return static_cast<double>(*gpu.memory_total);
  return gpu.unified && gpu.vendor == "nvidia" ? memory(machine, {}).value : std::nullopt;
}

// A card counts before the GPU that is part of a processor, which may take more memory and is far slower.
std::pair<bool, std::optional<double>> rank(const Gpu& gpu, const Machine& machine) {
  return {gpu.kind != "integrated", memory_of(gpu, machine)};
}

Text no_gpu(const Machine& machine) {
  if (machine.gpus.empty()) return {"no GPU", "pas de GPU"};
  const Gpu& gpu = machine.gpus.front();
  const std::string name = gpu.name.value_or(gpu.vendor);
  const std::string why = gpu.why_not ? fmt::format(" ({})", *gpu.why_not) : "";
  const std::string french = gpu.why_not ? fmt::format(" ({})", in_french(*gpu.why_not)) : "";
  return {fmt::format("no usable GPU: {}{}", name, why), fmt::format("pas de GPU utilisable : {}{}", name, french)};
}

FactValue gpu_memory(const Machine& machine, const Usage& /*usage*/) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < machine.gpus.size(); ++i) {
    if (!machine.gpus[i].usable) continue;
    if (!best || rank(machine.gpus[i], machine) > rank(machine.gpus[*best], machine)) best = i;
  }
  if (!best) return {0, no_gpu(machine), machine.gpus.empty() ? "" : source_of(machine, "/gpus/0")};
  const Gpu& gpu = machine.gpus[*best];
  const std::string name = gpu.name.value_or(gpu.vendor);
  const std::string source = source_of(machine, fmt::format("/gpus/{}/memory_total", *best));
  const std::optional<double> bytes = memory_of(gpu, machine);
  if (!bytes)
    return {{}, {fmt::format("GPU {}, memory unknown", name), fmt::format("GPU {}, mémoire inconnue", name)}, source};
  const auto shown = [&](Lang lang) {
    return fmt::format("GPU {} ({})", name, format_amount(*bytes, FactUnit::bytes, lang));
  };
  return {bytes, {shown(Lang::en), shown(Lang::fr)}, source};
}

FactValue free_disk(const Machine& machine, const Usage& /*usage*/) {
  std::optional<double> most;
  std::string mount;
  for (const Disk& disk : machine.disks) {
    if (!disk.free || (most && *most >= static_cast<double>(*disk.free))) continue;
    most = static_cast<double>(*disk.free);
    mount = disk.mount;
  }
  if (!most) return {{}, {"unknown disk space", "espace disque inconnu"}, {}};
  return {most, amount_of(*most, "free_disk"), mount};
}

FactValue session(const Machine& machine, const Usage& /*usage*/) {
  const std::optional<std::string>& service = machine.platform.notebook;
  if (!service) return {0, {"no session of a notebook service", "pas une session d’un service de notebooks"}, {}};
  const std::string name = proper_name(*service);
  return {1,
          {fmt::format("a session of {}", name), fmt::format("une session de {}", name)},
          source_of(machine, "/platform/notebook")};
}

FactValue gpu_short(const Machine& machine, const Usage& usage) {
  const Gpu* gpu = best_gpu(machine);
  const double has = gpu == nullptr ? 0 : gpu_memory_of(*gpu, machine);
  const double wanted = usage.vram.value_or(0);
  // Who asks for a GPU of so much memory does not mean the one that is part of the processor.
  if (wanted > 0 && has == 0 && gpu != nullptr && gpu->kind != "integrated")
    return {{}, {"a GPU of unknown memory", "un GPU de mémoire inconnue"}, {}};
  if (has >= wanted * shown_gpu_memory) return {0, {"its GPU is enough", "son GPU suffit"}, {}};
  const auto shown = [&](Lang lang) {
    const std::string asked = format_amount(wanted, FactUnit::bytes, lang);
    const std::string own = format_amount(has, FactUnit::bytes, lang);
    return has > 0
               ? say(lang, "a machine whose GPU has {}, not {}", "une machine dont le GPU a {}, et non {}", own, asked)
               : say(lang, "a machine without a GPU of {}", "une machine sans GPU de {}", asked);
  };
  return {1, {shown(Lang::en), shown(Lang::fr)}, {}};
}

const auto& kinds() {
  static const std::array table = std::to_array<FactKind>({
      {"memory", FactUnit::bytes, {"memory", "de mémoire"}, memory},
      {"cpus", FactUnit::count, {"CPUs", "processeurs"}, cpus},
      {"gpu_memory", FactUnit::bytes, {"GPU memory", "de mémoire GPU"}, gpu_memory},
      {"free_disk", FactUnit::bytes, {"free disk space", "d’espace disque libre"}, free_disk},
      {"session",
       FactUnit::flag,
       {"it ends, and the machine with it", "elle prend fin, et la machine avec elle"},
       session},
      {"gpu_short", FactUnit::flag, {"you ask for more", "vous demandez plus"}, gpu_short},
  });
  return table;
}

}  // namespace

const FactKind* fact_kind(std::string_view name) {
  const auto found = std::ranges::find(kinds(), name, &FactKind::name);
  return found == kinds().end() ? nullptr : &*found;
}

std::vector<std::string> fact_names() {
  std::vector<std::string> names;
  for (const FactKind& kind : kinds()) names.emplace_back(kind.name);
  return names;
}

Facts facts_of(const Machine& machine, const Usage& usage) {
  Facts facts;
  for (const FactKind& kind : kinds()) facts.emplace(kind.name, kind.of(machine, usage));
  return facts;
}

std::string format_amount(double amount, FactUnit unit, Lang lang) {
  std::string text = unit == FactUnit::bytes ? format_bytes(amount) : format_number(amount);
  if (lang == Lang::en) return text;
  std::ranges::replace(text, '.', ',');
  if (text.ends_with("B")) text.back() = 'o';  // octets: Gio
  return text;
}

std::string amount_text(const FactKind& kind, double amount, Lang lang) {
  if (kind.unit == FactUnit::flag) return kind.noun.in(lang);
  const char* between = lang == Lang::en && kind.unit == FactUnit::bytes ? " of " : " ";
  return format_amount(amount, kind.unit, lang) + between + kind.noun.in(lang);
}

}  // namespace palier
