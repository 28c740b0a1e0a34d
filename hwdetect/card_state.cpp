#include "hwdetect/card_state.hpp"

namespace palier {

const std::vector<ClockLimit>& clock_limits() {
  static const std::vector<ClockLimit> limits = {
      {0x2, "clocks that were set for applications"},
      {clock_limit::power, "its power limit"},
      {0x8, "a slowdown by the hardware (heat or power)"},
      {0x10, "the slowest card of its sync boost group"},
      {clock_limit::driver_heat, "heat (the driver keeps the temperature in bounds)"},
      {clock_limit::hardware_heat, "heat (a slowdown by the hardware)"},
      {0x80, "the power supply (an external power brake)"},
      {0x100, "the clocks of its displays"},
      {clock_limit::current, "the current that its voltage regulators give"}};
  return limits;
}

}  // namespace palier
