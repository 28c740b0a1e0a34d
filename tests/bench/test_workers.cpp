#include <sched.h>
#include <signal.h>

#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "bench/built_in_job.hpp"
#include "bench/statistics.hpp"
#include "bench/workers.hpp"
#include "bench/workers_sample.hpp"
#include "tests/catch.hpp"

namespace palier {
namespace {

const Watch quiet = [](double, const std::string&, double) {};

Machine machine_with(double cpus, Bytes memory) {
  Machine machine;
  machine.effective.cpus = cpus;
  machine.effective.memory = memory;
  machine.effective.bound_by.memory = "cgroup limit /jobs";
  return machine;
}

const NoiseMeter meter(Root(), {0});

/// A job that needs no time, and ends as it is told.
class Fake : public Workload {
 public:
  std::string name() const override { return "fake"; }
  const char* kind() const override { return "thread"; }
  JobCost check(double) override { return {.seconds = 0.0001, .cpu_seconds = 0.0001}; }
  JobEnd run(int worker) override {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    const long number = ++jobs;
    if (worker + 1 > most_at_once) most_at_once = worker + 1;
    if (on_job) on_job(number);
    return {.status = number % fail_every == 0 ? 256 : 0, .cpu_seconds = 0.0001, .peak_memory = memory};
  }
  void signal_all(int) override {}
  Bytes memory_floor() const override { return 0; }

  std::atomic<long> jobs = 0;
  std::atomic<int> most_at_once = 0;
  long fail_every = 1L << 40;
  Bytes memory = 1 << 20;
  std::function<void(long)> on_job;
};

const WorkersOptions quick = {.max = 4, .time_budget = 1, .seed = 3};

WorkerCount count_of(int workers, std::vector<double> rates, double busy) {
  WorkerCount count;
  count.workers = workers;
  count.median = rates[rates.size() / 2];
  count.rates = std::move(rates);
  count.busy_cpus = busy;
  count.jobs = 10;
  return count;
}

std::string reason_of(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.text().reason;
  }
  return "no error";
}

}  // namespace

TEST_CASE("the worker counts double, and hold the CPUs and the maximum") {
  CHECK(worker_counts(1, 2) == std::vector{1});
  CHECK(worker_counts(2, 2) == std::vector{1, 2});
  CHECK(worker_counts(4, 2) == std::vector{1, 2, 3, 4});
  CHECK(worker_counts(12, 6) == std::vector{1, 2, 4, 6, 8, 12});
  CHECK(worker_counts(8, 64) == std::vector{1, 2, 4, 8});
  CHECK(worker_counts(4, 0.5) == std::vector{1, 2, 3, 4});
}

TEST_CASE("samples are as long as the budget allows") {
  const std::vector<int> counts = {1, 2, 3, 4};
  CHECK(seconds_per_sample(counts, 2, {0.001, 0.001}, 30) == Approx(30.0 / 25 / 4).epsilon(0.05));
  // On two CPUs 1 s becomes 1, 1, 1.5 and 2 s: five rounds fit into 30 s, with half a second more for each sample.
  CHECK(seconds_per_sample(counts, 2, {1, 1}, 30) == Approx((30.0 / 5 - 5.5) / 4));
  CHECK(seconds_per_sample(counts, 2, {5, 5}, 30) == Approx((30.0 - 27.5) / 4));
  // Jobs that only wait do not stretch.
  CHECK(seconds_per_sample(counts, 2, {5, 0}, 30) == Approx((30.0 - 20) / 4));
  CHECK(reason_of([&] {
          seconds_per_sample(counts, 2, {10, 10}, 30);
        }) == "a job takes 10 s, so that one sample of each of 4 worker counts takes 55 s");
}

