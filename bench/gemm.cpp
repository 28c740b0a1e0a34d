#include "bench/gemm.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

namespace palier {
namespace {

constexpr std::size_t most_rows = 32;
constexpr std::size_t most_columns = 64;
constexpr std::size_t word = 4;   // bytes
constexpr std::size_t line = 64;  // of a cache, bytes
constexpr std::size_t line_words = line / word;
constexpr int blocks_per_thread = 4;  // so that a thread which was held up does not hold up the others

std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

std::size_t count_of(std::size_t total, std::size_t piece) { return (total + piece - 1) / piece; }

/// The fewest pieces of whole units, none above `most`, all as long: a short one costs more than its share.
std::size_t even_piece(std::size_t total, std::size_t most, std::size_t unit) {
  return round_up(count_of(total, count_of(total, most)), unit);
}

std::size_t size_of(int number) { return static_cast<std::size_t>(number); }

}  // namespace

// One step multiplies a slice of A's columns with the same slice of B's rows.
struct Gemm::Step {
  Shape shape;
  std::size_t from, count;  ///< the slice, in numbers
  std::size_t depth;        ///< of its slivers, in words
  const char* a;
  const char* b;
  char* c;
  std::size_t block_rows, block_columns;

  std::size_t column_blocks() const { return count_of(shape.n, block_columns); }
};

Gemm::Gemm(const GemmTile& tile, std::size_t size, Bytes cache)
    : tile_(tile), group_(word / width(tile.precision)), depth_(size_of(tile.depth)) {
  const std::size_t share = (cache == 0 ? std::size_t{512} << 10 : cache) / 4 * 3;  // the rest is B's and C's
  block_rows_ = std::max<std::size_t>(1, share / (depth_ * word) / size_of(tile.rows)) * size_of(tile.rows);
  packed_a_ = Buffer(round_up(size, size_of(tile.rows)) * depth_ * word);
  packed_b_ = Buffer(round_up(size, size_of(tile.columns)) * depth_ * word);
}

double Gemm::multiply(Team& team, int threads, const Shape& shape, const void* a, const void* b, void* c) {
  const std::size_t a_slivers = count_of(shape.m, size_of(tile_.rows));
  const std::size_t b_slivers = count_of(shape.n, size_of(tile_.columns));
  const std::size_t block_rows = even_piece(shape.m, block_rows_, size_of(tile_.rows));
  const std::size_t row_blocks = count_of(shape.m, block_rows);
  const std::size_t wanted = threads == 1 ? 1 : size_of(threads * blocks_per_thread);
  const std::size_t column_blocks = std::clamp<std::size_t>(count_of(wanted, row_blocks), 1, b_slivers);
  const std::size_t numbers = even_piece(shape.k, depth_ * group_, line_words * group_);
  const std::size_t steps = count_of(shape.k, numbers);
  std::vector<std::array<std::atomic<std::size_t>, 2>> next(steps);  // what is not yet packed, and not yet computed

  return team.run(threads, [&](const Team::Turn& turn) {
    tile_.begin();
    for (std::size_t i = 0; i < steps; ++i) {
      const std::size_t count = std::min(numbers, shape.k - i * numbers);
      const Step step{.shape = shape,
                      .from = i * numbers,
                      .count = count,
                      .depth = round_up((count + group_ - 1) / group_, size_of(tile_.depth_unit)),
                      .a = static_cast<const char*>(a),
                      .b = static_cast<const char*>(b),
                      .c = static_cast<char*>(c),
                      .block_rows = block_rows,
                      .block_columns = count_of(b_slivers, column_blocks) * size_of(tile_.columns)};
      for (std::size_t at; (at = next[i][0]++) < a_slivers + b_slivers;)
        at < a_slivers ? pack_a(step, at) : pack_b(step, at - a_slivers);
      turn.barrier.arrive_and_wait();
      for (std::size_t at; (at = next[i][1]++) < row_blocks * step.column_blocks();) block(step, at);
      turn.barrier.arrive_and_wait();
    }
    tile_.end();
  });
}

// A sliver that reaches over an edge of the matrix is packed from a copy with zeros around it.
void Gemm::pack_a(const Step& step, std::size_t sliver) const {
  const std::size_t first = sliver * size_of(tile_.rows), bytes = width(tile_.precision);
  const std::size_t inside = std::min(size_of(tile_.rows), step.shape.m - first), stride = step.shape.k * bytes;
  const char* in = step.a + first * stride + step.from * bytes;
  char* out = packed_a_.as<char>() + first * step.depth * word;
  if (inside == size_of(tile_.rows) && step.count == step.depth * group_) {
    tile_.pack_a(step.depth, in, stride, out);
    return;
  }
  const std::size_t row = step.depth * word;
  std::vector<char> copy(size_of(tile_.rows) * row);
  for (std::size_t r = 0; r < inside; ++r) std::memcpy(copy.data() + r * row, in + r * stride, step.count * bytes);
  tile_.pack_a(step.depth, copy.data(), row, out);
}

void Gemm::pack_b(const Step& step, std::size_t sliver) const {
  const std::size_t first = sliver * size_of(tile_.columns), bytes = width(tile_.precision);
  const std::size_t inside = std::min(size_of(tile_.columns), step.shape.n - first), stride = step.shape.n * bytes;
  const char* in = step.b + step.from * stride + first * bytes;
  char* out = packed_b_.as<char>() + first * step.depth * word;
  if (inside == size_of(tile_.columns) && step.count == step.depth * group_) {
    tile_.pack_b(step.depth, in, stride, out);
    return;
  }
  const std::size_t row = size_of(tile_.columns) * bytes;
  std::vector<char> copy(step.depth * group_ * row);
  for (std::size_t k = 0; k < step.count; ++k) std::memcpy(copy.data() + k * row, in + k * stride, inside * bytes);
  tile_.pack_b(step.depth, copy.data(), row, out);
}

// All tiles of a column multiply by the same sliver of B: each of them brings a piece of the next column's near.
void Gemm::block(const Step& step, std::size_t index) const {
  const std::size_t first_row = index / step.column_blocks() * step.block_rows;
  const std::size_t first_column = index % step.column_blocks() * step.block_columns;
  const std::size_t last_row = std::min(first_row + step.block_rows, step.shape.m);
  const std::size_t last_column = std::min(first_column + step.block_columns, step.shape.n);
  const std::size_t sliver = size_of(tile_.columns) * step.depth * word;
  const std::size_t piece = round_up(count_of(sliver, count_of(last_row - first_row, size_of(tile_.rows))), line);
  for (std::size_t column = first_column; column < last_column; column += size_of(tile_.columns)) {
    const char* next = packed_b_.as<char>() + column * step.depth * word + sliver;
    for (std::size_t row = first_row; row < last_row; row += size_of(tile_.rows), next += piece) {
      run_tile(step, row, column, {next, piece});
    }
  }
}

void Gemm::run_tile(const Step& step, std::size_t row, std::size_t column, const Ahead& ahead) const {
  const char* a = packed_a_.as<char>() + row * step.depth * word;
  const char* b = packed_b_.as<char>() + column * step.depth * word;
  char* c = step.c + (row * step.shape.n + column) * word;
  const std::size_t rows = std::min(size_of(tile_.rows), step.shape.m - row);
  const std::size_t bytes = std::min(size_of(tile_.columns), step.shape.n - column) * word;
  const bool accumulate = step.from > 0;
  if (rows == size_of(tile_.rows) && bytes == size_of(tile_.columns) * word) {
    tile_.run(step.depth, a, b, c, step.shape.n, accumulate, ahead);
    return;
  }
  alignas(64) std::array<char, most_rows * most_columns * word> whole;
  const std::size_t stride = step.shape.n * word;
  for (std::size_t r = 0; r < rows && accumulate; ++r)
    std::memcpy(whole.data() + r * most_columns * word, c + r * stride, bytes);
  tile_.run(step.depth, a, b, whole.data(), most_columns, accumulate, ahead);
  for (std::size_t r = 0; r < rows; ++r) std::memcpy(c + r * stride, whole.data() + r * most_columns * word, bytes);
}

}  // namespace palier
