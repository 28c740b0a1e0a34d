#include "base/error.hpp"
#include "base/file.hpp"
#include "hwdetect/sysfs_card.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr const char* address = "0000:03:00.0";

/// A computer whose /sys has what was put into one card's folder.
class FakeCard {
 public:
  explicit FakeCard(const char* vendor, const char* pci = address) : pci_(pci) {
    put("vendor", vendor);
    put("class", "0x030000\n");
  }
  void put(const std::string& file, const std::string& text) {
    write_file(folder_.path() / "sys/bus/pci/devices" / pci_ / file, text);
  }
  void put_another(const char* pci, const char* vendor) {
    pci_ = pci;
    put("vendor", vendor);
    put("class", "0x038000\n");
    pci_ = address;
  }
  Root root() const { return Root(folder_.path()); }
  CardState state() const { return SysfsCard(root(), pci_).state(0); }

 private:
  std::string pci_;
  TemporaryDirectory folder_;
};

std::string metrics(char format, char content, std::size_t size, std::size_t at, std::uint64_t limits) {
  std::string bytes(size, '\0');
  bytes[0] = static_cast<char>(size);
  bytes[2] = format;
  bytes[3] = content;
  for (std::size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<char>(limits >> 8 * i);
  return bytes;
}

bool tells_nothing(const CardState& state) {
  return !state.sm_clock && !state.memory_clock && !state.temperature && !state.power && !state.energy && !state.busy;
}

}  // namespace

TEST_CASE("sysfs: what amdgpu tells of a card") {
  FakeCard card("0x1002\n");
  card.put("hwmon/hwmon7/freq1_input", "2100000000\n");
  card.put("hwmon/hwmon7/freq1_label", "sclk\n");
  card.put("hwmon/hwmon7/temp1_input", "61000\n");
  card.put("hwmon/hwmon7/temp1_label", "edge\n");
  card.put("hwmon/hwmon7/temp2_input", "78000\n");
  card.put("hwmon/hwmon7/temp2_label", "junction\n");
  card.put("hwmon/hwmon7/power1_average", "203000000\n");
  card.put("pp_dpm_mclk", "0: 96Mhz \n1: 1000Mhz *\n");
  card.put("gpu_busy_percent", "87\n");
  card.put("gpu_metrics", metrics(1, 3, 120, 112, 1ULL << 36 | 1ULL << 2));
  const CardState state = card.state();
  CHECK(state.sm_clock == 2.1e9);
  CHECK(state.memory_clock == 1e9);
  CHECK(*state.temperature == Approx(78));
  CHECK(*state.power == Approx(203));
  CHECK(*state.busy == Approx(0.87));
  CHECK(state.limits == (clock_limit::power | clock_limit::driver_heat));
  CHECK(state.error.empty());
}

TEST_CASE("sysfs: an older amdgpu has the clock among its levels, and its power under another name") {
  FakeCard card("0x1002\n");
  card.put("pp_dpm_sclk", "0: 300Mhz\n1: 1200Mhz *\n2: 1450Mhz\n");
  card.put("hwmon/hwmon0/power1_input", "35000000\n");
  card.put("hwmon/hwmon0/temp1_input", "50000\n");
  const CardState state = card.state();
  CHECK(state.sm_clock == 1.2e9);
  CHECK(*state.power == Approx(35));
  CHECK(*state.temperature == Approx(50));
  CHECK_FALSE((state.limits || state.memory_clock));
}

TEST_CASE("sysfs: what i915 tells, whose power is the rise of a counter of energy") {
  FakeCard card("0x8086\n");
  card.put("drm/card1/gt/gt0/rps_act_freq_mhz", "2050\n");
  card.put("drm/card1/gt/gt0/throttle_reason_status", "1\n");
  card.put("drm/card1/gt/gt0/throttle_reason_pl1", "1\n");
  card.put("drm/card1/gt/gt0/throttle_reason_thermal", "0\n");
  card.put("hwmon/hwmon3/energy1_input", "5000000\n");
  SysfsCard watched(card.root(), address);
  const CardState first = watched.state(10);
  CHECK(first.sm_clock == 2.05e9);
  CHECK(first.limits == clock_limit::power);
  CHECK(*first.energy == Approx(5));
  CHECK_FALSE(first.power);
  card.put("hwmon/hwmon3/energy1_input", "45000000\n");
  CHECK(*watched.state(10.5).power == Approx(80));
  card.put("hwmon/hwmon3/energy1_input", "1000000\n");  // it began again
  CHECK_FALSE(watched.state(11).power);
  CHECK_FALSE(watched.state(11).power);  // no time has passed
}

