#include "templates/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr std::size_t context = 3;
constexpr std::size_t largest_table = 4'000'000;  // cells; beyond, the middle is shown as replaced as a whole

// The longest common subsequence of the part between equal heads and tails, by the textbook's table.
void compare_middle(const Lines& a, const Lines& b, std::vector<Edit>& script) {
  const std::size_t rows = a.size(), columns = b.size();
  if (rows * columns > largest_table) {
    for (const auto line : a) script.push_back({'-', line});
    for (const auto line : b) script.push_back({'+', line});
    return;
  }
  std::vector<std::uint32_t> length((rows + 1) * (columns + 1), 0);
  const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return length[i * (columns + 1) + j]; };
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;)
      at(i, j) = a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
  }
  std::size_t i = 0, j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && a[i] == b[j]) {
      script.push_back({' ', a[i]});
      ++i;
      ++j;
    } else if (j == columns || (i < rows && at(i + 1, j) >= at(i, j + 1))) {
      script.push_back({'-', a[i++]});
    } else {
      script.push_back({'+', b[j++]});
    }
  }
}

}  // namespace

Lines split_lines(std::string_view text) {
  Lines result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    result.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return result;
}

std::vector<Edit> edit_script(std::string_view before, std::string_view after) {
  const Lines a = split_lines(before), b = split_lines(after);
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  const auto cut = [](const Lines& all, std::size_t from, std::size_t to) {
    return Lines(all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to));
  };
  std::vector<Edit> script;
  for (std::size_t i = 0; i < head; ++i) script.push_back({' ', a[i]});
  compare_middle(cut(a, head, a.size() - tail), cut(b, head, b.size() - tail), script);
  for (std::size_t i = a.size() - tail; i < a.size(); ++i) script.push_back({' ', a[i]});
  return script;
}

namespace {

// "12,3": a first line and a count, as diff writes them (an empty range names the line before it).
std::string range(std::size_t first, std::size_t count) {
  if (count == 0) return fmt::format("{},0", first - 1);
  return count == 1 ? fmt::format("{}", first) : fmt::format("{},{}", first, count);
}

std::string hunk(const std::vector<Edit>& script, std::size_t begin, std::size_t end, std::size_t line_a,
                 std::size_t line_b) {
  std::size_t count_a = 0, count_b = 0;
  std::string body;
  for (std::size_t i = begin; i < end; ++i) {
    const Edit& edit = script[i];
    count_a += edit.kind != '+' ? 1 : 0;
    count_b += edit.kind != '-' ? 1 : 0;
    body += edit.kind;
    body += edit.line;
    if (!edit.line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
  }
  return fmt::format("@@ -{} +{} @@\n{}", range(line_a, count_a), range(line_b, count_b), body);
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, const std::string& before_label,
                         const std::string& after_label) {
  if (before == after) return {};
  const std::vector<Edit> script = edit_script(before, after);
  std::string result = fmt::format("--- {}\n+++ {}\n", before_label, after_label);
  std::size_t line_a = 1, line_b = 1;
  const auto step = [&](const Edit& edit) {
    line_a += edit.kind != '+' ? 1 : 0;
    line_b += edit.kind != '-' ? 1 : 0;
  };
  std::size_t done = 0;  // script entries that are counted in line_a and line_b
  for (std::size_t i = 0; i < script.size(); ++i) {
    if (script[i].kind == ' ') continue;
    const std::size_t begin = std::max(done, i < context ? 0 : i - context);
    std::size_t last = i;  // the last change that is near enough to share this hunk
    for (std::size_t next = i; next < script.size() && next <= last + 2 * context + 1; ++next) {
      if (script[next].kind != ' ') last = next;
    }
    const std::size_t end = std::min(script.size(), last + context + 1);
    while (done < begin) step(script[done++]);
    result += hunk(script, begin, end, line_a, line_b);
    while (done < end) step(script[done++]);
    i = end - 1;
  }
  return result;
}

}  // namespace palier
