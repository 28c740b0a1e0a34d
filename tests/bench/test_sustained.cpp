#include <csignal>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "bench/html.hpp"
#include "bench/sustained.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

void ignore(double, const std::string&, double) {}

/// A minute of which the last `slow` seconds are slower by `fall`.
Sustained minute(double fall, int slow) {
  Sustained result{.isa = "avx2", .format = "fp32", .threads = 2, .slots = {}, .throttling = {}};
  for (int i = 0; i < 60; ++i) {
    const double factor = i >= 60 - slow ? 1 - fall : 1, ripple = 1 + 0.001 * (i % 3);
    result.slots.push_back({.seconds = i + 1.0,
                            .rate = 1e12 * factor * ripple,
                            .clock = 4e9 * factor,
                            .conditions = {.seconds = 1, .processors = 2, .own = 2, .busy = 2}});
  }
  return result;
}

}  // namespace

TEST_CASE("a rate that falls is told with its interval, one that ripples holds") {
  const SustainedFall fall = sustained_fall(minute(0.2, 30), 1);
  CHECK(fall.window == 10);
  CHECK(fall.fell);
  CHECK(fall.fall == Approx(0.2).margin(0.002));
  REQUIRE(fall.interval);
  CHECK((*fall.interval)[0] > 0.19);
  CHECK((*fall.interval)[1] < 0.21);
  CHECK(fall.causes == std::vector<std::string>{"the clock fell by 20.0 %"});
  const SustainedFall held = sustained_fall(minute(0, 0), 1);
  CHECK_FALSE(held.fell);
  CHECK(held.causes.empty());
  Sustained little = minute(0.5, 1);
  little.slots.erase(little.slots.begin(), little.slots.end() - 4);
  CHECK(sustained_fall(little, 1).window == 2);
  CHECK_FALSE(sustained_fall(little, 1).fell);  // two samples on a side prove nothing
}

TEST_CASE("what held the processors back is named: heat, a quota, the hypervisor, other programs") {
  Sustained sustained = minute(0.1, 20);
  for (SustainedSlot& slot : sustained.slots) slot.clock = 4e9;
  for (std::size_t i = 50; i < 60; ++i) {
    sustained.slots[i].conditions.stolen = 0.2;
    sustained.slots[i].conditions.own = 1.5;
    sustained.slots[i].conditions.busy = 1.9;
  }
  sustained.throttling = {.core_events = 12, .package_events = 3, .quota_seconds = 8.1};
  CHECK(sustained_fall(sustained, 1).causes ==
        std::vector<std::string>{
            "the processor slowed itself down for heat, 12 times in cores and 3 in a package",
            "a CPU quota made processors wait for 8.1 s in all",
            "the hypervisor took 0.0 % of the processors at first and 10.0 % at last",
            "other programs used 0.0 % of the processors at first and 20.0 % at last",
        });
}

