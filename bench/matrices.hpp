#pragma once
#include <cstdint>

#include "bench/buffer.hpp"
#include "bench/precision.hpp"
#include "bench/team.hpp"

namespace palier {

/// A, B and C of n rows and columns each; A and B are filled with random numbers by the threads of `team` in turn, so
/// that their rows lie on all NUMA nodes: from -1 to 1, of int8 from 0 to 127 in A and from -127 to 127 in B.
class Matrices {
 public:
  Matrices(Team& team, int threads, Precision precision, std::size_t n);

  Precision precision() const { return precision_; }
  std::size_t n() const { return n_; }
  const void* a() const { return a_.as<void>(); }
  const void* b() const { return b_.as<void>(); }
  void* c() const { return c_.as<void>(); }
  /// 2 n^3.
  double operations() const;
  /// Holds entries of C, drawn at random, against sums in double precision. Throws Error; `by` is whose result it is.
  void check(std::uint64_t seed, const std::string& by) const;

 private:
  void fill(const Team::Turn& turn) const;
  double number(const Buffer& matrix, std::size_t index, bool is_signed) const;

  Precision precision_;
  std::size_t n_;
  Buffer a_, b_, c_;
};

}  // namespace palier