TEST_CASE("the rate counts only the time in which all workers are busy") {
  using Jobs = std::vector<std::vector<Stretch>>;
  const auto in_all = [](const Jobs& jobs) {
    const std::vector<double> rates = jobs_per_second(jobs);
    CHECK(rates.size() == jobs.size());
    return std::accumulate(rates.begin(), rates.end(), 0.0);
  };
  CHECK(in_all(Jobs{{{0, 1}, {1, 2}}}) == Approx(1));
  // The gap between jobs is the worker's own time.
  CHECK(in_all(Jobs{{{0, 1}, {3, 4}}}) == Approx(0.5));
  // Two workers; the second ends at 3, so that the window is 0.5 to 2: 1.5 jobs and 1.5 / 2.5 of a job.
  CHECK(in_all(Jobs{{{0, 1}, {1, 2}}, {{0.5, 3}}}) == Approx((1.5 + 0.6) / 1.5));
  CHECK(in_all(Jobs{{{0, 1, false}, {1, 2}}}) == Approx(0.5));
  // One worker was done before the other began.
  CHECK(in_all(Jobs{{{0, 1}}, {{2, 4}}}) == Approx(0.5));
  CHECK(in_all(Jobs{{{1, 1}}}) == 0);
  CHECK(jobs_per_second(Jobs{{{0, 1}, {1, 2}}, {{0, 0.5}, {0.5, 1}, {1, 1.5}, {1.5, 2}}}) == std::vector{1.0, 2.0});
}

TEST_CASE("a sample runs the workers that it was asked for, at least one job each") {
  Fake fake;
  const WorkersSample sample = take_sample(fake, 3, 0, 60, meter);
  CHECK(sample.jobs >= 3);
  CHECK(sample.jobs == fake.jobs);
  CHECK(fake.most_at_once == 3);
  CHECK(sample.rate > 0);
  CHECK(sample.peak_memory == 1 << 20);
  CHECK(sample.cpu_seconds == Approx(0.0001 * static_cast<double>(sample.jobs)));
}

TEST_CASE("an error in a job ends the sample and is told") {
  Fake fake;
  fake.on_job = [](long number) {
    if (number == 5) throw Error({.message = "broken", .reason = "in job 5"});
  };
  CHECK(reason_of([&] { take_sample(fake, 2, 60, 60, meter); }) == "in job 5");
}

TEST_CASE("a measurement keeps every sample and repeats its order with the seed") {
  std::vector<std::string> first, second;
  for (auto* order : {&first, &second}) {
    Fake fake;
    const WorkersResult result =
        measure_workers(quick, machine_with(2, 1 << 30), fake, [&](double fraction, const std::string& detail, double) {
          CHECK(fraction >= 0);
          CHECK(fraction <= 1);
          order->push_back(detail);
        });
    REQUIRE(result.counts.size() == 4);
    CHECK(result.job == "fake");
    long jobs = 0;
    for (const WorkerCount& count : result.counts) {
      CHECK(!count.rates.empty());
      CHECK(count.median > 0);
      CHECK(count.cpu_per_job == Approx(0.0001));
      jobs += count.jobs;
    }
    CHECK(jobs == fake.jobs);
    CHECK(result.counts[0].efficiency == Approx(1));
    CHECK(result.curve.size() == 4);
    CHECK_FALSE(result.interrupted);
  }
  REQUIRE(std::min(first.size(), second.size()) >= 5);
  CHECK(first[1] == "1 worker, round 1");
  CHECK(std::equal(first.begin(), first.begin() + 5, second.begin()));
}

TEST_CASE("workers stay on one CPU each where they are told to") {
  for (const bool bind : {false, true}) {
    Fake fake;
    std::atomic<long> loose = 0;
    fake.on_job = [&loose](long) {
      cpu_set_t set;
      if (::sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) != 1) ++loose;
    };
    WorkersOptions options = quick;
    options.bind = bind;
    const WorkersResult result = measure_workers(options, machine_with(1, 1 << 30), fake, quiet);
    CHECK(result.bound == bind);
    if (bind || Binding().places().size() == 1) {
      CHECK(loose == 0);
    } else {
      CHECK(loose > 0);
    }
    Report report;
    add_to(report, result, 3);
    for (const Benchmark& benchmark : report.benchmarks) CHECK(benchmark.parameters.contains("bound") == bind);
  }
}

TEST_CASE("no more workers are tried than the API answers at once") {
  Fake fake;
  WorkersOptions options = quick;
  options.api_slots = 2;
  const WorkersResult result = measure_workers(options, machine_with(2, Bytes{1} << 30), fake, quiet);
  CHECK(result.counts.size() == 2);
  CHECK(fake.most_at_once == 2);
  options.api_slots = 1;
  const Recommendation one = measure_workers(options, machine_with(2, Bytes{1} << 30), fake, quiet).recommended;
  CHECK(one.bound_by == "api-slots");
  CHECK(one.why == "the API answers 1 at once");
  options.api_slots = most_workers;
  CHECK(measure_workers(options, machine_with(2, Bytes{1} << 30), fake, quiet).counts.size() == 4);
}

