#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/root.hpp"
#include "bench/card_energy.hpp"

namespace palier {

/// A place where the machine says what it takes.
struct EnergySource {
  std::string name;                      ///< "package-0", "VDD_IN", "BAT0"
  std::string method;                    ///< "RAPL", "INA3221", "battery", "hwmon", "NVML"
  std::vector<std::string> paths;        ///< one number, or voltage and current; none of a card of NVIDIA's
  double scale = 1e-6;                   ///< joules or watts in one of theirs
  std::optional<double> range = {};      ///< joules at which a counter starts again, infinite: never; none: it is power
  std::optional<std::size_t> card = {};  ///< of CardEnergy
};

struct EnergySources {
  std::vector<EnergySource> sources;  ///< of the whole machine where it tells that, otherwise of its parts
  std::vector<std::string> notes;     ///< what is there and may not be read
  bool processors = false;            ///< whether what the processors take is in it

  /// "RAPL package-0", "NVML GPU 0, NVIDIA A100".
  std::vector<std::string> names() const;
};

/// RAPL's packages and DRAM (/sys/class/powercap), the input of a Jetson's INA3221, ACPI's power meter and GPUs of AMD
/// (/sys/class/hwmon), a battery that discharges (/sys/class/power_supply), and `cards`, where there are any.
EnergySources energy_sources(const Root& root, const CardEnergy* cards);

/// Adds up what the sources say. For several threads.
class EnergyMeter {
 public:
  /// `clock` gives seconds; `cards` may be null.
  EnergyMeter(Root root, std::function<double()> clock, std::shared_ptr<CardEnergy> cards);

  bool measures() const { return !sources_.empty(); }
  /// Whether what it measures is the machine, and not its cards alone.
  bool measures_processors() const { return processors_; }
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
  using CardValues = std::vector<std::optional<double>>;
  CardValues read_cards();
  std::optional<double> value(const EnergySource& source, const CardValues& cards) const;
  void read();

  Root root_;
  std::shared_ptr<CardEnergy> cards_;
  bool processors_ = false;
  std::function<double()> clock_;
  std::vector<std::string> notes_;
  std::mutex mutex_;
  std::vector<State> sources_;
  double last_time_;
};

}  // namespace palier
