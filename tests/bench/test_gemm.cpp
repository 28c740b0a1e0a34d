#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <set>

#include "bench/amx.hpp"
#include "bench/gemm.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

// Small whole numbers that every format holds, A's without a sign: every sum is exact, so the result must be, too.
int a_entry(std::size_t row, std::size_t column) { return static_cast<int>((row * 7 + column * 5) % 13); }
int b_entry(std::size_t row, std::size_t column) { return static_cast<int>((row * 3 + column * 5) % 13) - 6; }

void append(std::vector<char>& bytes, int value, Precision precision) {
  const auto real = static_cast<float>(value);
  std::array<char, sizeof real> whole;
  std::memcpy(whole.data(), &real, sizeof real);
  if (precision == Precision::int8) return bytes.push_back(static_cast<char>(value));
  bytes.insert(bytes.end(), whole.end() - static_cast<std::ptrdiff_t>(width(precision)), whole.end());
}

std::vector<char> matrix(std::size_t rows, std::size_t columns, Precision precision,
                         int (*entry)(std::size_t, std::size_t)) {
  std::vector<char> bytes;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) append(bytes, entry(r, c), precision);
  }
  return bytes;
}

int number(const char* from, Precision precision) {
  float real = 0;
  std::int32_t whole = 0;
  std::memcpy(&real, from, sizeof real);
  std::memcpy(&whole, from, sizeof whole);
  return precision == Precision::int8 ? whole : static_cast<int>(real);
}

/// The product row by row, which is the same for every tile.
const std::vector<int>& expected(const Gemm::Shape& shape) {
  static std::map<std::array<std::size_t, 3>, std::vector<int>> known;
  std::vector<int>& c = known[{shape.m, shape.n, shape.k}];
  if (!c.empty()) return c;
  c.resize(shape.m * shape.n);
  for (std::size_t row = 0; row < shape.m; ++row) {
    for (std::size_t column = 0; column < shape.n; ++column) {
      for (std::size_t k = 0; k < shape.k; ++k) c[row * shape.n + column] += a_entry(row, k) * b_entry(k, column);
    }
  }
  return c;
}

std::size_t wrong_entries(const std::vector<char>& c, const Gemm::Shape& shape, Precision precision) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < shape.m * shape.n; ++i)
    wrong += number(c.data() + 4 * i, precision) == expected(shape)[i] ? 0 : 1;
  return wrong;
}

// Smaller than a tile, one more than tiles, more than one block of each kind, deeper than one and two steps, words that
// the matrix ends in.
const std::vector<Gemm::Shape> shapes = {{1, 1, 1},     {1, 33, 5},    {15, 31, 17},   {14, 32, 384},
                                         {29, 65, 769}, {97, 129, 40}, {200, 35, 1601}};

void check(Team& team, const GemmTile& tile, Bytes cache, const Gemm::Shape& shape) {
  const std::vector<char> a = matrix(shape.m, shape.k, tile.precision, a_entry);
  const std::vector<char> b = matrix(shape.k, shape.n, tile.precision, b_entry);
  std::vector<char> c(4 * shape.m * shape.n, 'x');
  Gemm gemm(tile, std::max(shape.m, shape.n), cache);
  const int threads = 1 + static_cast<int>(shape.n % 3);
  CHECK(gemm.multiply(team, threads, shape, a.data(), b.data(), c.data()) > 0);
  INFO(tile.isa << " " << shape.m << " x " << shape.n << " x " << shape.k << ", " << threads << " threads");
  CHECK(wrong_entries(c, shape, tile.precision) == 0);
}

// AMX's tiles in plain C++, by the manual's pseudocode, so that its loops and packing run anywhere.
class EmulatedTiles {
 public:
  static inline std::atomic<int> unconfigured = 0, left_configured = 0;
  static inline thread_local std::set<std::uintptr_t> fetched;  ///< lines of a cache
  static void configure() {
    configured_ = true;
    ++left_configured;
  }
  static void release() {
    configured_ = false;
    --left_configured;
  }
  EmulatedTiles() { unconfigured += configured_ ? 0 : 1; }
  void fetch(const void* from) { fetched.insert(reinterpret_cast<std::uintptr_t>(from) / amx::line); }
  template <int tile>
  void zero() {
    tiles_[tile] = {};
  }
  template <int tile>
  void load(const void* from, std::size_t stride) {
    for (std::size_t row = 0; row < 16; ++row)
      std::memcpy(tiles_[tile][row].data(), static_cast<const char*>(from) + row * stride, 64);
  }
  template <int tile>
  void store(void* to, std::size_t stride) {
    for (std::size_t row = 0; row < 16; ++row)
      std::memcpy(static_cast<char*>(to) + row * stride, tiles_[tile][row].data(), 64);
  }
  template <int sum, int a, int b>
  void dot_bf16() {
    for_each_word<a, b>([this](std::size_t m, std::size_t n, std::uint32_t x, std::uint32_t y) {
      float total = as<float>(tiles_[sum][m][n]);
      total += as<float>(x << 16) * as<float>(y << 16);
      total += as<float>(x & 0xFFFF0000) * as<float>(y & 0xFFFF0000);
      tiles_[sum][m][n] = as<std::uint32_t>(total);
    });
  }
  template <int sum, int a, int b>
  void dot_int8() {
    for_each_word<a, b>([this](std::size_t m, std::size_t n, std::uint32_t x, std::uint32_t y) {
      for (int shift = 0; shift < 32; shift += 8) {
        const int product = static_cast<std::uint8_t>(x >> shift) * static_cast<std::int8_t>(y >> shift);
        tiles_[sum][m][n] += static_cast<std::uint32_t>(product);
      }
    });
  }