TEST_CASE("more workers than fit into memory are not tried") {
  Fake fake;
  fake.memory = Bytes{300} << 20;
  const WorkersResult result = measure_workers(quick, machine_with(2, Bytes{1} << 30), fake, quiet);
  REQUIRE(result.counts.size() == 3);
  CHECK(fake.most_at_once == 3);
  Fake huge;
  huge.memory = Bytes{600} << 20;
  const WorkersResult alone = measure_workers(quick, machine_with(2, Bytes{1} << 30), huge, quiet);
  CHECK(alone.recommended.workers == 1);
  CHECK(alone.recommended.bound_by == "memory");
  CHECK(alone.recommended.why.ends_with("and there are 1 GiB (cgroup limit /jobs)"));
  CHECK(alone.recommended.why.starts_with("2 would need 1.17 GiB by the job's peak resident set"));
  CHECK_FALSE(alone.memory.of(2)->by_pss);
}

TEST_CASE("jobs that fail are counted and named, and are an error where all fail") {
  Fake fake;
  fake.fail_every = 2;
  const WorkersResult result = measure_workers(quick, machine_with(2, 1 << 30), fake, quiet);
  REQUIRE(result.failures.size() == 1);
  CHECK(result.failures.begin()->second == fake.jobs / 2);
  CHECK(result.warnings.front().ends_with("jobs failed with exit code 1; they are not counted as done"));
  Fake never;
  never.fail_every = 1;
  CHECK(reason_of([&] {
          measure_workers(quick, machine_with(2, 1 << 30), never, quiet);
        }).ends_with("jobs failed (exit code 1), though it worked alone"));
}

TEST_CASE("neighbours are grouped by what they share, the nearest first") {
  const Binding binding("pack:2 l3:2 core:2 pu:2");
  const std::vector<Neighbours> found = binding.neighbours(0);
  REQUIRE(found.size() == 4);
  const auto check = [&](std::size_t i, const std::string& share, std::size_t count) {
    CHECK(found[i].share == share);
    CHECK(found[i].places.size() == count);
  };
  check(0, "core", 1);
  check(1, "L3 cache", 2);
  check(2, "package", 4);
  check(3, "machine", 8);
  CHECK(found[0].places == std::vector{1U});
  CHECK(Binding("core:1 pu:1").neighbours(0).empty());
  CHECK(Binding("l2:2(size=2097152) core:1 pu:2").second_level_cache() == 1 << 20);  // hardware threads share it
  CHECK(Binding("core:1 pu:1").second_level_cache() == 0);
}

TEST_CASE("one worker is sampled alone and beside its neighbours, as many as there is room for") {
  const Binding binding("l3:2 core:2 pu:2");
  Fake fake;
  const JobCost job{.seconds = 0.0001, .cpu_seconds = 0.0001};
  IsolationOptions options{.seconds = least_isolation_seconds(binding, job), .limit = 60, .most_busy = 3, .seed = 1};
  const Isolation isolation = measure_isolation(fake, binding, job, options, meter, quiet);
  CHECK(isolation.why_not.empty());
  CHECK(isolation.alone.size() >= 3);
  REQUIRE(isolation.beside.size() == 3);
  const std::vector<std::pair<std::string, int>> expected = {{"core", 1}, {"L3 cache", 2}, {"machine", 3}};
  for (std::size_t i = 0; i < 3; ++i) {
    const Beside& beside = isolation.beside[i];
    CHECK(std::pair(beside.share, beside.busy) == expected[i]);
    CHECK(beside.rates.size() == isolation.alone.size());
    CHECK(beside.slow_down == Approx(1 - median(beside.rates) / median(isolation.alone)));
    REQUIRE(beside.interval);
    CHECK((*beside.interval)[0] <= (*beside.interval)[1]);
  }
  CHECK(fake.most_at_once == 4);
  const Json document = isolation_document(isolation);
  CHECK(document["alone"]["samples"].size() == isolation.alone.size());
  CHECK(document["beside"][1]["share"] == "L3 cache");
  CHECK(document["why_not"].is_null());
  const auto reason = [&](Workload& workload, const Binding& on) {
    return measure_isolation(workload, on, job, options, meter, quiet).why_not;
  };
  CHECK(reason(fake, Binding("core:1 pu:1")) == "this process may use one processor");
  CHECK(reason(*async_workload(JobKind::api), binding) == "the tasks of one thread share its processor");
  options.seconds = 0.5;
  CHECK(reason(fake, binding) == "it takes 1.2 s, an eighth of a longer --time-budget");
  options.most_busy = 0;
  CHECK(reason(fake, binding) == "the limits leave no room for a second worker");
  watch_interrupts();
  options = {.seconds = 60, .limit = 60, .most_busy = 1, .seed = 1};
  std::atomic<bool> asked = false;
  fake.on_job = [&asked](long) {
    if (!asked.exchange(true)) ::raise(SIGINT);
  };
  CHECK(reason(fake, binding) == "it was interrupted");
  clear_interrupt();
}

