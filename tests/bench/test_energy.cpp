#include "base/file.hpp"
#include "bench/energy.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

class FakeMachine {
 public:
  void write(const std::string& path, const std::string& text) { write_file(folder_.path() / path, text + "\n"); }
  void add_zone(const std::string& zone, const std::string& name, const std::string& energy, const std::string& range) {
    write("sys/class/powercap/" + zone + "/name", name);
    write("sys/class/powercap/" + zone + "/energy_uj", energy);
    write("sys/class/powercap/" + zone + "/max_energy_range_uj", range);
  }
  EnergyMeter meter() {
    return EnergyMeter(
        Root(folder_.path()), [this] { return time; }, nullptr);
  }

  double time = 0;

 private:
  TemporaryDirectory folder_;
};

}  // namespace

TEST_CASE("packages and DRAM add up, their parts and the platform are not counted twice, counters begin again") {
  FakeMachine machine;
  machine.add_zone("intel-rapl:0", "package-0", "1000000", "262143328850");
  machine.add_zone("intel-rapl:0:0", "core", "7", "262143328850");
  machine.add_zone("intel-rapl:0:1", "dram", "65000000000", "65532610987");
  machine.add_zone("intel-rapl:1", "psys", "9", "262143328850");
  EnergyMeter meter = machine.meter();
  CHECK(meter.measures());
  CHECK(meter.joules() == 0);
  machine.add_zone("intel-rapl:0", "package-0", "51000000", "262143328850");
  machine.add_zone("intel-rapl:0:1", "dram", "467389013", "65532610987");
  CHECK(meter.joules() == Approx(50 + 1000));
  const Json rows = meter.document();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["name"] == "package-0");
  CHECK(rows[0]["method"] == "RAPL");
  CHECK(rows[0]["joules"].get<double>() == Approx(50));
  CHECK(rows[1]["joules"].get<double>() == Approx(1000));
}

TEST_CASE("power is added up over time, of the whole machine where it tells that") {
  FakeMachine machine;
  machine.add_zone("intel-rapl:0", "package-0", "1", "262143328850");
  machine.write("sys/class/hwmon/hwmon3/name", "ina3221");
  machine.write("sys/class/hwmon/hwmon3/in1_label", "VDD_IN");
  machine.write("sys/class/hwmon/hwmon3/in1_input", "5000");
  machine.write("sys/class/hwmon/hwmon3/curr1_input", "2000");
  machine.write("sys/class/hwmon/hwmon3/in2_label", "VDD_CPU_GPU_CV");
  EnergyMeter meter = machine.meter();
  machine.time = 2;
  CHECK(meter.joules() == Approx(20));
  machine.write("sys/class/hwmon/hwmon3/curr1_input", "4000");
  machine.time = 4;
  CHECK(meter.joules() == Approx(20 + 30));
  machine.write("sys/class/hwmon/hwmon3/curr1_input", "broken");  // is left out, and what follows counts again
  machine.time = 5;
  CHECK(meter.joules() == Approx(50));
  CHECK(meter.document()[0]["name"] == "VDD_IN");
}

TEST_CASE("a battery counts while it discharges, an AMD card beside the processor") {
  FakeMachine machine;
  machine.write("sys/class/power_supply/BAT0/type", "Battery");
  machine.write("sys/class/power_supply/BAT0/status", "Charging");
  machine.write("sys/class/power_supply/BAT0/voltage_now", "12000000");
  machine.write("sys/class/power_supply/BAT0/current_now", "-1500000");
  machine.write("sys/class/hwmon/hwmon1/name", "amdgpu");
  machine.write("sys/class/hwmon/hwmon1/power1_average", "30000000");
  EnergyMeter card = machine.meter();
  machine.time = 1;
  CHECK(card.joules() == Approx(30));
  machine.write("sys/class/power_supply/BAT0/status", "Discharging");
  EnergyMeter battery = machine.meter();
  machine.time = 2;
  CHECK(battery.joules() == Approx(18));
  CHECK(battery.document().size() == 1);
}

TEST_CASE("a machine that says nothing is not measured, and a counter for root alone is named") {
  FakeMachine silent;
  CHECK_FALSE(silent.meter().measures());
  CHECK(silent.meter().joules() == 0);
  FakeMachine closed;
  closed.add_zone("intel-rapl:0", "package-0", "", "262143328850");
  EnergyMeter meter = closed.meter();
  CHECK_FALSE(meter.measures());
  CHECK(meter.notes() ==
        std::vector<std::string>{"the energy counter of package-0 is there, and only root may read it"});
}
