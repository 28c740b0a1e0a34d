#pragma once
#include <array>
#include <vector>

namespace palier {

using Triple = std::array<double, 3>;

/// Rows of an overdetermined linear system in three unknowns.
struct Rows {
  std::vector<Triple> coefficients;
  std::vector<double> right;

  double squared_error(const Triple& x) const;
};

/// The least-squares solution with no negative unknown: the best of the feasible solutions over all sets of unknowns
/// that are free, since the true one is among them and the problem is convex.
Triple solve_non_negative(const Rows& rows);

}  // namespace palier
