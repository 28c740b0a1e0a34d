#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/root.hpp"
#include "hwdetect/card_state.hpp"

namespace palier {

/// A card of AMD's or Intel's, or the graphics in their processors, as its driver tells of it under /sys: amdgpu, i915
/// and xe. Nothing is ever written there.
class SysfsCard {
 public:
  /// `pci` is its address: "0000:03:00.0". Throws Error where no driver tells anything of a card there.
  SysfsCard(Root root, const std::string& pci);

  /// `now` in seconds: where a counter of energy alone is there, the power is its rise since the call before.
  CardState state(double now);

 private:
  std::optional<double> number(const std::string& path, double scale) const;
  void read_amd(CardState& state) const;
  void read_intel(CardState& state) const;
  void read_hwmon(CardState& state) const;
  std::string sensor(const char* kind, const char* label) const;

  Root root_;
  std::string folder_, hwmon_;
  bool amd_ = false;
  std::optional<std::pair<double, double>> last_;  ///< when, and the energy then
};

/// The address of the only GPU of a vendor's (0x1002 is AMD) that this computer has; empty where there is none, or
/// several.
std::string only_card_of(const Root& root, unsigned vendor);

/// What a gpu_metrics file of amdgpu's says of throttling, in bits of clock_limits(); nullopt of formats that do not
/// tell it as all chips do (formats 1.3 and 2.2 to 2.4 do).
std::optional<std::uint64_t> limits_in_metrics(std::string_view metrics);

}  // namespace palier
