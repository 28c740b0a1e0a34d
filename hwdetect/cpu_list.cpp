#include "hwdetect/cpu_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr long long highest = 65535;

std::optional<int> number(std::string_view text) {
  const std::optional<long long> value = to_integer(text);
  if (!value || *value < 0 || *value > highest) return std::nullopt;
  return static_cast<int>(*value);
}

}  // namespace

std::optional<CpuList> parse_cpu_list(std::string_view text) {
  text = trim(text);
  if (text.empty()) return CpuList{};
  std::vector<bool> present;  // only as long as needed: these lists are parsed a dozen times in each detection
  for (const std::string_view part : split(text, ',')) {
    const std::size_t dash = part.find('-');
    const std::optional<int> first = number(part.substr(0, dash));
    const std::optional<int> last = dash == std::string_view::npos ? first : number(part.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    present.resize(std::max(present.size(), static_cast<std::size_t>(*last) + 1));
    std::fill(present.begin() + *first, present.begin() + *last + 1, true);
  }
  CpuList list;
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (present[i]) list.push_back(static_cast<int>(i));
  }
  return list;
}

std::string format_cpu_list(const CpuList& list) {
  std::string text;
  for (std::size_t i = 0; i < list.size();) {
    std::size_t end = i + 1;
    while (end < list.size() && list[end] == list[end - 1] + 1) ++end;
    if (!text.empty()) text += ',';
    text += end == i + 1 ? fmt::format("{}", list[i]) : fmt::format("{}-{}", list[i], list[end - 1]);
    i = end;
  }
  return text;
}

CpuList intersection(const CpuList& a, const CpuList& b) {
  CpuList both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both;
}

}  // namespace palier
