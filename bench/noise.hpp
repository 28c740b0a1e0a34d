#pragma once
#include <memory>
#include <string>
#include <vector>

#include "bench/energy.hpp"

namespace palier {

/// What happened on the processors while something was measured. Adds up over the samples of one configuration.
struct Conditions {
  double seconds = 0;      ///< of wall clock
  double processors = 0;   ///< that were watched
  double own = 0;          ///< CPU seconds of this process and of its children that have ended
  double busy = 0;         ///< CPU seconds of everybody
  double stolen = 0;       ///< CPU seconds that the hypervisor gave to others
  double involuntary = 0;  ///< context switches that this process did not ask for
  double joules = 0;       ///< that the machine measured; 0 where it measures none

  Conditions& operator+=(const Conditions& other);
};

Conditions operator-(const Conditions& after, const Conditions& before);

/// Reads the state of the machine as running totals: the difference of two readings is what happened between them.
class NoiseMeter {
 public:
  /// Watches the given processing units (operating system's numbers); `root` is where /proc is.
  NoiseMeter(Root root, std::vector<unsigned> places);
  Conditions read() const;
  /// Whether the joules are those of the machine, and not of its cards alone.
  bool measures_machine() const { return energy_->measures_processors(); }

 private:
  Root root_;
  std::vector<unsigned> places_;
  std::shared_ptr<EnergyMeter> energy_;
};

/// "too noisy to conclude: ..." where other programs had more than 5 % of the processors, the hypervisor more than 2 %,
/// or the process was pushed aside more than 50 times a second and processor. Nothing is said of less than half a
/// second, which the kernel's clock of 10 ms cannot judge.
std::vector<std::string> noise_warnings(const Conditions& conditions);

}  // namespace palier
