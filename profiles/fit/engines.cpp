#include "profiles/fit/engines.hpp"

#include <algorithm>
#include <array>

#include "base/closest.hpp"

namespace palier {
namespace {

constexpr auto known_engines = std::to_array<Engine>({Engine::llama_cpp, Engine::ollama, Engine::vllm});
constexpr Quantity size = {"MiB", 1, 100000};
constexpr Quantity share = {"", 0.1, 1};
constexpr double MiB = 1024.0 * 1024;

[[noreturn]] void missing(const std::string& row) {
  throw Error(
      {.message = "wrong data", .reason = "there is no row '" + row + "'", .location = {.file = "engines.yaml"}});
}

EngineOverhead read_engine(const SheetRow& row) {
  row.yaml->allow_only(row_keys({"device", "host", "share"}));
  const auto found = std::ranges::find(known_engines, row.name, [](Engine engine) { return to_string(engine); });
  if (found == known_engines.end()) {
    row.yaml->fail("wrong data", "there is no engine '" + row.name + "'",
                   suggestion(row.name, {"llama.cpp", "ollama", "vllm"}));
  }
  return {.engine = *found,
          .device = read_range(row.yaml->at("device"), size) * MiB,
          .host = read_range(row.yaml->at("host"), size) * MiB,
          .share = read_value(row.yaml->at("share"), share),
          .provenance = row.provenance};
}

}  // namespace

std::string_view to_string(Engine engine) {
  switch (engine) {
    case Engine::llama_cpp:
      return "llama.cpp";
    case Engine::ollama:
      return "ollama";
    case Engine::vllm:
      return "vllm";
  }
  return "";
}

std::optional<Engine> find_engine(std::string_view name) {
  for (const Engine engine : {Engine::llama_cpp, Engine::ollama, Engine::vllm}) {
    if (to_string(engine) == name) return engine;
  }
  return std::nullopt;
}

const EngineOverhead& EngineFacts::of(Engine engine) const {
  return *std::ranges::find(engines, engine, &EngineOverhead::engine);
}

const Sheet::Format& engine_format() {
  static const Sheet::Format format = {"engines.yaml", "palier.engines/1", {"engines", "speed"}};
  return format;
}

EngineFacts read_engines(const Sheet& sheet) {
  EngineFacts facts;
  for (const SheetRow& row : sheet.rows("engines")) facts.engines.push_back(read_engine(row));
  for (const Engine engine : known_engines) {
    if (std::ranges::find(facts.engines, engine, &EngineOverhead::engine) == facts.engines.end()) {
      missing(std::string(to_string(engine)));
    }
  }
  const auto speed = [&](std::string_view name, const Quantity& quantity, double unit) {
    for (const SheetRow& row : sheet.rows("speed")) {
      row.yaml->allow_only(row_keys({"value"}));
      if (row.name == name) return read_range(row.yaml->at("value"), quantity) * unit;
    }
    missing(std::string(name));
  };
  facts.speed = {.gpu_decode = speed("gpu-decode", share, 1),
                 .gpu_prefill = speed("gpu-prefill", share, 1),
                 .cpu_decode = speed("cpu-decode", share, 1),
                 .cpu_prefill = speed("cpu-prefill", share, 1),
                 .cpu_bandwidth = speed("cpu-bandwidth", {"GB/s", 1, 2000}, 1e9),
                 .cpu_rate = speed("cpu-rate", {"TFLOPS", 0.001, 100}, 1e12)};
  return facts;
}

}  // namespace palier
