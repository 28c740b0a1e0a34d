#include "hwdetect/gpu_link.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr double giga = 1e9, bits = 8;

// PCI Express Base Specification: 8b/10b up to 5 GT/s, 128b/130b up to 32 GT/s, then flits of 256 bytes, 242 of which
// carry something.
double payload(double transfers) { return transfers <= 5 ? 0.8 : transfers <= 32 ? 128.0 / 130 : 242.0 / 256; }

}  // namespace

std::optional<LinkLimit> pcie_limit(std::string_view speed, int lanes) {
  const std::size_t unit = speed.find("GT/s");
  if (unit == std::string_view::npos || lanes <= 0) return std::nullopt;
  const std::string_view number = trim(speed.substr(0, unit));
  const std::optional<double> transfers = to_number(number);
  if (!transfers || !(*transfers > 0 && *transfers < 1000)) return std::nullopt;
  return LinkLimit{fmt::format("PCIe {} GT/s x{}", number, lanes),
                   *transfers * giga * payload(*transfers) / bits * lanes};
}

std::optional<LinkLimit> pcie_limit_now(const Root& root, const std::string& address) {
  if (address.empty()) return std::nullopt;
  const std::string folder = "/sys/bus/pci/devices/" + address;
  const auto lanes = to_integer(root.read_line(folder + "/current_link_width").value_or(""));
  if (!lanes || *lanes <= 0 || *lanes > 32) return std::nullopt;  // as detection reads it
  return pcie_limit(root.read_line(folder + "/current_link_speed").value_or(""), static_cast<int>(*lanes));
}

std::optional<LinkLimit> nvlink_limit(const GpuLink& link) {
  if (link.nvlinks.value_or(0) <= 0 || !link.nvlink_speed) return std::nullopt;
  return LinkLimit{fmt::format("{} {}", *link.nvlinks, *link.nvlinks == 1 ? "NVLink" : "NVLinks"),
                   static_cast<double>(*link.nvlink_speed) * *link.nvlinks};
}

}  // namespace palier
