#include "hwdetect/nvidia_cards.hpp"

namespace palier {
namespace {

// Parts of nvml.h.
struct NvmlTemperature {
  unsigned version;
  int sensor, degrees;
};
struct NvmlUtilization {
  unsigned gpu, memory;  // per cent of the last sixth of a second to second
};
constexpr unsigned temperature_version = sizeof(NvmlTemperature) | 1U << 24;
constexpr int clock_sm = 1, clock_memory = 2, sensor_chip = 0;
constexpr double mega = 1e6, milli = 1e-3, percent = 1e-2;

/// Asks for one thing after the other, and keeps the first error that says more than that it is not told.
class Asking {
 public:
  Asking(const Nvml& nvml, NvmlDevice* device, std::string& error) : nvml_(nvml), device_(device), error_(error) {}

  template <class Number, class... Arguments>
  std::optional<Number> number(const char* function, Arguments... arguments) const {
    Number value = 0;
    return succeeds(function, arguments..., &value) ? std::optional(value) : std::nullopt;
  }

  /// The number in SI units.
  template <class Number, class... Arguments>
  std::optional<double> amount(double scale, const char* function, Arguments... arguments) const {
    const auto value = number<Number>(function, arguments...);
    return value ? std::optional(static_cast<double>(*value) * scale) : std::nullopt;
  }

  // The older function is the one that all drivers up to now have, and newer ones may leave out.
  std::optional<double> temperature() const {
    if (const auto degrees = amount<unsigned>(1, "nvmlDeviceGetTemperature", sensor_chip)) return degrees;
    NvmlTemperature newer{.version = temperature_version, .sensor = sensor_chip, .degrees = 0};
    if (!succeeds("nvmlDeviceGetTemperatureV", &newer)) return std::nullopt;
    return static_cast<double>(newer.degrees);
  }

  std::optional<double> busy() const {
    NvmlUtilization utilization{.gpu = 0, .memory = 0};
    if (!succeeds("nvmlDeviceGetUtilizationRates", &utilization)) return std::nullopt;
    return utilization.gpu * percent;
  }

  std::optional<std::uint64_t> limits() const {
    for (const char* name : {"nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"}) {
      if (const auto bits = number<unsigned long long>(name)) return *bits;
    }
    return std::nullopt;
  }

 private:
  template <class... Arguments>
  bool succeeds(const char* function, Arguments... arguments) const {
    const Nvml::Result result = nvml_.call(function, device_, arguments...);
    const bool untold = result == Nvml::not_supported || result == Nvml::function_not_found;
    if (result != Nvml::success && !untold && error_.empty()) error_ = nvml_.error_text(result);
    return result == Nvml::success;
  }

  const Nvml& nvml_;
  NvmlDevice* device_;
  std::string& error_;
};

constexpr const char *total_energy = "nvmlDeviceGetTotalEnergyConsumption", *power_usage = "nvmlDeviceGetPowerUsage",
                     *clock_info = "nvmlDeviceGetClockInfo";

}  // namespace

NvidiaCards::NvidiaCards() {
  for (unsigned i = 0; i < nvml_.device_count(); ++i) {
    NvmlDevice* device = nullptr;
    if (nvml_.call("nvmlDeviceGetHandleByIndex_v2", i, &device) == Nvml::success)
      cards_.push_back({nvml_.name(device), nvml_.address(device), device});
  }
}

CardState NvidiaCards::state(const Card& card) const {
  CardState state;
  const Asking ask(nvml_, card.device, state.error);
  state.sm_clock = ask.amount<unsigned>(mega, clock_info, clock_sm);
  state.memory_clock = ask.amount<unsigned>(mega, clock_info, clock_memory);
  state.temperature = ask.temperature();
  state.power = ask.amount<unsigned>(milli, power_usage);
  state.energy = ask.amount<unsigned long long>(milli, total_energy);
  state.limits = ask.limits();
  state.busy = ask.busy();
  return state;
}

std::optional<double> NvidiaCards::energy(const Card& card) const {
  std::string unsaid;
  return Asking(nvml_, card.device, unsaid).amount<unsigned long long>(milli, total_energy);
}

std::optional<double> NvidiaCards::power(const Card& card) const {
  std::string unsaid;
  return Asking(nvml_, card.device, unsaid).amount<unsigned>(milli, power_usage);
}

}  // namespace palier
