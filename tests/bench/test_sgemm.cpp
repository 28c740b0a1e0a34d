#include "bench/sgemm.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

// Small whole numbers: every sum is exact in fp32, so the result must be too.
float entry(std::size_t row, std::size_t column, std::size_t step) {
  return static_cast<float>(static_cast<int>((row * step + column * 5) % 13) - 6);
}

std::vector<float> matrix(std::size_t rows, std::size_t columns, std::size_t step) {
  std::vector<float> values;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) values.push_back(entry(r, c, step));
  }
  return values;
}

std::size_t wrong_entries(const std::vector<float>& c, const Sgemm::Shape& shape) {
  std::size_t wrong = 0;
  for (std::size_t row = 0; row < shape.m; ++row) {
    for (std::size_t column = 0; column < shape.n; ++column) {
      double sum = 0;
      for (std::size_t k = 0; k < shape.k; ++k) sum += static_cast<double>(entry(row, k, 7)) * entry(k, column, 3);
      wrong += c[row * shape.n + column] == static_cast<float>(sum) ? 0 : 1;
    }
  }
  return wrong;
}

}  // namespace

TEST_CASE("every tile that runs here multiplies matrices of any shape, with any number of threads") {
  const Binding binding;
  Team team(binding, 3);  // perhaps more than there are processors
  // Smaller than a tile, one more than tiles, more than one block of each kind, deeper than one and two steps.
  const std::vector<Sgemm::Shape> shapes = {{1, 1, 1},     {1, 33, 5},    {15, 31, 17},   {14, 32, 384},
                                            {29, 65, 769}, {97, 129, 40}, {200, 35, 1601}};
  for (const SgemmTile& tile : sgemm_tiles()) {
    for (const Bytes cache : {Bytes{0}, Bytes{32} << 10, Bytes{1} << 20}) {
      for (const auto& shape : shapes) {
        const std::vector<float> a = matrix(shape.m, shape.k, 7);
        const std::vector<float> b = matrix(shape.k, shape.n, 3);
        std::vector<float> c(shape.m * shape.n, 1e9F);
        Sgemm sgemm(tile, std::max(shape.m, shape.n), cache);
        const int threads = 1 + static_cast<int>(shape.n % 3);
        CHECK(sgemm.multiply(team, threads, shape, a.data(), b.data(), c.data()) > 0);
        INFO(tile.isa << " " << shape.m << " x " << shape.n << " x " << shape.k << ", " << threads << " threads");
        CHECK(wrong_entries(c, shape) == 0);
      }
    }
  }
}
