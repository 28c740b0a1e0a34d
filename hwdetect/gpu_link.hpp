#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/root.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// A link between a GPU and the rest of the machine, and what it carries at most.
struct LinkLimit {
  std::string name;  ///< "PCIe 16.0 GT/s x16", "4 NVLinks"
  double rate = 0;   ///< bytes a second each way: after the line's code, before the heads of packets
};

/// PCI Express with lanes of that speed ("16.0 GT/s"); nullopt where the text says no speed.
std::optional<LinkLimit> pcie_limit(std::string_view speed, int lanes);

/// As the device at that address ("0000:01:00.0") runs it now: an idle one is slower. nullopt where it has none.
std::optional<LinkLimit> pcie_limit_now(const Root& root, const std::string& address);

/// All NVLinks of a GPU together; nullopt where it has none, or their speed is unknown.
std::optional<LinkLimit> nvlink_limit(const GpuLink& link);

}  // namespace palier