TEST_CASE("what neighbours do is a sentence each, which says where it may be chance") {
  Isolation isolation;
  isolation.alone = {100, 100, 101};
  isolation.beside = {
      {.share = "core", .busy = 1, .rates = {60, 61, 62}, .slow_down = 0.39, .interval = {{0.38, 0.4}}},
      {.share = "machine", .busy = 6, .rates = {99, 101, 101}, .slow_down = 0, .interval = {{-0.01, 0.01}}}};
  CHECK(
      isolation_sentences(isolation_document(isolation)) ==
      std::vector<std::string>{"Neighbours: 1 busy on the same core slows a bound worker by 39.0 % (38.0 .. 40.0); its "
                               "samples vary by 1.6 %, alone by 0.0 %.",
                               "Neighbours: 6 busy on the same machine have no effect on a bound worker beyond chance: "
                               "0.0 % (-1.0 .. 1.0); its samples vary by 0.0 %, alone by 0.0 %."});
  CHECK(isolation_sentences(isolation_document({.alone = {}, .beside = {}, .why_not = "so it is"})) ==
        std::vector<std::string>{"Neighbours: not measured: so it is."});
  CHECK(isolation_sentences(nullptr).empty());
}

TEST_CASE("Ctrl-C keeps what was measured") {
  watch_interrupts();
  const WorkersOptions options = {.max = 2, .time_budget = 60, .seed = 1};
  Fake fake;
  const auto interrupt_in_second = [&](double, const std::string& detail, double) {
    if (detail == "2 workers, round 1") ::raise(SIGINT);
  };
  const WorkersResult result = measure_workers(options, machine_with(2, 1 << 30), fake, interrupt_in_second);
  clear_interrupt();
  CHECK(result.interrupted);
  REQUIRE(result.counts.size() == 1);
  CHECK(result.recommended.workers == 1);
  CHECK_FALSE(result.isolation.why_not.empty());
  const auto interrupt_at_once = [&](double, const std::string&, double) {
    if (!interrupted()) ::raise(SIGINT);
  };
  CHECK_THROWS_AS(measure_workers(options, machine_with(2, 1 << 30), fake, interrupt_at_once), Interrupted);
  clear_interrupt();
}

TEST_CASE("the smallest number with 95 % of the best is recommended, and why") {
  const Machine machine = machine_with(2, 1 << 30);
  const auto knee =
      recommend({count_of(1, {100, 101, 102}, 1), count_of(2, {196, 196, 198}, 1.96), count_of(4, {199, 200, 201}, 2)},
                machine, std::nullopt, 1);
  CHECK(knee.workers == 2);
  CHECK(knee.bound_by == "cpu");
  CHECK(knee.why == "4 bring only 2 % more; 2 workers keep 1.96 of 2 CPUs busy");
  CHECK(knee.certainty == 1);
  const auto lock =
      recommend({count_of(1, {100, 100, 100}, 0.2), count_of(2, {90, 90, 90}, 0.3)}, machine, std::nullopt, 1);
  CHECK(lock.workers == 1);
  CHECK(lock.bound_by == "contention");
  CHECK(lock.why ==
        "2 bring 10 % less; 1 worker keeps 0.2 of 2 CPUs busy, so the jobs wait for each other or for a device");
  const auto rising = recommend({count_of(1, {10, 10, 10}, 0), count_of(2, {20, 20, 20}, 0)}, machine, std::nullopt, 1);
  CHECK(rising.workers == 2);
  CHECK(rising.bound_by == "range");
  const auto capped = recommend({count_of(1, {10, 10, 10}, 0), count_of(2, {20, 20, 20}, 0)}, machine,
                                Ceiling{"memory", "4 would need 9 GiB"}, 1);
  CHECK(capped.bound_by == "memory");
  CHECK(capped.why == "4 would need 9 GiB");
}

