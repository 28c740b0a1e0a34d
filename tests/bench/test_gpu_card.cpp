#include <algorithm>
#include <atomic>
#include <thread>

#include "base/file.hpp"
#include "base/text.hpp"
#include "bench/energy.hpp"
#include "bench/export.hpp"
#include "bench/gpu/card_report.hpp"
#include "bench/gpu/gpu_text.hpp"
#include "bench/html_measured.hpp"
#include "tests/bench/gpu_stubs.hpp"

using namespace palier;

namespace {

constexpr Terminal plain{.interactive = false, .color = false, .width = 100};

CardReading reading(double at, std::optional<double> power, std::optional<double> energy, std::uint64_t limits = 0,
                    const char* doing = "copy") {
  CardReading one{.at = at, .doing = doing, .state = {}};
  one.state.power = power;
  one.state.energy = energy;
  one.state.limits = limits;
  return one;
}

Report run(const char* nvml_role, const Machine& machine = {}) {
  const GpuStubs stubs("plain", nvml_role);
  return run_stubs({.seconds = 0.4, .data_sheet = {}}, machine);
}

const Benchmark* find(const Report& report, std::string_view name) {
  const auto found = std::ranges::find(report.benchmarks, name, &Benchmark::name);
  return found == report.benchmarks.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("mean power: a counter from its first step to its last, otherwise power over time") {
  // It steps at 1, 3 and 5, by 200 J each: 100 W, although 1 and 5 are not the bounds.
  std::vector<CardReading> counted;
  for (int i = 0; i <= 6; ++i) counted.push_back(reading(i, 50.0, 1000.0 + 200.0 * ((i + 1) / 2)));
  const auto by_counter = mean_power(counted, 0, 6);
  REQUIRE(by_counter);
  CHECK(by_counter->watts == Approx(100));
  CHECK(std::string(by_counter->method) == "energy counter");
  const std::vector<CardReading> powered = {reading(0, 999.0, {}), reading(1, 100.0, {}), reading(2, 200.0, {}),
                                            reading(4, 200.0, {}), reading(5, 999.0, {})};
  const auto by_power = mean_power(powered, 0.5, 4.5);
  REQUIRE(by_power);
  CHECK(by_power->watts == Approx((150 + 400) / 3.0));
  CHECK(std::string(by_power->method) == "power");
}

TEST_CASE("mean power: nothing of too few readings, and a counter that began again is not believed") {
  CHECK_FALSE(mean_power({}, 0, 1));
  CHECK_FALSE(mean_power({reading(0, 100.0, 1.0)}, 0, 1));
  CHECK_FALSE(mean_power({reading(0, {}, {}), reading(1, {}, {})}, 0, 1));
  const auto again = mean_power({reading(0, 80.0, 900.0), reading(1, 80.0, 1.0), reading(2, 80.0, 90.0)}, 0, 2);
  REQUIRE(again);
  CHECK(again->watts == Approx(80));
  const auto standing = mean_power({reading(0, 80.0, 5.0), reading(1, 80.0, 5.0), reading(2, 80.0, 5.0)}, 0, 2);
  REQUIRE(standing);
  CHECK(std::string(standing->method) == "power");
}

TEST_CASE("what held the clocks down is named, with its share and with what was measured then") {
  const Json limits = card_limits({reading(0, {}, {}, 0x1), reading(1, {}, {}, 0x4, "product of bf16"),
                                   reading(2, {}, {}, 0x44, "product of bf16"), reading(3, {}, {}, 0, "launches")});
  const std::vector<std::string> sentences = limit_sentences(limits);
  REQUIRE(sentences.size() == 2);
  CHECK(sentences[0] ==
        "its clocks were held down by its power limit in 50 % of the readings, during: product of bf16");
  CHECK(sentences[1].find("heat (a slowdown by the hardware) in 25 %") != std::string::npos);
  CHECK(card_limits({reading(0, {}, {}, 0x1)}) == Json::array());
  CardReading untold;
  CHECK(card_limits({untold}).is_null());
}

TEST_CASE("a card is watched while it is measured, and the products have their energy") {
  const Report report = run("plain");
  INFO(Json(report.warnings).dump());
  CHECK(report.warnings.size() == 2);  // fp16 and bf16, which the stub's cuBLAS does not have
  const Benchmark* clock = find(report, "gpu SM clock");
  REQUIRE(clock);
  CHECK(clock->median == 1.98e9);
  CHECK_FALSE(clock->interval);
  CHECK(find(report, "gpu memory clock")->parameters["most"] == 2.619e9);
  CHECK(find(report, "gpu temperature")->unit == "°C");
  CHECK(find(report, "gpu power")->median == Approx(200));
  CHECK(report.method["gpus"][0]["clock_limits"] == Json::array());
  std::vector<std::string> formats;
  for (const Benchmark& one : report.benchmarks) {
    if (one.name != "gpu energy") continue;
    CHECK(one.median > 0);
    CHECK(one.unit == "J/TFLOP");
    formats.push_back(one.parameters["format"]);
  }
  CHECK(formats == std::vector<std::string>{"fp32", "tf32", "int8", "fp8"});
  const std::string text = render_gpus(report, plain);
  INFO(text);
  CHECK(text.find("meanwhile") != std::string::npos);
  CHECK(text.find("Nothing held its clocks down.") != std::string::npos);
  for (const std::string_view line : lines(text)) CHECK(display_width(line) <= 100);
}

TEST_CASE("a card that is slowed down says why, and what it does not tell is left out") {
  const std::string hot = render_gpus(run("hot"), plain);
  INFO(hot);
  CHECK(hot.find("held down by its power limit in 100 % of the readings") != std::string::npos);
  const Report silent = run("untold: all");
  CHECK_FALSE(find(silent, "gpu power"));
  CHECK_FALSE(find(silent, "gpu energy"));
  CHECK(silent.method["gpus"][0]["clock_limits"].is_null());
  CHECK(find(silent, "gpu matrix product"));
  CHECK(warns(silent, "the energy of the product of fp32 left out: the card told no power meanwhile"));
  const Report powered = run("untold: counter");
  REQUIRE(find(powered, "gpu energy"));
  CHECK(find(powered, "gpu energy")->parameters["energy"] == "power");
}

TEST_CASE("a card that others use is said to be busy") {
  CHECK(warns(run("busy"), "the card computed for 60 % of the time before the measurement"));
  for (const char* role : {"plain", "untold: all", "no driver"})
    CHECK_FALSE(warns(run(role), "before the measurement"));
}

TEST_CASE("a card that NVML loses, refuses or does not know is measured without its readings") {
  const Report lost = run("lost on the way");
  CHECK(find(lost, "gpu copy"));
  CHECK(warns(lost, "not, or not all, known: GPU is lost"));
  CHECK(warns(run("no driver"), "Driver Not Loaded"));
  CHECK(warns(run("no permission"), "NVML does not know the card at 0000:19:00.0"));
}

TEST_CASE("a card of another maker's is watched by what the kernel tells, and until the watch is ended") {
  const TemporaryDirectory folder;
  const auto put = [&](const std::string& file, const std::string& text) {
    write_file(folder.path() / "sys/bus/pci/devices/0000:03:00.0" / file, text);
  };
  put("vendor", "0x1002\n");
  put("hwmon/hwmon1/freq1_input", "2000000000\n");
  put("hwmon/hwmon1/power1_average", "150000000\n");
  const Root root(folder.path());
  CardWatch watch(sysfs_source(root, "0000:03:00.0"), std::chrono::milliseconds(1));
  watch.doing("copy");
  while (watch.readings().size() < 3) std::this_thread::yield();
  watch.stop();
  const std::vector<CardReading> readings = watch.readings();
  CHECK(watch.readings().size() == readings.size());
  CHECK(readings.back().state.sm_clock == 2e9);
  CHECK(mean_power(readings, readings.front().at, readings.back().at)->watts == Approx(150));
  CHECK(card_benchmarks(readings, Json::object()).size() == 2);
  CHECK(card_limits(readings).is_null());
  CardWatch nothing(sysfs_source(root, "0000:04:00.0"));
  while (nothing.trouble().empty()) std::this_thread::yield();
  CHECK(nothing.trouble() == "no driver of AMD's or Intel's tells of a card at '0000:04:00.0'");
}

TEST_CASE("a driver that does not answer is left behind") {
  const auto asked = std::make_shared<std::atomic<bool>>(false), released = std::make_shared<std::atomic<bool>>(false);
  const auto wait = [asked, released] {
    *asked = true;
    asked->notify_all();
    released->wait(false);
    return CardState();
  };
  CardWatch watch({"a driver", [wait] { return std::function<CardState()>(wait); }});
  asked->wait(false);
  watch.stop(std::chrono::milliseconds(5));
  CHECK(watch.trouble() == "a driver did not answer in time");
  CHECK(watch.readings().empty());
  *released = true;
  released->notify_all();
}

TEST_CASE("a page and Markdown have the GPU's tables, and the page its roofline") {
  const GpuStubs stubs("plain", "hot");
  const auto sheet = [](const Json&, const Benchmark& one) -> std::optional<double> {
    if (one.parameters.value("format", "") != "fp8") return std::nullopt;
    return 4 * one.median;
  };
  const Report report = run_stubs({.seconds = 0.4, .data_sheet = sheet});
  const html::Measured page = html::measured(report, Lang::fr);
  CHECK(page.sections.find("GPU 0: NVIDIA Stub 0") != std::string::npos);
  CHECK(page.sections.find("pendant ce temps") != std::string::npos);
  CHECK(page.sections.find("held down by its power limit") != std::string::npos);
  CHECK(page.figures.find("gpu temperature") == std::string::npos);
  const auto roof = std::ranges::find_if(page.plots, [](const Json& plot) { return plot.contains("roof"); });
  REQUIRE(roof != page.plots.end());
  CHECK((*roof)["roof"]["ceilings"].size() == 4);
  CHECK((*roof)["roof"]["points"].size() == 5);
  const Benchmark* fp8 = nullptr;
  for (const Benchmark& one : report.benchmarks) {
    if (one.name == "gpu matrix product" && one.parameters["format"] == "fp8") fp8 = &one;
  }
  REQUIRE(fp8);
  const Json& ceilings = (*roof)["roof"]["ceilings"];
  CHECK(std::ranges::any_of(ceilings, [&](const Json& one) { return one["rate"] == 4 * fp8->median; }));
  const std::string text = exported(Json(report), "report.md");
  INFO(text);
  CHECK(text.find("| meanwhile | least | median | most |") != std::string::npos);
  CHECK(text.find("| SM clock | 1.98 GHz | 1.98 GHz | 1.98 GHz |") != std::string::npos);
  CHECK(text.find("(25 %)") != std::string::npos);
}

TEST_CASE("transfers stand beside the link that detection found") {
  Machine machine;
  machine.gpus.resize(1);
  machine.gpus[0].pci = "0000:19:00.0";
  machine.gpus[0].link.pcie_width = 16;
  machine.gpus[0].link.pcie_speed = "2.5 GT/s";
  machine.gpus[0].link.pcie_speed_max = "16.0 GT/s";
  const Report report = run("plain", machine);
  const Benchmark* transfer = find(report, "gpu host to device");
  REQUIRE(transfer);
  CHECK(transfer->parameters["limit_of"] == "PCIe 16.0 GT/s x16");
  CHECK(transfer->parameters["limit"].get<double>() == Approx(31.5e9).epsilon(0.001));
  CHECK_FALSE(find(report, "gpu copy")->parameters.contains("limit"));
  CHECK(render_gpus(report, plain).find("At most, by PCIe 16.0 GT/s x16.") != std::string::npos);
}

TEST_CASE("copies between GPUs stand beside the slower one's NVLinks, or the bus") {
  Machine machine;
  for (const char* pci : {"0000:19:00.0", "0000:1a:00.0"}) {
    machine.gpus.emplace_back().pci = pci;
    machine.gpus.back().link.pcie_width = 8;
    machine.gpus.back().link.pcie_speed = "8.0 GT/s";
    machine.gpus.back().link.nvlinks = 4;
    machine.gpus.back().link.nvlink_speed = 25000000000;
  }
  machine.gpus.back().link.nvlinks = 2;
  const auto limit_of = [&](const char* role) {
    const GpuStubs stubs(role, "four");
    const Report report = run_stubs({.seconds = 0.4}, machine);
    const Benchmark* copy = find(report, "gpu to gpu");
    REQUIRE(copy);
    return copy->parameters["limit_of"].get<std::string>();
  };
  CHECK(limit_of("two") == "2 NVLinks");
  CHECK(limit_of("two apart") == "PCIe 8.0 GT/s x8");
}

TEST_CASE("the cards are a source of energy beside the processor, and not the machine alone") {
  const TemporaryDirectory folder;
  double time = 0;
  const auto meter_of = [&](const std::shared_ptr<CardEnergy>& cards) {
    return EnergyMeter(
        Root(folder.path()), [&] { return time; }, cards);
  };
  const GpuStubs stubs("plain", "untold: counter");  // its power is 200 W
  const auto cards = card_energy(Root());
  REQUIRE(cards);
  CHECK_FALSE(energy_sources(Root(folder.path()), cards.get()).processors);
  EnergyMeter alone = meter_of(cards);
  time = 3;
  CHECK(alone.joules() == Approx(600));
  CHECK_FALSE(alone.measures_processors());
  const std::string zone = "sys/class/powercap/intel-rapl:0/";
  write_file(folder.path() / (zone + "name"), "package-0\n");
  write_file(folder.path() / (zone + "energy_uj"), "1000000\n");
  write_file(folder.path() / (zone + "max_energy_range_uj"), "262143328850\n");
  EnergyMeter both = meter_of(cards);
  write_file(folder.path() / (zone + "energy_uj"), "51000000\n");
  time = 5;
  CHECK(both.joules() == Approx(50 + 400));
  CHECK(both.measures_processors());
  CHECK(energy_sources(Root(folder.path()), cards.get()).names() ==
        std::vector<std::string>{"RAPL package-0", "NVML GPU 0, NVIDIA Stub"});
}

TEST_CASE("a card's counter of energy adds up, and cards that tell nothing are no source") {
  const GpuStubs stubs("plain", "four");
  const auto cards = card_energy(Root());
  REQUIRE(cards);
  REQUIRE(cards->cards().size() == 4);
  CHECK(cards->cards().back().name == "GPU 3, NVIDIA Stub");
  CHECK(cards->cards().back().counts);
  EnergyMeter meter(
      Root(TemporaryDirectory().path()), [] { return 0.0; }, cards);
  const double first = meter.joules();
  CHECK(meter.joules() >= first);
  const GpuStubs silent("plain", "untold: all");
  CHECK_FALSE(card_energy(Root()));
}

// Last: the calls that hang keep the library until the program ends.
TEST_CASE("cards that hang are no source, and hold nothing up") {
  const GpuStubs stubs("plain", "hang");
  CHECK(CardEnergy(std::chrono::milliseconds(20)).cards().empty());
}

TEST_CASE("an NVML that hangs on the way is left behind") {
  const Report report = run("hang on the way");
  CHECK(find(report, "gpu copy"));
  CHECK(find(report, "gpu matrix product"));
  CHECK(warns(report, "NVML did not answer in time"));
}
