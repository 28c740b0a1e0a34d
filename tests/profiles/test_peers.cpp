#include <cmath>

#include "profiles/fit/cache.hpp"
#include "profiles/fit/compute.hpp"
#include "profiles/fit/weights.hpp"
#include "profiles/models/catalogue_models.hpp"
#include "profiles/models/open_model.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

// The rows of docs/fit.md, "Beside others": what each of the others says by its own formula, in GiB, and what llama.cpp
// allocates: the published file, the cache of its geometry, and the compute buffer as it grows in its log.
namespace {

constexpr double gib = 1024.0 * 1024 * 1024;

Model known(const char* name, const char* type) {
  static const std::vector<KnownModel> models =
      read_models(Sheet::load({std::nullopt, embedded::data()}, model_format()));
  return stored_as(open_model(name, models), *find_preset(type));
}

double cache_of(const Model& model, std::uint64_t context) {
  double sum = 0;
  for (const std::uint64_t each : cache_bytes(model, {.context = context})) sum += static_cast<double>(each);
  return sum / gib;
}

}  // namespace

TEST_CASE("what a model takes is nearer to what llama.cpp allocates than what others say") {
  struct Row {
    std::uint64_t context;
    double cache, llmfit, whichllm, ollama, accelerate;
  };
  const Model model = known("llama-3.1-8b", "Q4_K_M");
  for (const Row& row : std::vector<Row>{{8192, 1, 6.16, 6.52, 5.58, 3.74},
                                         {32768, 4, 9.16, 8.01, 8.58, 3.74},
                                         {131072, 16, 21.16, 14.00, 20.58, 3.74}}) {
    const double logged = 4.92e9 / gib + row.cache + (124 + static_cast<double>(row.context) / 1024) / 1024;
    const auto compute = static_cast<double>(compute_bytes(model, {.context = row.context}, 0, 32, true));
    const double said = (static_cast<double>(model.weight_bytes()) + compute) / gib + cache_of(model, row.context);
    INFO(row.context << " tokens: " << logged << " logged, " << said << " said");
    CHECK(said == Approx(logged).epsilon(0.01));
    for (const double other : {row.llmfit, row.whichllm, row.ollama, row.accelerate}) {
      CHECK(std::abs(said - logged) < std::abs(other - logged));
    }
  }
}

TEST_CASE("a cache is nearer to its geometry than what others say") {
  CHECK(cache_of(known("qwen3-32b", "BF16"), 32768) == Approx(8));
  // 16 of 64 layers keep keys and values; others count all 64 (64 GiB), or go by weights alone (24).
  const double hybrid = cache_of(known("qwen3.5-27b", "BF16"), 262144);
  CHECK(hybrid == Approx(16).epsilon(0.01));
  CHECK(hybrid > 16);
}
