#include "base/error.hpp"
#include "profiles/fit/target.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"
#include "tools/bench_gpu_models.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

constexpr Terminal plain{.interactive = false, .color = false, .width = 80};

const DataPath& data() {
  static const DataPath built_in(std::nullopt, embedded::data());
  return built_in;
}

// What `palier bench gpu` reports of one GPU.
Report measured(const std::string& name, double bandwidth) {
  Report report;
  report.machine = Machine{};
  report.method = {{"interrupted", false}};
  report.method["gpus"].push_back({{"name", name}, {"api", "CUDA"}, {"device", 0}});
  const auto add = [&](const char* benchmark, double median, const char* format) {
    Json parameters = {{"device", 0}};
    if (format != nullptr) parameters["format"] = format;
    Benchmark one;
    one.name = benchmark;
    one.parameters = parameters;
    one.median = median;
    report.benchmarks.push_back(one);
  };
  add("gpu copy", bandwidth, nullptr);
  add("gpu triad", bandwidth * 0.9, nullptr);
  add("gpu matrix product", 5e13, "fp16");
  add("gpu matrix product", 9e13, "int8");
  return report;
}

FitTarget target(const Machine& machine) {
  return target_of(machine, load_knowledge(data()), read_engines(Sheet::load(data(), engine_format())).speed);
}

}  // namespace

TEST_CASE("a measured GPU is taken at what it did, not at its data sheet") {
  Machine machine = with_gpu(32, 12 * GiB);
  machine.gpus.push_back(machine.gpus.front());
  FitTarget two = target(machine);
  CHECK(two.gpus[0].bandwidth->central == Approx(360e9));
  use_report(two, Json(measured("NVIDIA GeForce RTX 3060", 300e9)), "r.json");
  CHECK(two.gpus[0].bandwidth->central == Approx(300e9));
  CHECK(two.gpus[0].flops->central == Approx(5e13));  // models compute in 16 bits
  CHECK(two.gpus[0].basis == "measured (r.json)");
  CHECK(two.gpus[1].bandwidth->central == Approx(360e9));  // the second was not measured
  CHECK(two.host.basis == "supposed: usual of such machines");
}

TEST_CASE("a report of other GPUs, or of none, is refused") {
  FitTarget mine = target(with_gpu(32, 12 * GiB));
  const std::string error = error_of([&] { use_report(mine, Json(measured("Tesla T4", 3e11)), "r.json"); });
  CHECK(error.find("no bandwidth of this machine's memory or GPUs") != std::string::npos);
  Json wrong = measured("NVIDIA GeForce RTX 3060", 3e11);
  wrong["benchmarks"][0].erase("median");
  CHECK(error_of([&] { use_report(mine, wrong, "r.json"); }).find("r.json") != std::string::npos);
}

TEST_CASE("measured GPUs mean models and servers of them") {
  const Machine machine = with_gpu(32, 12 * GiB);
  const std::string text = models_text(machine, measured("NVIDIA GeForce RTX 3060", 300e9), data(), plain);
  INFO(text);
  CHECK(text.find("What it means for chat, 8192 tokens; predicted\n") != std::string::npos);
  for (const char* servers : {"\n        1  ", "\n        2  ", "\n        4  "})
    CHECK(text.find(servers) != std::string::npos);
  const auto slow = models_text(machine, measured("NVIDIA GeForce RTX 3060", 30e9), data(), plain);
  CHECK(slow != text);
  CHECK(models_text(machine, measured("Portable processor", 3e11), data(), plain).empty());
  CHECK(models_text(with_memory(32), measured("NVIDIA GeForce RTX 3060", 3e11), data(), plain).empty());
}
