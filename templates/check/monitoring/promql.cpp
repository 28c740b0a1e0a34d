#include "templates/check/monitoring/promql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/file_values.hpp"

namespace palier {
namespace {

using Tokens = std::vector<std::string>;

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

char closing(char open) { return open == '(' ? ')' : open == '[' ? ']' : '}'; }

// Behind the text in quotes, or the comment, that starts at `at`; past the end of `query` where it does not end.
std::size_t end_of_text(std::string_view query, std::size_t at) {
  const char quote = query[at];
  if (quote == '#') return std::min(query.find('\n', at), query.size());
  for (++at; at < query.size() && query[at] != quote; ++at) {
    if (query[at] == '\\' && quote != '`') ++at;
  }
  return at + 1;
}

bool starts_text(char c) { return c == '"' || c == '\'' || c == '`'; }

// Functions, aggregations and operators that brackets follow. Source: Prometheus' documentation of 3.5 and the
// experimental ones of its main branch of 2026-08-21.
const Tokens& functions() {
  static const Tokens all = [] {
    const auto list = words(
        "abs absent absent_over_time acos acosh and asin asinh atan atan2 atanh avg avg_over_time bool bottomk "
        "by ceil changes clamp clamp_max clamp_min cos cosh count count_over_time count_values day_of_month "
        "day_of_week day_of_year days_in_month deg delta deriv double_exponential_smoothing end exp fill "
        "fill_left fill_right first_over_time floor group group_left group_right histogram_avg histogram_count "
        "histogram_fraction histogram_quantile histogram_quantiles histogram_stddev histogram_stdvar "
        "histogram_sum holt_winters hour idelta ignoring increase info irate label_join label_replace "
        "last_over_time limit_ratio limitk ln log10 log2 mad_over_time max max_of max_over_time min min_of "
        "min_over_time minute month offset on or pi predict_linear present_over_time quantile "
        "quantile_over_time rad range rate resets round scalar sgn sin sinh sort sort_by_label "
        "sort_by_label_desc sort_desc sqrt start stddev stddev_over_time stdvar stdvar_over_time step sum "
        "sum_over_time tan tanh time timestamp topk ts_of_first_over_time ts_of_last_over_time "
        "ts_of_max_over_time ts_of_min_over_time unless vector without year");
    return Tokens(list.begin(), list.end());
  }();
  return all;
}

// What stands between the bracket at `open` and the one that closes it.
Tokens within(const Tokens& tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    depth += tokens[i] == "(" ? 1 : tokens[i] == ")" ? -1 : 0;
    if (depth == 0)
      return {tokens.begin() + static_cast<std::ptrdiff_t>(open) + 1, tokens.begin() + static_cast<std::ptrdiff_t>(i)};
  }
  return {};
}

std::optional<QueryFault> call_fault(const Tokens& tokens, std::size_t i) {
  const std::string name = lower(tokens[i]);
  if (std::find(functions().begin(), functions().end(), name) == functions().end())
    return QueryFault{fmt::format("PromQL has no function '{}'", printable(shorten(name, 60))),
                      suggestion(name, functions())};
  if (name != "rate" && name != "irate" && name != "increase") return std::nullopt;
  const Tokens inside = within(tokens, i + 1);
  const bool ranged =
      std::any_of(inside.begin(), inside.end(), [](const std::string& token) { return token == "[" || token == "$"; });
  if (inside.empty() || ranged) return std::nullopt;
  return QueryFault{fmt::format("{}() wants a range", name), "METRIC[5m]"};
}

std::optional<QueryFault> range_fault(std::string_view range) {
  const bool written = is_digit(range[0]) && std::all_of(range.begin(), range.end(), [](char c) {
                         return std::isalnum(static_cast<unsigned char>(c)) != 0;
                       });
  if (!written || to_integer(range) || wrong_value("promtime", range).empty()) return std::nullopt;
  return QueryFault{fmt::format("'[{}]' is no range", printable(shorten(std::string(range), 60))), "[5m], [1h30m]"};
}

bool is_one_of(const std::string& token, std::string_view signs) {
  return token.size() == 1 && signs.find(token[0]) != std::string_view::npos;
}

}  // namespace

bool is_query_name(std::string_view token) { return is_letter(token[0]) && !is_digit(token[0]); }

std::vector<std::string> query_tokens(std::string_view query) {
  Tokens out;
  for (std::size_t at = 0; at < query.size();) {
    const char c = query[at];
    std::size_t end = at + 1;
    if (is_letter(c)) {
      while (end < query.size() && is_letter(query[end])) ++end;
      out.emplace_back(query.substr(at, end - at));
    } else if (starts_text(c) || c == '#') {
      end = end_of_text(query, at);
      if (c != '#') out.emplace_back("\"");
    } else if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      out.emplace_back(1, c);
    }
    at = end;
  }
  return out;
}

std::string unbalanced(std::string_view query) {
  std::string open;
  for (std::size_t at = 0; at < query.size(); ++at) {
    const char c = query[at];
    if (c == '#' || starts_text(c)) {
      const std::size_t end = end_of_text(query, at);
      if (end > query.size()) return fmt::format("a {} is not closed", c);
      at = end - 1;
    } else if (c == '(' || c == '[' || c == '{') {
      open += closing(c);
    } else if (c == ')' || c == ']' || c == '}') {
      if (open.empty() || open.back() != c) return fmt::format("a '{}' closes nothing", c);
      open.pop_back();
    }
  }
  return open.empty() ? "" : fmt::format("a '{}' is missing", open.back());
}

std::vector<std::string> values_of_label(const std::string& query, const std::string& label) {
  const std::string start = label + "=\"";
  std::vector<std::string> out;
  for (std::size_t at = query.find(start); at != std::string::npos; at = query.find(start, at + 1)) {
    const std::size_t begin = at + start.size();
    out.push_back(query.substr(begin, query.find('"', begin) - begin));
  }
  return out;
}

std::optional<QueryFault> query_fault(std::string_view query) {
  constexpr std::size_t longest = 20000;  // brackets in brackets are read again for each
  if (query.size() > longest) return std::nullopt;
  if (const std::string wrong = unbalanced(query); !wrong.empty())
    return QueryFault{fmt::format("the query cannot be read: {}", wrong), {}};
  const Tokens tokens = query_tokens(query);
  int braces = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& token = tokens[i];
    const std::string before = i > 0 ? tokens[i - 1] : "", next = i + 1 < tokens.size() ? tokens[i + 1] : "";
    braces += token == "{" ? 1 : token == "}" ? -1 : 0;
    if (is_query_name(token) && next == "(" && braces == 0 && before != "$") {
      if (auto fault = call_fault(tokens, i)) return fault;
    }
    if (token == "[" && !next.empty()) {
      if (auto fault = range_fault(next)) return fault;
    }
    if (token == "=" && braces == 0 && !is_one_of(before, "=!<>") && !is_one_of(next, "=~"))
      return QueryFault{"a single '=' compares nothing outside of { }", "=="};
  }
  return std::nullopt;
}

}  // namespace palier
