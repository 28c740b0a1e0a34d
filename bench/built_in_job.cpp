#include "bench/built_in_job.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <iostream>
#include <thread>
#include <unordered_map>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr std::size_t text_size = 256 << 10;
constexpr std::size_t copies_in_file = 4;
constexpr std::size_t matrix_size = 192;
constexpr std::size_t answer_words = 400;
constexpr std::array names = {"compute", "files", "api"};

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

/// What a chat completion looks like, with the first words of a text.
std::string make_answer(const std::string& text) {
  Json tokens = Json::array();
  for (const std::string_view word : words(std::string_view(text).substr(0, answer_words * 8)))
    tokens.push_back(std::string(word));
  return Json{{"object", "chat.completion"}, {"choices", {{{"index", 0}, {"tokens", tokens}}}}}.dump();
}

std::size_t count_words(std::string_view text) {
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

[[noreturn]] void file_failed(const std::filesystem::path& folder, int why) {
  throw Error({.message = "cannot measure work on files",
               .reason = system_message(why),
               .location = {.file = folder.string()},
               .help = "TMPDIR names another folder"});
}

/// A file without a name: whatever ends the program ends the file.
std::size_t file_work(const std::string& text) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  const FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file) file_failed(folder, errno);
  for (std::size_t i = 0; i < copies_in_file; ++i) {
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) file_failed(folder, errno);
  }
  ::lseek(file.get(), 0, SEEK_SET);
  std::string read(text.size(), '\0');
  std::size_t most = 0;
  for (std::size_t i = 0; i < copies_in_file; ++i) {
    if (::read(file.get(), read.data(), read.size()) != static_cast<ssize_t>(read.size())) file_failed(folder, errno);
    if (i == 0) most = count_words(read);
  }
  return most;
}

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Bytes peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<Bytes>(usage.ru_maxrss) << 10;
}

}  // namespace

std::optional<JobKind> job_kind(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (name == names.at(i)) return static_cast<JobKind>(i);
  }
  return {};
}

BuiltInJob::BuiltInJob(JobKind kind) : kind_(kind), text_(make_text()) {
  if (kind == JobKind::api) text_ = make_answer(text_);
}

std::string BuiltInJob::name() const {
  switch (kind_) {
    case JobKind::compute:
      return "built-in: words and matrices";
    case JobKind::files:
      return "built-in: a file of 1 MiB";
    case JobKind::api:
      return "built-in: an answer after 20 ms";
  }
  return {};
}

JobEnd BuiltInJob::work() const {
  const double start = thread_cpu_seconds();
  Bytes memory = 3 * matrix_size * matrix_size * sizeof(float) + text_size;
  volatile float kept = 0;  // or the work would be optimised away
  if (kind_ == JobKind::compute) kept = multiply(static_cast<float>(count_words(text_)));
  if (kind_ == JobKind::files) kept = static_cast<float>(file_work(text_));
  if (kind_ == JobKind::api) kept = static_cast<float>(parse_json(text_, "answer").at("choices").size());
  static_cast<void>(kept);
  if (kind_ == JobKind::files) memory = text_size * (1 + copies_in_file);
  if (kind_ == JobKind::api) memory = 16 * text_.size();  // parsed
  return {.cpu_seconds = thread_cpu_seconds() - start, .peak_memory = memory};
}

void serve_jobs(JobKind kind) {
  const BuiltInJob job(kind);
  for (std::string line; std::getline(std::cin, line);) {
    std::this_thread::sleep_for(std::chrono::duration<double>(job.wait()));
    const JobEnd end = job.work();
    std::cout << end.cpu_seconds << ' ' << peak_memory() << std::endl;  // NOLINT(performance-avoid-endl): an answer
  }
}

}  // namespace palier