 private:
  template <class To, class From>
  static To as(From from) {
    To to;
    std::memcpy(&to, &from, sizeof to);
    return to;
  }
  template <int a, int b, class Work>
  void for_each_word(const Work& work) {
    for (std::size_t m = 0; m < 16; ++m) {
      for (std::size_t k = 0; k < 16; ++k) {
        for (std::size_t n = 0; n < 16; ++n) work(m, n, tiles_[a][m][k], tiles_[b][k][n]);
      }
    }
  }

  static inline thread_local bool configured_ = false;
  std::array<std::array<std::array<std::uint32_t, 16>, 16>, 8> tiles_;
};

template <std::size_t bytes>
void pack_b(std::size_t depth, const void* b, std::size_t stride, void* packed) {
  char* out = static_cast<char*>(packed);
  for (std::size_t k = 0; k < depth; ++k) {
    for (std::size_t column = 0; column < amx::columns; ++column) {
      for (std::size_t g = 0; g < 4 / bytes; ++g, out += bytes)
        std::memcpy(out, static_cast<const char*>(b) + (k * 4 / bytes + g) * stride + column * bytes, bytes);
    }
  }
}

}  // namespace

TEST_CASE("every tile that runs here multiplies matrices of any shape, with any number of threads") {
  const Binding binding;
  Team team(binding, 3);  // perhaps more than there are processors
  for (const GemmTile& tile : gemm_tiles()) {
    for (const Bytes cache : {Bytes{0}, Bytes{32} << 10, Bytes{1} << 20}) {
      for (const auto& shape : shapes) check(team, tile, cache, shape);
    }
  }
}

TEST_CASE("AMX's loops and packing multiply matrices of any shape") {
  const Binding binding;
  Team team(binding, 3);
  const GemmTile bf16{"emulated",
                      Precision::bf16,
                      amx::rows,
                      amx::columns,
                      amx::side,
                      768,
                      amx::run<EmulatedTiles, amx::DotBf16>,
                      amx::pack_a,
                      pack_b<2>,
                      EmulatedTiles::configure,
                      EmulatedTiles::release};
  GemmTile int8 = bf16;
  int8.precision = Precision::int8;
  int8.run = amx::run<EmulatedTiles, amx::DotInt8>;
  int8.pack_b = pack_b<1>;
  for (const auto& shape : shapes) {
    check(team, bf16, 0, shape);
    check(team, int8, 0, shape);
  }
  CHECK(EmulatedTiles::unconfigured == 0);
  CHECK(EmulatedTiles::left_configured == 0);
}

TEST_CASE("an AMX tile fetches the next one's rows of C and its share of B") {
  constexpr std::size_t depth = 48, stride = 40;
  const std::vector<char> a(amx::rows * depth * 4), b(amx::columns * depth * 4);
  std::vector<char> c(stride * 4 * 2 * amx::rows);
  // More than one line for each of the three steps, and fewer than their two.
  const std::vector<char> next(5 * amx::line);
  EmulatedTiles::fetched.clear();
  amx::run<EmulatedTiles, amx::DotBf16>(depth, a.data(), b.data(), c.data(), stride, false, {next.data(), next.size()});
  const auto has = [](const char* from) {
    return EmulatedTiles::fetched.contains(reinterpret_cast<std::uintptr_t>(from) / amx::line);
  };
  for (std::size_t byte = 0; byte < next.size(); byte += amx::line) CHECK(has(next.data() + byte));
  // Two rows for each step: a deeper tile fetches them all.
  for (std::size_t row = amx::rows; row < amx::rows + 6; ++row) {
    CHECK(has(c.data() + row * stride * 4));
    CHECK(has(c.data() + row * stride * 4 + amx::line));
  }
}
