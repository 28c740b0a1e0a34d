#include <iostream>
#include <string_view>

#include "base/error.hpp"
#include "bench/compute.hpp"
#include "bench/library_product.hpp"
#include "bench/matrices.hpp"

using namespace palier;

namespace {

void ask(const char* name, std::optional<LibraryProduct> (*make)(const Operands&, int), const Matrices& matrices) try {
  const auto product = make({matrices.precision(), matrices.n(), matrices.a(), matrices.b(), matrices.c()}, 1);
  if (!product) {
    std::cout << name << ": absent\n";
    return;
  }
  product->multiply();
  std::cout << name << ": " << product->library << ' ' << product->version << " with " << product->isa << '\n';
  matrices.check(1, product->library);
  std::cout << name << ": right\n";
} catch (const Error& error) {
  std::cout << name << ": " << error.text().message << ": " << error.text().reason << '\n';
}

void measure(Session& session) {
  for (const Benchmark& benchmark : measure_compute(session, 0.2, [](double, const std::string&, double) {})) {
    if (!benchmark.name.starts_with("matrix product, fp32")) continue;
    std::cout << "measured " << benchmark.parameters.value("library", "") << '\n';
    for (const std::string& warning : benchmark.warnings) std::cout << "warned: " << warning << '\n';
  }
}

}  // namespace

// Asks the libraries for a small product of each kind, and with an argument measures what is left of them: the loaded
// libraries stay until the program ends, so each case is a program of its own.
int main(int count, char**) {
  Machine machine;
  machine.memory.available = Bytes{64} << 20;
  Session session(machine, {.threads = {1}});
  for (const Precision precision : {Precision::fp32, Precision::int8}) {
    const Matrices matrices(session.team(), 1, precision, 32);
    ask("OpenBLAS", openblas_product, matrices);
    ask("oneDNN", onednn_product, matrices);
  }
  if (count > 1) measure(session);
  return 0;
}
