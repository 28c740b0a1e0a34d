#include <fmt/format.h>

#include <algorithm>

#include "base/table.hpp"
#include "bench/compute.hpp"

namespace palier {
namespace {

std::string text(const Benchmark& benchmark, const char* key) { return benchmark.parameters.value(key, ""); }

bool is_product(const Benchmark& benchmark) { return benchmark.name.starts_with("matrix product"); }

/// What the product is measured against: the highest peak of its numbers with as many threads.
const Benchmark* peak_of(const Report& report, const Benchmark& product) {
  const Benchmark* best = nullptr;
  for (const Benchmark& b : report.benchmarks) {
    const bool same = b.name.starts_with("peak") && text(b, "precision") == text(product, "precision") &&
                      b.parameters["threads"] == product.parameters["threads"];
    if (same && (best == nullptr || b.median > best->median)) best = &b;
  }
  return best;
}

const Benchmark* own_of(const Report& report, const Benchmark& product) {
  const auto found = std::ranges::find_if(report.benchmarks, [&](const Benchmark& b) {
    return is_product(b) && text(b, "library") == "palier" && text(b, "precision") == text(product, "precision") &&
           b.parameters["threads"] == product.parameters["threads"];
  });
  return found == report.benchmarks.end() ? nullptr : &*found;
}

}  // namespace

std::string compute_text(const Report& report, const Terminal& terminal) {
  Table table({Align::left, Align::right, Align::left, Align::left, Align::right, Align::right});
  table.header({"product", "threads", "by", "with", "of the peak", "palier's is"});
  bool any = false;
  for (const Benchmark& b : report.benchmarks) {
    const Benchmark *peak = is_product(b) ? peak_of(report, b) : nullptr, *own = peak ? own_of(report, b) : nullptr;
    if (peak == nullptr || peak->median <= 0 || b.median <= 0) continue;
    any = true;
    table.row({text(b, "precision"), b.parameters["threads"].dump(), text(b, "library"), text(b, "isa"),
               fmt::format("{:.0f} %", 100 * b.median / peak->median),
               own == nullptr || own == &b ? "" : fmt::format("{:.2f} times it", own->median / b.median)});
  }
  return any ? "\nProducts beside the peak of registers\n" + table.render(terminal, 2) : "";
}

}  // namespace palier
