#include <time.h>

#include <chrono>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "base/text.hpp"
#include "bench/workers_job.hpp"

namespace palier {
namespace {

constexpr std::size_t text_size = 256 << 10;
constexpr std::size_t matrix_size = 192;

/// Words of one to eight letters, the same in every run.
std::string make_text() {
  std::string text;
  std::uint32_t state = 1;
  while (text.size() < text_size) {
    state = state * 1664525 + 1013904223;
    const char letter = static_cast<char>('a' + (state >> 24) % 26);
    text += (state >> 16) % 5 == 0 ? ' ' : letter;
  }
  return text;
}

std::size_t count_words(const std::string& text) {
  std::unordered_map<std::string_view, std::size_t> counts;
  std::size_t most = 0;
  for (const std::string_view word : words(text)) most = std::max(most, ++counts[word]);
  return most;
}

float multiply(float seed) {
  std::vector<float> a(matrix_size * matrix_size, seed), b = a, c(a.size(), 0.0F);
  for (std::size_t i = 0; i < matrix_size; ++i) {
    for (std::size_t k = 0; k < matrix_size; ++k) {
      const float factor = a[i * matrix_size + k];
      for (std::size_t j = 0; j < matrix_size; ++j) c[i * matrix_size + j] += factor * b[k * matrix_size + j];
    }
  }
  return c.back();
}

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class BuiltInWorkload : public Workload {
 public:
  std::string name() const override { return "built-in: words and matrices"; }

  JobCost check(double) override {
    const auto start = std::chrono::steady_clock::now();
    const JobEnd end = run(0);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    return {.seconds = taken.count(), .cpu_seconds = end.cpu_seconds};
  }

  JobEnd run(int) override {
    const double start = thread_cpu_seconds();
    volatile float kept = multiply(static_cast<float>(count_words(text_)));  // or the work would be optimised away
    static_cast<void>(kept);
    return {.cpu_seconds = thread_cpu_seconds() - start,
            .peak_memory = 3 * matrix_size * matrix_size * sizeof(float) + text_size};
  }

  void signal_all(int) override {}  // a job of ten milliseconds is not worth ending
  Bytes memory_floor() const override { return 0; }

 private:
  const std::string text_ = make_text();
};

}  // namespace

std::unique_ptr<Workload> built_in_workload() { return std::make_unique<BuiltInWorkload>(); }

}  // namespace palier
