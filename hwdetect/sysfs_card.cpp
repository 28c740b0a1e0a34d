#include "hwdetect/sysfs_card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

const std::string devices = "/sys/bus/pci/devices/";
constexpr double mega = 1e6, milli = 1e-3, micro = 1e-6;
constexpr std::size_t longest_metrics = 4096;
constexpr std::string_view amd = "0x1002", intel = "0x8086";

// A bus, a card and its function, and nothing that leads elsewhere.
bool is_address(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789abcdef:.") == text.npos;
}

// pp_dpm_sclk marks the level that it is at: "1: 2100Mhz *".
std::optional<double> marked_clock(const std::string& levels) {
  for (const std::string_view line : lines(levels)) {
    const auto parts = words(line);
    if (parts.size() != 3 || parts[2] != "*") continue;
    const std::string clock = lower(parts[1]);
    const auto number = clock.ends_with("mhz") ? to_number(clock.substr(0, clock.size() - 3)) : std::nullopt;
    if (number && *number > 0) return *number * mega;
  }
  return std::nullopt;
}

// What i915 and xe call the reasons: pl1, pl2 and pl4 are limits of power; a regulator's heat is heat, too.
std::uint64_t limit_of(std::string_view reason) {
  if (reason == "prochot") return clock_limit::hardware_heat;
  if (reason.find("thermal") != reason.npos || reason == "ratl") return clock_limit::driver_heat;
  if (reason == "vr_tdc" || reason == "iccmax") return clock_limit::current;
  const bool power = reason.find("pl") != reason.npos || reason.starts_with("psys");
  return power ? clock_limit::power : 0;
}

/// The reasons that are 1 among the files of `folder`; nullopt where it has none.
std::optional<std::uint64_t> limits_in(const Root& root, const std::string& folder, std::string_view prefix) {
  std::optional<std::uint64_t> limits;
  for (const std::string& name : root.list(folder)) {
    if (!name.starts_with(prefix)) continue;
    const auto said = root.read_line(fmt::format("{}/{}", folder, name));
    if (said == "0" || said == "1") limits = limits.value_or(0);
    if (said == "1") *limits |= limit_of(std::string_view(name).substr(prefix.size()));
  }
  return limits;
}

/// The first entry of `folder` that starts so, with its path; empty where there is none.
std::string entry(const Root& root, const std::string& folder, std::string_view start) {
  for (const std::string& name : root.list(folder)) {
    if (name.starts_with(start)) return fmt::format("{}/{}", folder, name);
  }
  return {};
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

// kgd_pp_interface.h has the formats, amdgpu_smu.h the bits that mean the same on all chips: 0 to 7 power, 16 to 23
// current, 32 to 47 heat.
std::optional<std::uint64_t> limits_in_metrics(std::string_view metrics) {
  if (metrics.size() < 4) return std::nullopt;
  const auto size = static_cast<std::size_t>(little_endian(metrics.substr(0, 2)));
  const std::pair format(metrics[2], metrics[3]);
  const bool card = format == std::pair('\1', '\3');
  const bool processor = metrics[2] == '\2' && metrics[3] >= '\2' && metrics[3] <= '\4';
  const std::size_t at = card ? 112 : 120;
  if ((!card && !processor) || size < at + 8 || metrics.size() < at + 8) return std::nullopt;
  const std::uint64_t told = little_endian(metrics.substr(at, 8));
  const auto any = [told](int first, int last) { return (told >> first & ((1ULL << (last - first + 1)) - 1)) != 0; };
  return (any(0, 7) ? clock_limit::power : 0) | (any(16, 23) ? clock_limit::current : 0) |
         (any(32, 47) ? clock_limit::driver_heat : 0);
}

std::string only_card_of(const Root& root, unsigned vendor) {
  std::string found;
  for (const std::string& address : root.list(devices)) {
    const std::string folder = devices + address;
    const bool display = root.read_line(folder + "/class").value_or("").starts_with("0x03");
    if (!display || root.read_line(folder + "/vendor") != fmt::format("{:#06x}", vendor)) continue;
    if (!found.empty()) return {};
    found = address;
  }
  return found;
}

SysfsCard::SysfsCard(Root root, const std::string& pci) : root_(std::move(root)), folder_(devices + pci) {
  const auto vendor = is_address(pci) ? root_.read_line(folder_ + "/vendor") : std::nullopt;
  amd_ = vendor == amd;
  if (!amd_ && vendor != intel)
    throw Error({.message = "the card cannot be watched",
                 .reason = fmt::format("no driver of AMD's or Intel's tells of a card at '{}'", printable(pci))});
  hwmon_ = entry(root_, folder_ + "/hwmon", "hwmon");
}

CardState SysfsCard::state(double now) {
  CardState state;
  read_hwmon(state);
  if (amd_)
    read_amd(state);
  else
    read_intel(state);
  if (!state.power && state.energy && last_ && now > last_->first && *state.energy >= last_->second)
    state.power = (*state.energy - last_->second) / (now - last_->first);
  if (state.energy) last_ = {now, *state.energy};
  return state;
}

std::optional<double> SysfsCard::number(const std::string& path, double scale) const {
  const auto value = to_integer(root_.read_line(path).value_or(""));
  return value && *value > 0 ? std::optional(static_cast<double>(*value) * scale) : std::nullopt;
}

/// The sensor with that label, or the first one: "temp2".
std::string SysfsCard::sensor(const char* kind, const char* label) const {
  for (int i = 1; i <= 8; ++i) {
    std::string name = fmt::format("{}/{}{}", hwmon_, kind, i);
    if (root_.read_line(name + "_label") == label) return name;
  }
  return fmt::format("{}/{}1", hwmon_, kind);
}

// The hottest place is what amdgpu holds the clocks down by.
void SysfsCard::read_hwmon(CardState& state) const {
  if (hwmon_.empty()) return;
  state.temperature = number(sensor("temp", amd_ ? "junction" : "pkg") + "_input", milli);
  const std::string power = sensor("power", "PPT");
  state.power = number(power + "_average", micro);
  if (!state.power) state.power = number(power + "_input", micro);
  state.energy = number(sensor("energy", "card") + "_input", micro);
}

void SysfsCard::read_amd(CardState& state) const {
  state.sm_clock = number(sensor("freq", "sclk") + "_input", 1);
  if (!state.sm_clock) state.sm_clock = marked_clock(root_.read(folder_ + "/pp_dpm_sclk").value_or(""));
  state.memory_clock = marked_clock(root_.read(folder_ + "/pp_dpm_mclk").value_or(""));
  if (const auto busy = to_integer(root_.read_line(folder_ + "/gpu_busy_percent").value_or(""));
      busy && *busy >= 0 && *busy <= 100)
    state.busy = static_cast<double>(*busy) / 100;
  state.limits = limits_in_metrics(root_.read(folder_ + "/gpu_metrics", longest_metrics).value_or(""));
}

// i915 has its files beside the card's node, xe under the tile.
void SysfsCard::read_intel(CardState& state) const {
  const std::string tile = folder_ + "/tile0/gt0/freq0", card = entry(root_, folder_ + "/drm", "card");
  for (const std::string& file :
       {tile + "/act_freq", card + "/gt/gt0/rps_act_freq_mhz", card + "/gt_act_freq_mhz", card + "/gt_cur_freq_mhz"}) {
    if (!state.sm_clock) state.sm_clock = number(file, mega);
  }
  state.limits = limits_in(root_, tile + "/throttle", "reason_");
  if (!state.limits) state.limits = limits_in(root_, card + "/gt/gt0", "throttle_reason_");
}

}  // namespace palier
