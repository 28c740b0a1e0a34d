#pragma once
#include <optional>
#include <string>

namespace palier {

/// The name of an Arm core from its MIDR_EL1 fields as /proc/cpuinfo prints them ("0x41", "0xd0c"); nullopt where it is
/// not in the table. Numbers: the kernel's arch/arm64/include/asm/cputype.h.
std::optional<std::string> arm_core_name(const std::string& implementer, const std::string& part);

}  // namespace palier
