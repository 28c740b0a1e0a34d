#include "bench/endpoint/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr double most_milliseconds = 7 * 24 * 3600 * 1000.0;
constexpr std::int64_t most_tokens = 1'000'000;

class TraceLine {
 public:
  TraceLine(std::string_view line, Location where)
      : where_(std::move(where)), json_(parse_json(std::string(line), to_string(where_))) {
    if (!json_.is_object()) refuse("it is no JSON object");
  }

  double time() const {
    const auto found = json_.find("timestamp");
    if (found == json_.end() || !found->is_number()) refuse("it has no \"timestamp\" in milliseconds");
    const double time = found->get<double>();
    if (!(time >= 0 && time <= most_milliseconds)) refuse("its \"timestamp\" is not between 0 and a week");
    return time;
  }
  int tokens(const char* field) const {
    const auto found = json_.find(field);
    const bool whole = found != json_.end() && found->is_number_integer();
    const std::int64_t tokens = whole ? found->get<std::int64_t>() : 0;
    if (tokens < 1 || tokens > most_tokens) refuse(fmt::format("its \"{}\" is no number from 1 to a million", field));
    return static_cast<int>(tokens);
  }
  std::vector<std::uint64_t> blocks() const {
    const auto found = json_.find("hash_ids");
    if (found == json_.end()) return {};
    const auto is_number = [](const Json& id) { return id.is_number_unsigned(); };
    if (!found->is_array() || !std::ranges::all_of(*found, is_number))
      refuse("its \"hash_ids\" are no list of numbers");
    return found->get<std::vector<std::uint64_t>>();
  }
  [[noreturn]] void refuse(std::string reason) const {
    throw Error(
        {.message = "cannot replay the trace",
         .reason = std::move(reason),
         .location = where_,
         .help = R"(a line is {"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]})"});
  }

 private:
  Location where_;
  Json json_;
};

}  // namespace

std::vector<TraceRequest> read_trace(const std::string& content, const std::string& name) {
  std::vector<TraceRequest> requests;
  std::optional<double> first;
  int number = 0;
  for (const std::string_view text : lines(content)) {
    ++number;
    if (trim(text).empty()) continue;
    const TraceLine line(text, {.file = name, .line = number});
    if (!first) first = line.time();
    const Nanoseconds time = nanoseconds((line.time() - *first) / 1000);
    if (time < (requests.empty() ? 0 : requests.back().time)) line.refuse("it is earlier than the line before");
    requests.push_back({time, line.tokens("input_length"), line.tokens("output_length"), line.blocks()});
  }
  if (requests.empty())
    throw Error({.message = "cannot replay the trace", .reason = "the file is empty", .location = {.file = name}});
  return requests;
}

}  // namespace palier
