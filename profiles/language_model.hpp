#pragma once
#include <cmath>

namespace palier {

/// EcoLogits' model of a text answer (ecologits/impacts/llm.py): what a request of a model of 8 billion parameters that
/// writes 400 tokens takes, with `batch` requests at once.
struct LanguageModel {
  double tokens = 400;
  double parameters = 8;  ///< billions

  /// kWh of the GPU.
  double gpu(double batch) const {
    return tokens * (1.1665e-6 * std::exp(-0.011206 * batch) * parameters + 4.0529e-5) / 1000;
  }
  double seconds(double batch) const { return tokens * (6.785e-4 * parameters + 3.119e-4 * batch + 0.019474); }
  /// kWh of the GPU and its part of the server.
  double energy(double batch) const { return seconds(batch) / 3600 * 1.2 / 8 / batch + gpu(batch); }
};

}  // namespace palier
