#include <algorithm>
#include <set>
#include <sstream>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bench/gpu/gpu.hpp"
#include "bench/gpu/gpu_text.hpp"
#include "bench/gpu/numbers.hpp"
#include "tests/bench/gpu_stubs.hpp"

using namespace palier;

namespace {

constexpr Terminal plain{.interactive = false, .color = false, .width = 100};

GpuMeasured measured(const char* role) {
  const GpuStubs stubs(role);
  const auto devices = cuda_devices();
  REQUIRE_FALSE(devices.empty());
  const auto device = devices.front().open();
  const GpuOptions options{.seconds = 0.2, .seed = 1, .most_memory = Bytes{64} << 20};
  return measure_gpu(*device, 0, options, [](double, const std::string&, double) {});
}

std::set<std::string> names(const std::vector<Benchmark>& benchmarks) {
  std::set<std::string> all;
  for (const Benchmark& one : benchmarks) all.insert(one.name);
  return all;
}

Report run(const char* role, double patience = 30) {
  const GpuStubs stubs(role);
  return run_stubs({.devices = {}, .processors = false, .seconds = 0.2, .seed = 1, .patience = patience});
}

}  // namespace

TEST_CASE("numbers are the same in every format") {
  const GpuNumbers numbers(7);
  CHECK(numbers.at(5, GpuFormat::int8) == 128 * numbers.at(5, GpuFormat::fp16));
  CHECK(numbers.at(5, GpuFormat::fp32) == numbers.at(5 + 100003, GpuFormat::bf16));
  const unsigned char half[] = {0x00, 0xC1}, brain[] = {0x20, 0xC0}, whole[] = {0xFE, 0xFF, 0xFF, 0xFF};
  CHECK(decode(half, GpuFormat::fp16) == -2.5);
  CHECK(decode(brain, GpuFormat::bf16) == -2.5);
  CHECK(decode(whole, GpuFormat::int8) == -2);
  CHECK(decode(brain, GpuFormat::fp8) == -2.5);
  CHECK(std::abs(numbers.at(5, GpuFormat::fp8) - numbers.at(5, GpuFormat::fp16)) < 1.0 / 16);
}

TEST_CASE("fp8 is asked for where the card has it, and a library without it is a note") {
  const auto says_fp8 = [](const std::string& note) { return note.find("fp8") != std::string::npos; };
  const GpuMeasured older = measured("ampere");  // 8.6
  CHECK(std::ranges::none_of(older.notes, says_fp8));
  CHECK(std::ranges::none_of(older.benchmarks,
                             [](const auto& one) { return one.parameters.value("format", "") == "fp8"; }));
  const GpuMeasured newer = measured("ada");  // 8.9
  CHECK(newer.notes.back() == "the product of fp8 left out: cublasLtMatmulAlgoGetHeuristic: error 15");
}

TEST_CASE("a GPU through CUDA's driver: each figure, verified, and what the library does not have is a note") {
  const GpuMeasured gpu = measured("plain");
  CHECK(names(gpu.benchmarks) == std::set<std::string>{"gpu copy", "gpu triad", "gpu host to device",
                                                       "gpu device to host", "gpu launch", "gpu matrix product"});
  for (const Benchmark& one : gpu.benchmarks) CHECK(one.median > 0);
  std::vector<std::string> formats;
  for (const Benchmark& one : gpu.benchmarks) {
    if (one.parameters.contains("format")) formats.push_back(one.parameters["format"]);
  }
  CHECK(formats == std::vector<std::string>{"fp32", "tf32", "int8", "fp8"});
  REQUIRE(gpu.notes.size() == 2);
  CHECK(gpu.notes.front() == "the product of fp16 left out: cublasGemmEx: error 15");
  CHECK(gpu.taken <= Bytes{64} << 20);
}

TEST_CASE("a GPU that computes wrongly gives no figure for it") {
  const GpuMeasured triad = measured("wrong triad");
  CHECK(names(triad.benchmarks).count("gpu triad") == 0);
  CHECK(names(triad.benchmarks).count("gpu launch") == 1);
  const GpuMeasured product = measured("wrong product");
  CHECK(std::ranges::none_of(product.benchmarks,
                             [](const Benchmark& one) { return one.parameters.value("format", "") == "fp32"; }));
  CHECK(product.notes.back() == "the product of fp8 left out: its result is not the one that the numbers give");
  CHECK(product.notes.front() == "the product of fp32 left out: its result is not the one that the numbers give");
}

TEST_CASE("a GPU with little memory, without a library, or lost on the way gives the other figures") {
  const GpuMeasured little = measured("little memory");
  CHECK(names(little.benchmarks).count("gpu triad") == 1);
  CHECK(names(little.benchmarks).count("gpu matrix product") == 0);
  CHECK(little.notes.back().find("out of memory") != std::string::npos);
  const GpuMeasured without = measured("no cublas");
  CHECK(without.notes.front().find("cuBLAS is not installed") != std::string::npos);
  const GpuMeasured lost = measured("lost");
  CHECK(names(lost.benchmarks).count("gpu copy") == 1);
  CHECK(names(lost.benchmarks).count("gpu triad") == 0);
  CHECK(lost.notes.back().find("unspecified launch failure") != std::string::npos);
}