TEST_CASE("a recommendation that hangs on noise is not certain") {
  const auto advice = recommend({count_of(1, {80, 100, 101, 99, 85}, 1), count_of(2, {90, 120, 104, 80, 110}, 1)},
                                machine_with(2, 1 << 30), std::nullopt, 1);
  CHECK(advice.certainty > 0.1);
  CHECK(advice.certainty < 0.9);
}

TEST_CASE("the built-in jobs take CPU time, and one of them waits") {
  for (const JobKind kind : {JobKind::compute, JobKind::files, JobKind::api}) {
    const auto job = thread_workload(kind);
    const JobCost cost = job->check(10);
    CHECK(cost.seconds >= (kind == JobKind::api ? 0.02 : 0));
    CHECK(cost.cpu_seconds < cost.seconds + 0.02);
    const JobEnd end = job->run(1);
    CHECK(end.status == 0);
    CHECK(end.cpu_seconds > 0);
    CHECK(end.peak_memory > 0);
  }
  CHECK(job_kind("files") == JobKind::files);
  CHECK_FALSE(job_kind("file"));
}

TEST_CASE("the waits of an event loop's tasks overlap, on one thread") {
  const auto tasks = async_workload(JobKind::api);
  CHECK(tasks->check(10).seconds >= 0.02);
  const WorkersSample one = take_sample(*tasks, 1, 0.1, 10, meter);
  const WorkersSample many = take_sample(*tasks, 16, 0.1, 10, meter);
  CHECK(one.rate > 0);
  CHECK(one.rate <= 1 / 0.02);
  CHECK(many.rate > 2 * one.rate);
  CHECK(many.jobs >= 16);
  CHECK(many.longest_job >= 0.02);
  watch_interrupts();
  ::raise(SIGINT);
  CHECK(take_sample(*tasks, 2, 10, 10, meter).interrupted);
  clear_interrupt();
}

TEST_CASE("a worker process does job after job, and its CPU time counts as ours") {
  watch_interrupts();  // which ignores SIGPIPE
  const auto processes =
      process_workload(JobKind::api, {"sh", "-c", "while read line; do sleep 0.01; echo 0.002 4096; done"});
  CHECK(processes->check(10).seconds > 0);
  const WorkersSample sample = take_sample(*processes, 2, 0.05, 10, meter);
  CHECK(sample.jobs >= 2);
  CHECK(sample.peak_memory == 4096);
  CHECK(sample.cpu_seconds == Approx(0.002 * static_cast<double>(sample.jobs)));
  CHECK(sample.conditions.own >= sample.cpu_seconds);
  CHECK(reason_of([] { process_workload(JobKind::api, {"true"})->check(10); }) == "it gave no answer");
  CHECK(reason_of([] {
          process_workload(JobKind::api, {"sh", "-c", "read line; echo what"})->check(10);
        }) == "its answer makes no sense");
}

TEST_CASE("what jobs read and wrote is counted, of commands, of threads and of processes that stay") {
  CHECK(parse_io("rchar: 7\nwchar: 6\nsyscr: 5\nread_bytes: 4\nwrite_bytes: 3\ncancelled_write_bytes: 2\n")->to_disk ==
        3);
  for (const char* broken :
       {"", "rchar: 7\nwchar: 6\nread_bytes: 4\n", "rchar: -7\nwchar: 6\nread_bytes: 4\nwrite_bytes: 3\n",
        "rchar: x\nwchar: 6\nread_bytes: 4\nwrite_bytes: 3\n"})
    CHECK_FALSE(parse_io(broken));
  const bool told = io_of(Root(), 0).has_value();
  const auto per_job = [&](Workload& workload, int workers) {
    const WorkersSample sample = take_sample(workload, workers, 0, 60, meter);
    REQUIRE(sample.io.has_value() == told);
    IoBytes io = sample.io.value_or(IoBytes{1e6, 1e6, 0, 0});
    io *= 1 / static_cast<double>(sample.jobs);
    return io;
  };
  const auto command = command_workload({"sh", "-c", "head -c 1000000 /dev/zero >/dev/null"});
  CHECK(per_job(*command, 2).read >= 1e6);
  CHECK(per_job(*command, 1).written >= 1e6);
  CHECK(per_job(*thread_workload(JobKind::files), 2).written >= 1e6);
  watch_interrupts();
  const auto processes = process_workload(
      JobKind::api, {"sh", "-c", "while read line; do head -c 1000000 /dev/zero >/dev/null; echo 0 0; done"});
  CHECK(per_job(*processes, 2).read >= 1e6);
}

