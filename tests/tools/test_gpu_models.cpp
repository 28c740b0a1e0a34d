#include "base/error.hpp"
#include "profiles/fit/target.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"
#include "tools/bench_gpu_models.hpp"
#include "tools/bench_gpu_sheets.hpp"

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

TEST_CASE("each format has the data sheet's dense rate beside it, where the card computes in it") {
  const DataSheet sheets = data_sheets(data());
  const auto rate = [&](const char* name, double memory, const char* format) {
    Json gpu = Json::object();
    gpu["name"] = name;
    gpu["memory"] = memory;
    Benchmark product;
    product.name = "gpu matrix product";
    product.parameters["format"] = format;
    return sheets(gpu, product);
  };
  const auto h100 = [&](const char* format) { return rate("NVIDIA H100 80GB HBM3", 80.0 * GiB, format); };
  CHECK(h100("tf32") == 495e12);
  CHECK(h100("bf16") == 989e12);
  CHECK(h100("fp8") == 1979e12);
  CHECK(h100("int8") == 1979e12);
  CHECK(rate("NVIDIA A100-SXM4-80GB", 80.0 * GiB, "tf32") == 156e12);
  CHECK_FALSE(rate("NVIDIA A100-SXM4-80GB", 80.0 * GiB, "fp8"));
  CHECK_FALSE(rate("NVIDIA GeForce GTX 1080", 8.0 * GiB, "tf32"));
  CHECK_FALSE(rate("NVIDIA Stub 0", 8.0 * GiB, "fp32"));
  CHECK_FALSE(sheets({{"name", "NVIDIA H100 80GB HBM3"}}, Benchmark()));  // one that did not answer
}

TEST_CASE("the rates of tensor cores rise by two from each format to the narrower one") {
  for (const GpuModel& model : read_gpus(Sheet::load(data(), gpu_format()))) {
    INFO(model.id);
    if (model.vendor != "nvidia" || !model.fp16 || model.capability.value_or(0) < 8) continue;
    REQUIRE(model.tf32);
    CHECK(*model.fp16 / *model.tf32 == Approx(2).epsilon(0.05));
    CHECK(model.fp8.has_value() == (*model.capability >= 8.9));
    if (model.fp8) CHECK(*model.fp8 / *model.fp16 == Approx(2).epsilon(0.05));
  }
}

TEST_CASE("a measured GPU is taken at what it did, not at its data sheet") {
  Machine machine = with_gpu(32, 12 * GiB);
  machine.gpus.push_back(machine.gpus.front());
  FitTarget two = target(machine);
  CHECK(two.gpus[0].bandwidth->central == Approx(360e9));
  use_report(two, {Json(measured("NVIDIA GeForce RTX 3060", 300e9)), "r.json"});
  CHECK(two.gpus[0].bandwidth->central == Approx(300e9));
  CHECK(two.gpus[0].flops->central == Approx(5e13));  // models compute in 16 bits
  CHECK(two.gpus[0].basis == "measured (r.json)");
  CHECK(two.gpus[1].bandwidth->central == Approx(360e9));  // the second was not measured
  CHECK(two.host.basis == "supposed: usual of such machines");
}

TEST_CASE("a report of other GPUs, or of none, is refused") {
  FitTarget mine = target(with_gpu(32, 12 * GiB));
  const std::string error = error_of([&] { use_report(mine, {Json(measured("Tesla T4", 3e11)), "r.json"}); });
  CHECK(error.find("no bandwidth of this machine's memory or GPUs") != std::string::npos);
  Json wrong = measured("NVIDIA GeForce RTX 3060", 3e11);
  wrong["benchmarks"][0]["median"] = nullptr;
  CHECK(error_of([&] { use_report(mine, {wrong, "r.json"}); }).find("r.json") != std::string::npos);
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
