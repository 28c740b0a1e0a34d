#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/root.hpp"

namespace palier {

/// A place where the machine says what it takes.
struct EnergySource {
  std::string name;                  ///< "package-0", "VDD_IN", "BAT0"
  std::string method;                ///< "RAPL", "INA3221", "battery", "hwmon"
  std::vector<std::string> paths;    ///< one number, or voltage and current
  double scale = 1e-6;               ///< joules or watts in one of theirs
  std::optional<double> range = {};  ///< joules at which a counter starts again; none: it is power
};

struct EnergySources {
  std::vector<EnergySource> sources;  ///< of the whole machine where it tells that, otherwise of its parts
  std::vector<std::string> notes;     ///< what is there and may not be read
};

/// RAPL's packages and DRAM (/sys/class/powercap), the input of a Jetson's INA3221, ACPI's power meter and GPUs of AMD
/// (/sys/class/hwmon), and a battery that discharges (/sys/class/power_supply).
EnergySources energy_sources(const Root& root);

/// Adds up what the sources say. For several threads.
class EnergyMeter {
 public:
  /// `clock` gives seconds.
  EnergyMeter(Root root, std::function<double()> clock);

  bool measures() const { return !sources_.empty(); }
  /// Joules since it was made. Power is taken to change evenly between two readings.
  double joules();
  /// [{"name", "method", "joules"}]
  Json document();
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct State {
    EnergySource source;
    std::optional<double> last;
    double joules = 0;
  };
  std::optional<double> value(const EnergySource& source) const;
  void read();

  Root root_;
  std::function<double()> clock_;
  std::vector<std::string> notes_;
  std::mutex mutex_;
  std::vector<State> sources_;
  double last_time_;
};

}  // namespace palier
