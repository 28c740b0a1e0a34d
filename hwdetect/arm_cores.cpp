#include "hwdetect/arm_cores.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace palier {
namespace {

struct Core {
  std::string_view implementer, part, name;
};

// MIDR_EL1 implementer and part, as the kernel's arch/arm64/include/asm/cputype.h and util-linux' lscpu name them.
constexpr auto cores = std::to_array<Core>({
    {"0x41", "0xb76", "Arm ARM1176"},
    {"0x41", "0xc05", "Arm Cortex-A5"},
    {"0x41", "0xc07", "Arm Cortex-A7"},
    {"0x41", "0xc08", "Arm Cortex-A8"},
    {"0x41", "0xc09", "Arm Cortex-A9"},
    {"0x41", "0xc0d", "Arm Cortex-A12"},
    {"0x41", "0xc0e", "Arm Cortex-A17"},
    {"0x41", "0xc0f", "Arm Cortex-A15"},
    {"0x41", "0xd01", "Arm Cortex-A32"},
    {"0x41", "0xd02", "Arm Cortex-A34"},
    {"0x41", "0xd04", "Arm Cortex-A35"},
    {"0x41", "0xd06", "Arm Cortex-A65"},
    {"0x41", "0xd0e", "Arm Cortex-A76AE"},
    {"0x41", "0xd43", "Arm Cortex-A65AE"},
    {"0x41", "0xd4a", "Arm Neoverse E1"},
    {"0x41", "0xd4b", "Arm Cortex-A78C"},
    {"0x41", "0xd4c", "Arm Cortex-X1C"},
    {"0x41", "0xd03", "Arm Cortex-A53"},
    {"0x41", "0xd05", "Arm Cortex-A55"},
    {"0x41", "0xd07", "Arm Cortex-A57"},
    {"0x41", "0xd08", "Arm Cortex-A72"},
    {"0x41", "0xd09", "Arm Cortex-A73"},
    {"0x41", "0xd0a", "Arm Cortex-A75"},
    {"0x41", "0xd0b", "Arm Cortex-A76"},
    {"0x41", "0xd0c", "Arm Neoverse N1"},
    {"0x41", "0xd0d", "Arm Cortex-A77"},
    {"0x41", "0xd40", "Arm Neoverse V1"},
    {"0x41", "0xd41", "Arm Cortex-A78"},
    {"0x41", "0xd42", "Arm Cortex-A78AE"},
    {"0x41", "0xd44", "Arm Cortex-X1"},
    {"0x41", "0xd46", "Arm Cortex-A510"},
    {"0x41", "0xd47", "Arm Cortex-A710"},
    {"0x41", "0xd48", "Arm Cortex-X2"},
    {"0x41", "0xd49", "Arm Neoverse N2"},
    {"0x41", "0xd4d", "Arm Cortex-A715"},
    {"0x41", "0xd4e", "Arm Cortex-X3"},
    {"0x41", "0xd4f", "Arm Neoverse V2"},
    {"0x41", "0xd80", "Arm Cortex-A520"},
    {"0x41", "0xd81", "Arm Cortex-A720"},
    {"0x41", "0xd82", "Arm Cortex-X4"},
    {"0x41", "0xd83", "Arm Neoverse V3AE"},
    {"0x41", "0xd84", "Arm Neoverse V3"},
    {"0x41", "0xd85", "Arm Cortex-X925"},
    {"0x41", "0xd87", "Arm Cortex-A725"},
    {"0x41", "0xd8e", "Arm Neoverse N3"},
    {"0x46", "0x001", "Fujitsu A64FX"},
    {"0x48", "0xd01", "HiSilicon TSV110"},
    {"0x48", "0xd02", "HiSilicon TSV120"},
    {"0x4e", "0x003", "NVIDIA Denver 2"},
    {"0x4e", "0x004", "NVIDIA Carmel"},
    {"0x4e", "0x010", "NVIDIA Olympus"},
    {"0x42", "0x516", "Cavium ThunderX2"},
    {"0x43", "0x0a1", "Cavium ThunderX"},
    {"0x43", "0x0af", "Cavium ThunderX2"},
    {"0x51", "0x001", "Qualcomm Oryon"},
    {"0x51", "0xc00", "Qualcomm Falkor"},
    {"0x51", "0x800", "Qualcomm Kryo 2xx Gold"},
    {"0x51", "0x801", "Qualcomm Kryo 2xx Silver"},
    {"0x51", "0x802", "Qualcomm Kryo 3xx Gold"},
    {"0x51", "0x803", "Qualcomm Kryo 3xx Silver"},
    {"0x51", "0x804", "Qualcomm Kryo 4xx Gold"},
    {"0x51", "0x805", "Qualcomm Kryo 4xx Silver"},
    {"0x61", "0x022", "Apple M1 Icestorm"},
    {"0x61", "0x023", "Apple M1 Firestorm"},
    {"0x61", "0x024", "Apple M1 Pro Icestorm"},
    {"0x61", "0x025", "Apple M1 Pro Firestorm"},
    {"0x61", "0x028", "Apple M1 Max Icestorm"},
    {"0x61", "0x029", "Apple M1 Max Firestorm"},
    {"0x61", "0x032", "Apple M2 Blizzard"},
    {"0x61", "0x033", "Apple M2 Avalanche"},
    {"0x61", "0x034", "Apple M2 Pro Blizzard"},
    {"0x61", "0x035", "Apple M2 Pro Avalanche"},
    {"0x61", "0x038", "Apple M2 Max Blizzard"},
    {"0x61", "0x039", "Apple M2 Max Avalanche"},
    {"0x6d", "0xd49", "Azure Cobalt 100"},
    {"0xc0", "0xac3", "Ampere-1"},
    {"0xc0", "0xac4", "Ampere-1A"},
    {"0xc0", "0xac5", "Ampere-1B"},
});

}  // namespace

std::optional<std::string> arm_core_name(const std::string& implementer, const std::string& part) {
  const auto found = std::ranges::find_if(
      cores, [&](const Core& core) { return core.implementer == implementer && core.part == part; });
  if (found == cores.end()) return std::nullopt;
  return std::string(found->name);
}

}  // namespace palier
