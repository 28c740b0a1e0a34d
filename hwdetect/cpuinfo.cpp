#include "hwdetect/cpuinfo.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "hwdetect/arm_cores.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && list.size() < 8 && std::ranges::find(list, text) == list.end()) list.push_back(text);
}

// Programs move between processors, so only what all of them have counts.
void keep_common(std::optional<CpuInfo::Words>& common, std::string_view line) {
  CpuInfo::Words flags;
  for (const std::string_view word : words(line)) flags.emplace(word);
  if (!common) {
    common = std::move(flags);
  } else if (*common != flags) {
    std::erase_if(*common, [&](const std::string& flag) { return !flags.contains(flag); });
  }
}

// The keys under which kernels name a processor: x86 and RISC-V, MIPS, PowerPC and SPARC, LoongArch, RISC-V.
bool names_model(std::string_view key) {
  static constexpr auto keys =
      std::to_array<std::string_view>({"model name", "cpu model", "cpu", "Model Name", "uarch"});
  return std::ranges::find(keys, key) != keys.end();
}

// What tells the architecture where uname was not asked: a key, how its value starts, and the name.
struct Mark {
  std::string_view key, value, architecture;
};
constexpr auto marks = std::to_array<Mark>({
    {"isa", "rv64", "riscv64"},
    {"isa", "rv32", "riscv32"},
    {"CPU Family", "Loongson-64bit", "loongarch64"},
    {"vendor_id", "IBM/S390", "s390x"},
    {"type", "sun4", "sparc64"},
});

void note_architecture(CpuInfo& info, std::string_view key, std::string_view value) {
  const auto mark =
      std::ranges::find_if(marks, [&](const Mark& one) { return one.key == key && value.starts_with(one.value); });
  if (mark == marks.end() || info.architecture) return;
  info.architecture = {std::string(mark->architecture), std::string(key) + ": " + shorten(value, 60)};
}

// x86 has "lm" (long mode) where it knows 64 bits, and Arm "asimd" on 64 bits alone.
void settle_architecture(CpuInfo& info) {
  if (info.architecture || !info.flags) return;
  const char* flag = info.arm ? "asimd" : "lm";
  const bool wide = info.flags->contains(flag);
  const char* name = info.arm ? (wide ? "aarch64" : "armv7l") : (wide ? "x86_64" : "i686");
  info.architecture = {name, (info.arm ? "Features" : "flags") + std::string(wide ? " with " : " without ") + flag};
}

}  // namespace

CpuInfo parse_cpuinfo(std::string_view text) {
  CpuInfo info;
  std::string implementer;
  std::string_view last_flags;
  for_each_pair(text, ':', [&](std::string_view key, std::string_view value) {
    note_architecture(info, key, value);
    if (names_model(key) && !value.empty()) {
      if (info.models.empty()) info.model_key = std::string(key);
      if (key == info.model_key) add_once(info.models, std::string(value));
    } else if (key.starts_with("processor ") && value.find("machine = ") != value.npos) {  // IBM's mainframes
      info.model_key = "machine";
      add_once(info.models, "IBM/S390 machine type " + std::string(value.substr(value.find("machine = ") + 10)));
    } else if (key == "CPU implementer") {
      implementer = lower(value);
      info.arm = true;
    } else if (key == "CPU part") {
      const std::string part = lower(value);
      add_once(info.cores, arm_core_name(implementer, part).value_or("Arm core " + implementer + ":" + part));
    } else if (key == "flags" || key == "Features") {
      info.arm = info.arm || key == "Features";
      if (!info.flags || value != last_flags) keep_common(info.flags, value);
      last_flags = value;
    }
  });
  // LoongArch has "Features" as well.
  info.arm = info.arm && (!info.architecture || info.architecture->name != "loongarch64");
  settle_architecture(info);
  return info;
}

}  // namespace palier