TEST_CASE("several GPUs are numbered, and read well") {
  const GpuStubs stubs("two");
  const auto twice = [](const Json&, const Benchmark& one) { return std::optional(2 * one.median); };
  const Report report = run_stubs({.seconds = 0.2, .data_sheet = twice});
  REQUIRE(report.method["gpus"].size() == 2);
  CHECK(report.method["gpus"][1]["name"] == "NVIDIA Stub 1");
  CHECK(report.method["gpus"][1]["pci"] == "0000:1a:00.0");
  const std::string text = render_gpus(report, plain);
  INFO(text);
  CHECK(text.starts_with("GPU 0: NVIDIA Stub 0 (CUDA, CUDA 13.0, 128 MiB)\n"));
  CHECK(text.find("GPU 1: NVIDIA Stub 1") != std::string::npos);
  CHECK(text.find("(50 %)") != std::string::npos);
  for (const std::string_view line : lines(text)) CHECK(display_width(line) <= 100);
}

TEST_CASE("several GPUs are measured with each other and beside each other") {
  const Report report = run("two");
  std::vector<std::string> together;
  for (const Benchmark& one : report.benchmarks) {
    if (one.parameters.contains("device")) continue;
    CHECK(one.median > 0);
    together.push_back(one.name);
  }
  CHECK(together == std::vector<std::string>{"gpu to gpu", "gpu to gpu", "gpu host to device, together",
                                             "gpu matrix product, together"});
  const auto text = [](const Report& of) { return render_gpus(of, plain); };
  INFO(text(report));
  CHECK(text(report).find("GPU 1 to GPU 0, directly") != std::string::npos);
  CHECK(text(run("two apart")).find("GPU 0 to GPU 1, through the computer's memory") != std::string::npos);
  CHECK(warns(run("two lossy"), "GPU 0 to GPU 1 left out: what arrives is not what was sent"));
  CHECK(run("plain").benchmarks.back().parameters.contains("device"));
}

TEST_CASE("a GPU that cannot be used is a warning") {
  CHECK(warns(run("prohibited"), "its compute mode is 'prohibited'"));
  CHECK(warns(run("old driver"), "cuModuleLoadData"));
  CHECK(warns(run("full"), "of its memory are free"));
  const Report none = run("no device");
  CHECK(none.warnings.empty());
  CHECK(render_gpus(none, plain).starts_with("No GPU to measure"));
}

TEST_CASE("a number that no GPU has is an error that names those that are there") {
  const GpuStubs stubs("two");
  try {
    run_stubs({.devices = {5}});
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    CHECK(error.text().reason == "there are 0: NVIDIA Stub 0 (CUDA), 1: NVIDIA Stub 1 (CUDA)");
  }
}

#ifndef PALIER_SANITIZED  // they would see the compiler that PoCL brings
TEST_CASE("a device of OpenCL: each figure, verified") {
  const auto devices = opencl_devices();
  if (devices.empty()) {
    WARN("no OpenCL here: install pocl-opencl-icd and ocl-icd-libopencl1");
    return;
  }
  const auto device = devices.front().open();
  const GpuOptions options{.seconds = 0.2, .seed = 1, .most_memory = Bytes{64} << 20};
  const GpuMeasured gpu = measure_gpu(*device, 0, options, [](double, const std::string&, double) {});
  std::set<std::string> wanted = {"gpu copy",           "gpu triad",  "gpu host to device",
                                  "gpu device to host", "gpu launch", "gpu matrix product"};
  if (device->identity().unified)
    wanted.insert({"gpu memory's triad, CPU alone", "gpu memory's triad, CPU and GPU together"});
  CHECK(names(gpu.benchmarks) == wanted);
  const auto shared = std::ranges::find(gpu.benchmarks, "gpu memory's triad, CPU alone", &Benchmark::name);
  if (shared != gpu.benchmarks.end()) {  // a share of the memory's bandwidth, not of the clock's resolution
    CHECK(shared->median < 1e13);
    CHECK(std::ranges::any_of(shared->samples, [](double rate) { return rate != 1e9; }));
  }
  for (const Benchmark& one : gpu.benchmarks) CHECK(one.median > 0);
  CHECK(gpu.notes.empty());
}
#endif

// Last: the call that hangs keeps the library until the program ends.
TEST_CASE("a driver that hangs is left behind") {
  const Report report = run("hang", 0.2);
  CHECK(warns(report, "did not answer"));
  CHECK(report.method["gpus"].empty());
}
