#include "bench/compute.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "bench/gemm.hpp"
#include "bench/library_product.hpp"
#include "bench/matrices.hpp"
#include "bench/peaks.hpp"

namespace palier {
namespace {

constexpr std::array<std::size_t, 5> sizes = {3072, 2048, 1536, 1024, 512};
constexpr double longest_sample = 0.5;     // with one thread
constexpr double sample_share = 0.04;      // of the time: the longest one
constexpr std::size_t memory_needed = 12;  // numbers of fp32 for each entry: three products' matrices and packed pieces
constexpr double peaks_share = 0.2;        // of the time; the rest is the products'
constexpr std::chrono::milliseconds library_rest(30);

const char* unit_of(bool whole) { return whole ? "OP/s" : "FLOP/s"; }

/// The product of one precision by our own kernel.
struct OwnProduct {
  OwnProduct(Session& session, const GemmTile& tile, std::size_t n)
      : team(session.team()),
        isa(tile.isa),
        matrices(session.team(), session.threads().back(), tile.precision, n),
        gemm(tile, n, session.binding().second_level_cache()) {}

  double rate(int threads) {
    const std::size_t n = matrices.n();
    return matrices.operations() / gemm.multiply(team, threads, {n, n, n}, matrices.a(), matrices.b(), matrices.c());
  }

  std::string name() const { return fmt::format("matrix product, {}", to_string(matrices.precision())); }

  Team& team;
  std::string_view isa;
  Matrices matrices;
  Gemm gemm;
  std::set<std::string> left_out;  ///< libraries, and why
};

std::optional<GemmTile> best_tile(Precision precision) {
  const std::vector<GemmTile> tiles = gemm_tiles();
  const auto found = std::ranges::find(tiles, precision, &GemmTile::precision);
  return found == tiles.end() ? std::nullopt : std::optional(*found);
}

/// The largest size that one thread multiplies in time and that fits into memory.
std::size_t choose_size(Session& session, double seconds) {
  const double longest = std::min(longest_sample, sample_share * seconds);
  OwnProduct small(session, *best_tile(Precision::fp32), sizes.back());
  small.rate(1);
  const double rate = small.rate(1);
  for (const std::size_t n : sizes) {
    const auto side = static_cast<double>(n);
    if (2 * side * side * side / rate <= longest && memory_needed * n * n * sizeof(float) <= session.memory()) return n;
  }
  return sizes.back();
}

Configuration product_configuration(const OwnProduct& product, int threads, const std::string& name) {
  const Precision precision = product.matrices.precision();
  return {.name = name,
          .unit = unit_of(precision == Precision::int8),
          .parameters = {{"threads", threads}, {"precision", to_string(precision)}, {"n", product.matrices.n()}},
          .label = fmt::format("{}, n = {}, {}", to_string(precision), product.matrices.n(), thread_label(threads)),
          .once = {}};
}

Configuration configuration(OwnProduct& product, int threads) {
  Configuration result = product_configuration(product, threads, product.name());
  result.parameters["isa"] = product.isa;
  result.parameters["library"] = "palier";
  result.once = [&product, threads] { return product.rate(threads); };
  return result;
}

// The libraries' threads go on looking for work for a while, which must not be the next measurement's.
double rate(const LibraryProduct& library, double operations) {
  const double begin = steady_seconds();
  library.multiply();
  const double seconds = steady_seconds() - begin;
  std::this_thread::sleep_for(library_rest);
  return operations / seconds;
}

Configuration configuration(const OwnProduct& product, const LibraryProduct& library, int threads) {
  Configuration result = product_configuration(
      product, threads,
      fmt::format("matrix product, {}, {}", to_string(product.matrices.precision()), library.library));
  result.parameters["isa"] = library.isa;
  result.parameters["library"] = fmt::format("{} {}", library.library, library.version);
  result.label = fmt::format("{}, {}", result.label, library.library);
  result.once = [library, operations = product.matrices.operations()] { return rate(library, operations); };
  return result;
}

struct Loader {
  const char* name;
  std::optional<LibraryProduct> (*make)(const Operands&, int threads);
};

// A library that lacks what it should have, or is wrong, is left out: the others are measured.
void add_library(std::vector<Configuration>& configurations, OwnProduct& product, const Loader& loader, int threads,
                 std::uint64_t seed) try {
  const Matrices& m = product.matrices;
  const std::optional<LibraryProduct> library = loader.make({m.precision(), m.n(), m.a(), m.b(), m.c()}, threads);
  if (!library) return;
  library->multiply();
  m.check(seed, library->library);
  configurations.push_back(configuration(product, *library, threads));
} catch (const Error& error) {
  product.left_out.insert(
      fmt::format("{} is left out: {}: {}", loader.name, error.text().message, error.text().reason));
}

void add_libraries(std::vector<Configuration>& configurations, OwnProduct& product, Session& session) {
  for (const Loader& loader : {Loader{"OpenBLAS", openblas_product}, Loader{"oneDNN", onednn_product}}) {
    for (const int threads : session.threads()) add_library(configurations, product, loader, threads, session.seed());
  }
}

/// Beside palier's own product, whose libraries they are.
void add_left_out(std::vector<Benchmark>& benchmarks, const OwnProduct& product) {
  const auto own = std::ranges::find(benchmarks, product.name(), &Benchmark::name);
  if (own != benchmarks.end())
    own->warnings.insert(own->warnings.end(), product.left_out.begin(), product.left_out.end());
}

/// `configurations` are sampled in turn with the products.
std::vector<Benchmark> measure_products(Session& session, const std::vector<Precision>& precisions, bool libraries,
                                        std::vector<Configuration> configurations, double seconds, const Watch& watch) {
  const std::size_t n = choose_size(session, seconds);
  std::deque<OwnProduct> products;
  for (const Precision precision : precisions) {
    const std::optional<GemmTile> tile = best_tile(precision);
    if (!tile) continue;
    OwnProduct& product = products.emplace_back(session, *tile, n);
    for (const int threads : session.threads()) configurations.push_back(configuration(product, threads));
    if (libraries) add_libraries(configurations, product, session);
  }
  std::vector<Benchmark> benchmarks = session.sample(configurations, seconds, watch);
  for (OwnProduct& product : products) {
    product.rate(session.threads().back());
    product.matrices.check(session.seed(), "palier");
    add_left_out(benchmarks, product);
  }
  return benchmarks;
}

}  // namespace

std::vector<Benchmark> measure_product(Session& session, double seconds, const Watch& watch) {
  return measure_products(session, {Precision::fp32}, false, fp32_peak_configurations(session), seconds, watch);
}

std::vector<Benchmark> measure_compute(Session& session, double seconds, const Watch& watch) {
  const Watch first = [&watch, seconds](double fraction, const std::string& detail, double left) {
    watch(fraction * peaks_share, detail, left + seconds * (1 - peaks_share));
  };
  const double begin = steady_seconds();
  std::vector<Benchmark> benchmarks = session.sample(peak_configurations(session), seconds * peaks_share, first);
  if (interrupted()) return benchmarks;
  const double left = seconds - (steady_seconds() - begin);
  const Watch second = [&watch, seconds, left](double fraction, const std::string& detail, double seconds_left) {
    watch(1 - (1 - fraction) * left / seconds, detail, seconds_left);
  };
  const std::vector<Benchmark> products =
      measure_products(session, {Precision::fp32, Precision::bf16, Precision::int8}, true, {}, left, second);
  benchmarks.insert(benchmarks.end(), products.begin(), products.end());
  return benchmarks;
}

}  // namespace palier