TEST_CASE("the kernel's counters are read from files of either version, and stay unknown where there are none") {
  const TemporaryDirectory folder;
  CHECK_FALSE(read_throttling(Root(folder.path())).core_events);
  CHECK_FALSE(read_throttling(Root(folder.path())).quota_seconds);
  const auto write = [&](const std::string& path, const std::string& text) { write_file(folder.path() / path, text); };
  for (const char* cpu : {"cpu0", "cpu1"}) {
    write(std::string("sys/devices/system/cpu/") + cpu + "/thermal_throttle/core_throttle_count", "4\n");
    write(std::string("sys/devices/system/cpu/") + cpu + "/thermal_throttle/package_throttle_count", "9\n");
  }
  write("sys/devices/system/cpu/cpufreq/thermal_throttle/core_throttle_count", "100\n");
  write("proc/self/cgroup", "0::/job\n");
  write("sys/fs/cgroup/cgroup.controllers", "cpu\n");
  write("sys/fs/cgroup/job/cpu.max", "150000 100000\n");
  write("sys/fs/cgroup/job/cpu.stat", "usage_usec 9\nnr_throttled 3\nthrottled_usec 2500000\n");
  Throttling before = read_throttling(Root(folder.path()));
  CHECK(before.core_events == 8.0);
  CHECK(before.package_events == 9.0);
  CHECK(before.quota_seconds == 2.5);
  write("sys/fs/cgroup/job/cpu.stat", "throttled_usec 3000000\n");
  write("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "broken\n");
  const Throttling between = read_throttling(Root(folder.path())) - before;
  CHECK(between.quota_seconds == 0.5);
  CHECK(between.package_events == 0.0);
  before.core_events.reset();
  CHECK_FALSE((between - before).core_events);
}

TEST_CASE("cgroup v1 counts nanoseconds") {
  const TemporaryDirectory folder;
  const auto write = [&](const std::string& path, const std::string& text) { write_file(folder.path() / path, text); };
  write("proc/self/cgroup", "1:cpu:/\n");
  write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
  write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  write("sys/fs/cgroup/cpu/cpu.stat", "nr_periods 1\nnr_throttled 1\nthrottled_time 250000000\n");
  CHECK(read_throttling(Root(folder.path())).quota_seconds == 0.25);
}

TEST_CASE("the widest instructions run for as long as asked, in slots") {
  Machine machine;
  machine.memory.available = Bytes{64} << 20;
  Session session(machine, {.threads = {1}});
  const Sustained sustained = measure_sustained(session, 0.1, ignore, 0.02);
  REQUIRE_FALSE(sustained.slots.empty());
  for (const SustainedSlot& slot : sustained.slots) {
    CHECK(slot.rate > 0);
    CHECK(slot.clock > 0);
    CHECK(slot.conditions.seconds > 0);
  }
  CHECK(sustained.slots.back().seconds >= 0.1);
  watch_interrupts();
  std::raise(SIGINT);
  CHECK(measure_sustained(session, 60, ignore).slots.empty());
  clear_interrupt();
}

TEST_CASE("a report says whether the rate fell, in its text, its document and its page") {
  Report report;
  add_to(report, minute(0.2, 30), 1);
  REQUIRE(report.benchmarks.size() == 2);
  CHECK(report.benchmarks[0].name == "sustained rate, fp32, avx2");
  CHECK(report.benchmarks[1].samples.size() == 60);
  const std::vector<std::string> sentences = sustained_sentences(report);
  REQUIRE(sentences.size() == 2);
  CHECK(sentences[0].starts_with("The rate fell by 20.0 % ("));
  CHECK(sentences[0].ends_with("over 1 min 00 s: 1 TFLOP/s in the first 10 samples, 801 GFLOP/s in the last 10."));
  CHECK(sentences[1] == "The machine tells: the clock fell by 20.0 %.");
  CHECK(sustained_sentences(report_from(Json(report), "report.json")) == sentences);
  const std::string page = render_html(report, nullptr);
  CHECK(page.find("The rate fell by 20.0 %") != std::string::npos);
  CHECK(page.find("data-plot=\"1\"") != std::string::npos);

  Report held;
  add_to(held, minute(0, 0), 1);
  CHECK(sustained_sentences(held).at(0).starts_with("The rate held: it fell by "));
  Sustained unexplained = minute(0.2, 30);
  for (SustainedSlot& slot : unexplained.slots) slot.clock = 4e9;
  Report odd;
  add_to(odd, unexplained, 1);
  CHECK(
      sustained_sentences(odd).at(1).starts_with("The machine tells no cause: the clock stayed, there is no counter"));

  Sustained shortest = minute(0, 0);
  shortest.slots.resize(1);
  Report none;
  add_to(none, shortest, 1);
  CHECK(none.benchmarks.empty());
  CHECK(none.warnings.size() == 1);
  CHECK(sustained_sentences(none).empty());
}
