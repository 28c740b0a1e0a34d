#include "bench/usl_linear.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace palier {
namespace {

/// Solves the normal equations of the unknowns in `free` (bits 0 to 2), the others being 0; none where they are
/// singular. Columns are scaled to length 1, since N (N - 1) may be a million times 1.
std::optional<Triple> solve(const Rows& rows, unsigned free) {
  std::array<std::array<double, 4>, 3> m{};
  Triple scale{};
  for (const Triple& row : rows.coefficients) {
    for (std::size_t i = 0; i < 3; ++i) scale[i] += row[i] * row[i];
  }
  for (double& value : scale) value = value > 0 ? 1 / std::sqrt(value) : 0;
  for (std::size_t r = 0; r < rows.right.size(); ++r) {
    for (std::size_t i = 0; i < 3; ++i) {
      const double left = rows.coefficients[r][i] * scale[i];
      for (std::size_t j = 0; j < 3; ++j) m[i][j] += left * rows.coefficients[r][j] * scale[j];
      m[i][3] += left * rows.right[r];
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    if ((free >> i & 1U) != 0) continue;
    for (std::size_t j = 0; j < 3; ++j) m[i][j] = m[j][i] = i == j ? 1 : 0;
    m[i][3] = 0;
  }
  for (std::size_t i = 0; i < 3; ++i) {  // positive semidefinite: no pivoting is needed
    if (m[i][i] < 1e-12) return {};
    for (std::size_t r = 0; r < 3; ++r) {
      if (r == i) continue;
      const double factor = m[r][i] / m[i][i];
      for (std::size_t c = i; c < 4; ++c) m[r][c] -= factor * m[i][c];
    }
  }
  Triple x{};
  for (std::size_t i = 0; i < 3; ++i) x[i] = m[i][3] / m[i][i] * scale[i];
  return x;
}

}  // namespace

double Rows::squared_error(const Triple& x) const {
  double sum = 0;
  for (std::size_t i = 0; i < right.size(); ++i) {
    const Triple& row = coefficients[i];
    const double rest = row[0] * x[0] + row[1] * x[1] + row[2] * x[2] - right[i];
    sum += rest * rest;
  }
  return sum;
}

Triple solve_non_negative(const Rows& rows) {
  Triple best{};
  double least = std::numeric_limits<double>::infinity();
  for (unsigned free = 1; free < 8; ++free) {
    const std::optional<Triple> x = solve(rows, free);
    if (!x || *std::min_element(x->begin(), x->end()) < 0) continue;
    if (const double error = rows.squared_error(*x); error < least) {
      least = error;
      best = *x;
    }
  }
  return best;
}

}  // namespace palier