TEST_CASE("a command is checked before it is measured") {
  CHECK(command_workload({"true"})->check(10).seconds > 0);
  const JobCost waits = command_workload({"sleep", "0.2"})->check(10);
  CHECK(waits.seconds >= 0.2);
  CHECK(waits.cpu_seconds < waits.seconds);
  CHECK(command_workload({"sh", "-c", "exit 0"})->name() == "sh -c 'exit 0'");
  CHECK(command_workload({"echo", "it's", ""})->name() == R"(echo 'it'\''s' '')");
  CHECK(reason_of([] {
          command_workload({"sh", "-c", "echo so >&2; echo what >&2; exit 4"})->check(10);
        }) == "it ended with exit code 4, saying: so | what");
  CHECK(reason_of([] { command_workload({"sleep", "1000"})->check(0.05); }) == "it took longer than 50 ms");
  CHECK(reason_of([] { command_workload({"no-such-program"}); }) == "no executable of that name was found");
  CHECK(reason_of([] { command_workload({}); }) == "nothing stands behind '--'");
}

TEST_CASE("a real command is measured from end to end") {
  const auto job = command_workload({"true"});
  WorkersOptions options = quick;
  options.time_budget = 3;
  const WorkersResult result = measure_workers(options, machine_with(2, Bytes{1} << 34), *job, quiet);
  REQUIRE(result.counts.size() == 4);
  for (const WorkerCount& count : result.counts) {
    CHECK(count.median > 0);
    CHECK(count.failed == 0);
    CHECK(count.peak_memory > 0);
    CHECK(count.io_per_job.has_value() == io_of(Root(), 0).has_value());
  }
  Report report;
  add_to(report, result, 3);
  REQUIRE(report.benchmarks.size() == 4);
  CHECK(report.benchmarks[1].parameters["workers"] == 2);
  CHECK(report.benchmarks[1].samples == result.counts[1].rates);
  CHECK(report.scaling["recommended"]["workers"] == result.recommended.workers);
  const Report again = report_from(Json(report), "report.json");
  CHECK(again.scaling == report.scaling);
}

TEST_CASE("the text names the job, the recommendation and the warnings, and fits a narrow terminal") {
  WorkersResult result;
  result.job = "evil \x1b[31m job";
  result.counts = {count_of(1, {1406, 1406, 1406}, 1), count_of(2, {2525, 2525, 2525}, 2)};
  result.counts[0].interval = {{1400, 1410}};
  result.counts[0].memory_known = true;
  result.counts[0].peak_memory = Bytes{12} << 20;
  result.counts[0].io_per_job = IoBytes{.read = 60 << 10, .written = 4 << 10};
  result.recommended = {.workers = 2, .bound_by = "range", .why = "so it is", .certainty = 1};
  result.fit = ScalingFit{.usl = {}, .knee = {.slope = 1406, .ceiling = 2560}, .usl_aicc = {}, .knee_aicc = 1};
  result.warnings = {"too noisy"};
  const std::string text = render(result, Terminal{.width = 60});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("1400 .. 1410") != std::string::npos);
  CHECK(text.find("12 MiB") != std::string::npos);
  CHECK(text.find("64 KiB") != std::string::npos);
  CHECK(text.find("Recommended: 2 workers. Why: so it is.\n") != std::string::npos);
  CHECK(text.find("a knee at N = 1.82") != std::string::npos);
  CHECK(text.find("Warning: too noisy\n") != std::string::npos);
  CHECK(text.find("█") == std::string::npos);
  CHECK(render(result, Terminal{.width = 100}).find("█") != std::string::npos);
}

}  // namespace palier