TEST_CASE("sysfs: what xe tells") {
  FakeCard card("0x8086\n");
  card.put("drm/card0/dev", "226:0\n");
  card.put("tile0/gt0/freq0/act_freq", "2400\n");
  card.put("tile0/gt0/freq0/throttle/status", "1\n");
  card.put("tile0/gt0/freq0/throttle/reason_soc_thermal", "1\n");
  card.put("tile0/gt0/freq0/throttle/reason_vr_tdc", "1\n");
  card.put("tile0/gt0/freq0/throttle/reason_prochot", "1\n");
  card.put("hwmon/hwmon2/temp2_label", "pkg\n");
  card.put("hwmon/hwmon2/temp2_input", "66000\n");
  card.put("hwmon/hwmon2/energy1_label", "card\n");
  card.put("hwmon/hwmon2/energy1_input", "7000000\n");
  const CardState state = card.state();
  CHECK(state.sm_clock == 2.4e9);
  CHECK(*state.temperature == Approx(66));
  CHECK(*state.energy == Approx(7));
  CHECK(state.limits == (clock_limit::driver_heat | clock_limit::hardware_heat | clock_limit::current));
}

TEST_CASE("sysfs: what makes no sense is not told") {
  for (const char* vendor : {"0x1002\n", "0x8086\n"}) {
    for (const char* text :
         {"", "x\n", "-5\n", "99999999999999999999999\n", "1e9\n", "\x01\xff*\n", "0: Mhz *\n1: -3Mhz *\n"}) {
      INFO(vendor << text);
      FakeCard card(vendor);
      for (const char* file : {"hwmon/hwmon0/freq1_input", "hwmon/hwmon0/temp1_input", "hwmon/hwmon0/power1_average",
                               "pp_dpm_sclk", "hwmon/hwmon0/energy1_input", "pp_dpm_mclk", "gpu_metrics",
                               "tile0/gt0/freq0/act_freq", "tile0/gt0/freq0/throttle/reason_pl1",
                               "drm/card0/gt_act_freq_mhz", "hwmon/hwmon0/temp2_label", "gpu_busy_percent"})
        card.put(file, text);
      const CardState state = card.state();
      CHECK(tells_nothing(state));
      CHECK_FALSE(state.limits);
    }
    CHECK(tells_nothing(FakeCard(vendor).state()));
  }
}

TEST_CASE("sysfs: throttling in gpu_metrics, of the formats that all chips share") {
  constexpr std::uint64_t regulators = 1ULL << 17, other = 1ULL << 56 | 1ULL << 57;
  CHECK(limits_in_metrics(metrics(1, 3, 120, 112, regulators)) == clock_limit::current);
  CHECK(limits_in_metrics(metrics(1, 3, 120, 112, other)) == std::uint64_t{0});
  for (const char content : {2, 3, 4}) CHECK(limits_in_metrics(metrics(2, content, 136, 120, 1)) == clock_limit::power);
  CHECK_FALSE(limits_in_metrics(metrics(1, 1, 120, 112, 1)));
  CHECK_FALSE(limits_in_metrics(metrics(2, 0, 136, 120, 1)));
  CHECK_FALSE(limits_in_metrics(metrics(1, 3, 119, 111, 1)));
  CHECK_FALSE(limits_in_metrics(metrics(1, 3, 120, 112, 1).substr(0, 100)));
  CHECK_FALSE(limits_in_metrics(""));
  CHECK_FALSE(limits_in_metrics("\xff\xff"));
}

TEST_CASE("sysfs: a card is found by its address, or as the only one of its maker's") {
  FakeCard card("0x1002\n");
  CHECK(only_card_of(card.root(), 0x1002) == address);
  CHECK(only_card_of(card.root(), 0x8086).empty());
  CHECK(only_card_of(card.root(), 0).empty());
  card.put_another("0000:00:02.0", "0x8086\n");
  CHECK(only_card_of(card.root(), 0x8086) == "0000:00:02.0");
  card.put_another("0000:43:00.0", "0x1002\n");
  CHECK(only_card_of(card.root(), 0x1002).empty());
  for (const char* wrong : {"", "0000:99:00.0", "../../../../x", "0000:03:00.0/drm", "\x1b[31m"})
    CHECK_THROWS_WITH(SysfsCard(card.root(), wrong), "the card cannot be watched");
  CHECK_THROWS_WITH(SysfsCard(FakeCard("0x10de\n").root(), address), "the card cannot be watched");
}
