#include "base/json.hpp"
#include "bench/endpoint/token_energy.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

const EnergySources sources{
    .sources = {{.name = "package-0", .method = "RAPL", .paths = {}}, {.name = "dram", .method = "RAPL", .paths = {}}},
    .notes = {},
    .processors = true};
const CarbonIntensity intensity{.region = "FR", .updated = "2026-01-01", .grams = {36, 72, 144}};

LoadResult load_of(double joules, const std::vector<std::int32_t>& tokens) {
  LoadResult load;
  load.conditions.joules = joules;
  load.conditions.seconds = 10;
  for (const std::int32_t count : tokens)
    load.records.push_back({.completion_tokens = count, .outcome = Outcome::completed});
  return load;
}

}  // namespace

TEST_CASE("energy is shared out to the output tokens of all that completed, the warm-up's too") {
  LoadResult load = load_of(500, {100, 150, -1});
  load.records[0].warm_up = true;
  load.records.push_back({.completion_tokens = 1000, .outcome = Outcome::failed});
  const auto energy = energy_of(load, sources, intensity);
  REQUIRE(energy);
  CHECK(energy->per_thousand_output_tokens == Approx(2000));
  const Json json = *energy;
  CHECK(json["watts"].get<double>() == Approx(50));
  CHECK(json["sources"] == Json::array({"RAPL package-0", "RAPL dram"}));
  CHECK(json["gco2e_per_thousand_output_tokens"][0].get<double>() == Approx(0.02));
  CHECK(json["gco2e_per_thousand_output_tokens"][1].get<double>() == Approx(0.04));
  CHECK(json["gco2e_per_thousand_output_tokens"][2].get<double>() == Approx(0.08));
  CHECK(
      text_of(*energy) ==
      "This machine, the client in it, took 500 J (50 W by RAPL package-0, RAPL dram): 2000 J and 0.04 gCO2e (0.02 to "
      "0.08, electricity of FR) for a thousand output tokens\n");
}

TEST_CASE("without tokens there is energy, and without a meter there is none") {
  const auto energy = energy_of(load_of(500, {-1}), sources, intensity);
  REQUIRE(energy);
  CHECK_FALSE(energy->per_thousand_output_tokens);
  CHECK(Json(*energy)["gco2e_per_thousand_output_tokens"].is_null());
  CHECK(text_of(*energy) == "This machine, the client in it, took 500 J (50 W by RAPL package-0, RAPL dram)\n");
  CHECK_FALSE(energy_of(load_of(0, {100}), {}, intensity));
}

TEST_CASE("where the cards alone tell something it is not called the machine's") {
  const EnergySources cards{
      .sources = {{.name = "GPU 0, NVIDIA L4", .method = "NVML", .paths = {}}}, .notes = {}, .processors = false};
  const auto energy = energy_of(load_of(500, {-1}), cards, intensity);
  REQUIRE(energy);
  CHECK(Json(*energy)["processors"] == false);
  CHECK(text_of(*energy) == "The GPUs alone, without the processors, took 500 J (50 W by NVML GPU 0, NVIDIA L4)\n");
}
