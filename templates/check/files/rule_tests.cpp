// Rule files of Prometheus, their tests, dashboards and the jobs that they ask for: names that must be the same.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

std::string shown(const std::string& text) { return printable(shorten(text, 60)); }

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; }

// A word of a query, what stands behind it, and where it ends.
struct Token {
  std::string word;
  std::size_t end = 0;
};

// The words outside of texts.
std::vector<Token> tokens_of(const std::string& query) {
  std::vector<Token> out;
  char quote = 0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    const char c = query[i];
    if (quote != 0) {
      if (c == '\\')
        ++i;
      else if (c == quote)
        quote = 0;
    } else if (c == '"' || c == '\'' || c == '`') {
      quote = c;
    } else if (is_name(c)) {
      std::size_t end = i;
      while (end < query.size() && is_name(query[end])) ++end;
      out.push_back({query.substr(i, end - i), end});
      i = end - 1;
    }
  }
  return out;
}

bool is_metric(const std::string& word) {
  return word.size() > 5 && word.find_first_of("_:") != std::string::npos &&
         std::isdigit(static_cast<unsigned char>(word[0])) == 0;
}

// Source: Prometheus' documentation of functions and operators of 3.5, 2026-11-22.
const std::vector<std::string>& functions() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> out;
    for (const std::string_view word :
         words("abs absent absent_over_time acos acosh asin asinh atan atanh avg avg_over_time bool bottomk by ceil "
               "changes clamp clamp_max clamp_min cos cosh count "
               "count_over_time count_values day_of_month day_of_week day_of_year days_in_month deg delta deriv "
               "double_exponential_smoothing exp floor group group_left group_right "
               "histogram_avg histogram_count histogram_fraction histogram_quantile histogram_stddev histogram_stdvar "
               "histogram_sum holt_winters hour idelta ignoring increase info irate "
               "label_join label_replace last_over_time limit_ratio limitk ln log10 log2 mad_over_time max "
               "max_over_time min min_over_time minute month offset on pi predict_linear present_over_time "
               "quantile quantile_over_time rad rate resets round scalar sgn sin sinh sort sort_by_label "
               "sort_by_label_desc sort_desc sqrt stddev stddev_over_time stdvar stdvar_over_time sum "
               "sum_over_time tan tanh time timestamp topk ts_of_first_over_time ts_of_last_over_time "
               "ts_of_max_over_time ts_of_min_over_time unless vector without year and or atan2"))
      out.emplace_back(word);
    return out;
  }();
  return all;
}

// What no server can read: functions that there are not, ranges that are none.
void check_query(const Part& expression, Findings& findings) {
  const std::string query = expression.text();
  for (const Token& token : tokens_of(query)) {
    const std::size_t next = query.find_first_not_of(" \n", token.end);
    if (next == std::string::npos || query[next] != '(') continue;
    const auto& known = functions();
    if (std::find(known.begin(), known.end(), lower(token.word)) == known.end() &&
        std::isdigit(static_cast<unsigned char>(token.word[0])) == 0)
      return findings.add("wrong-query", expression, fmt::format("PromQL has no function '{}'", shown(token.word)),
                          suggestion(token.word, known));
    if (token.word != "rate" && token.word != "irate" && token.word != "increase") continue;
    const std::size_t close = query.find(')', next), range = query.find('[', next);
    if (close != std::string::npos && (range == std::string::npos || range > close) &&
        query.find('(', next + 1) > close)
      return findings.add("wrong-query", expression, fmt::format("{}() wants a range", token.word), "METRIC[5m]");
  }
  for (std::size_t at = query.find('['); at != std::string::npos; at = query.find('[', at + 1)) {
    const std::size_t end = query.find_first_of("]:", at);
    const std::string range = end == std::string::npos ? "" : query.substr(at + 1, end - at - 1);
    const bool time = range.empty() || range.find_first_of("$\"'^") != std::string::npos ||
                      range.find_first_not_of("0123456789mshdwy") == std::string::npos;
    if (!time && std::isdigit(static_cast<unsigned char>(range[0])) != 0)
      return findings.add("wrong-query", expression, fmt::format("'[{}]' is no range", shown(range)), "[5m], [1h30m]");
  }
  for (std::size_t at = query.find('='); at != std::string::npos; at = query.find('=', at + 1)) {
    const char before = at == 0 ? ' ' : query[at - 1], after = at + 1 < query.size() ? query[at + 1] : ' ';
    const std::size_t open = query.rfind('{', at), close = query.rfind('}', at);
    const bool inside = open != std::string::npos && (close == std::string::npos || close < open);
    if (!inside && after != '=' && after != '~' && std::string_view("=!<>").find(before) == std::string_view::npos &&
        std::count(query.begin(), query.begin() + static_cast<std::ptrdiff_t>(at), '"') % 2 == 0)
      return findings.add("wrong-query", expression, "a single '=' compares nothing outside of { }", "==");
  }
}

// A name of the rules' folder, with how often and where it is.
struct Use {
  int count = 0;
  Location where;
};

class Folder {
 public:
  Folder(const std::string& folder, const Manifests& manifests, const FileTexts& files, Findings& findings)
      : folder_(folder), files_(files), findings_(findings) {
    for (const auto& [path, document] : manifests.documents) {
      if (folder_of(path) != folder) continue;
      const Part root(document);
      if (root["groups"].is_list()) add_rules(root);
      if (root["tests"].is_list()) tests_.push_back(root);
      for (const Part& scrape : root["scrape_configs"].items()) jobs_.push_back(scrape["job_name"].text());
    }
    for (const auto& [path, text] : files) {
      if (path.starts_with(folder_.empty() ? "" : folder_ + "/") && path.ends_with(".json") &&
          text.find("\"panels\"") != std::string::npos)
        add_dashboard(path, text);
    }
  }

  void check() {
    if (rules_.empty() && dashboards_.empty()) return;
    check_rules();
    for (const Part& root : tests_) check_tests(root);
    check_metrics();
  }

 private:
  void add_rules(const Part& root) {
    for (const Part& group : root["groups"].items()) {
      for (const Part& rule : group["rules"].items()) {
        if (rule["alert"] || rule["record"]) rules_.push_back(rule);
      }
    }
  }

  void add_dashboard(const std::string& path, const std::string& text) {
    int number = 0;
    for (const std::string_view raw : lines(text)) {
      ++number;
      const std::string_view line = trim(raw);
      if (!line.starts_with("\"expr\":")) continue;
      std::string query(line.substr(7));
      for (std::size_t at = query.find("\\\""); at != std::string::npos; at = query.find("\\\"", at))
        query.replace(at, 2, "'");
      dashboards_.push_back({Location{path, number}, query});
      const auto open = std::count(query.begin(), query.end(), '('),
                 close = std::count(query.begin(), query.end(), ')');
      if (open != close)
        findings_.add("wrong-query", Location{path, number}, "the query cannot be read: its parentheses do not close",
                      "as many ( as )");
    }
  }

  void check_rules() {
    std::map<std::string, int> seen;
    for (const Part& rule : rules_) {
      const Part alert = rule["alert"], record = rule["record"], expression = rule["expr"];
      if (alert && !seen.emplace(alert.text() + "\n" + rule["labels"]["severity"].text(), 0).second)
        findings_.add("duplicate-alert", alert, fmt::format("two alerts are called '{}'", shown(alert.text())));
      if (record && record.text().find_first_of("- /.{}()") != std::string::npos)
        findings_.add("wrong-name", record, fmt::format("'{}' is no name of a metric", shown(record.text())),
                      "letters, digits, _ and :");
      if (!expression) findings_.add("wrong-query", first_of(alert, record), "the rule has no expr");
      if (!expression.is_scalar()) continue;
      check_query(expression, findings_);
      check_job(expression.text(), expression, findings_);
      for (const auto& [key, text] : rule["annotations"].members()) check_annotation(text, expression);
    }
  }

  void check_job(const std::string& text, const Part& place, Findings& findings) const {
    for (std::size_t at = text.find("job=\""); at != std::string::npos && !jobs_.empty();
         at = text.find("job=\"", at + 1)) {
      const std::string name = text.substr(at + 5, text.find('"', at + 5) - at - 5);
      if (std::find(jobs_.begin(), jobs_.end(), name) == jobs_.end())
        findings.add("file-reference", place, fmt::format("no scrape has the job_name '{}'", shown(name)),
                     suggestion(name, jobs_));
    }
  }

  // "{{ $labels.gpu }}" is empty where the query sums it away.
  void check_annotation(const Part& text, const Part& expression) {
    const std::string all = text.text(), query = expression.text();
    for (std::size_t at = all.find("{{"); at != std::string::npos; at = all.find("{{", at + 2)) {
      const std::size_t end = all.find("}}", at);
      if (end == std::string::npos) return findings_.add("wrong-template", text, "a '{{' is not closed");
      const std::string inner = all.substr(at, end - at);
      if (inner.find(":=") != std::string::npos || inner.find("range") != std::string::npos) return;
      const std::size_t sign = inner.find('$');
      if (sign == std::string::npos) continue;
      std::size_t stop = sign + 1;
      while (stop < inner.size() && std::isalpha(static_cast<unsigned char>(inner[stop])) != 0) ++stop;
      const std::string name = inner.substr(sign, stop - sign);
      if (name != "$" && name != "$labels" && name != "$value" && name != "$externalLabels" && name != "$externalURL")
        findings_.add("wrong-template", text, fmt::format("an alert has no {}", name),
                      "$labels.NAME, $value, $externalLabels.NAME");
      if (name != "$labels" || stop >= inner.size() || inner[stop] != '.') continue;
      const std::string label = inner.substr(
          stop + 1,
          inner.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", stop + 1) - stop -
              1);
      if (is_lost(label, query))
        findings_.add("wrong-template", text,
                      fmt::format("the query sums the label '{}' away: it is always empty", shown(label)),
                      fmt::format("by ({}, ...)", label));
    }
  }

  // True for a query that is one aggregation whose labels are said, and not this one.
  static bool is_lost(const std::string& label, const std::string& query) {
    const std::string start(query.substr(0, query.find_first_of(" (")));
    if (start != "sum" && start != "max" && start != "min" && start != "avg" && start != "count") return false;
    if (query.find("group_") != std::string::npos || query.find("without") != std::string::npos ||
        query.find(" and ") != std::string::npos || query.find(" or ") != std::string::npos ||
        query.find(" * ") != std::string::npos)
      return false;
    for (std::size_t by = query.find("by"); by != std::string::npos; by = query.find("by", by + 1)) {
      const std::size_t open = query.find('(', by), close = query.find(')', by);
      if (open == std::string::npos || close == std::string::npos) continue;
      for (const std::string_view one : split(std::string_view(query).substr(open + 1, close - open - 1), ','))
        if (trim(one) == label) return false;
    }
    return true;
  }

  void check_tests(const Part& root) {
    std::vector<std::string> alerts;
    for (const Part& rule : rules_)
      if (rule["alert"]) alerts.push_back(rule["alert"].text());
    for (const Part& file : root["rule_files"].items()) {
      const auto path = resolve(folder_, file.text());
      if (!path || folder_of(*path) != folder_ || file.text().find('*') != std::string::npos) return;
      if (files_.count(*path) == 0 && !rules_.empty())
        return findings_.add("file-missing", file, fmt::format("there is no '{}' here", shown(file.text())));
    }
    for (const Part& test : root["tests"].items()) {
      for (const Part& series : test["input_series"].items()) check_values(series["values"]);
      for (const Part& one : test["alert_rule_test"].items()) {
        const Part name = one["alertname"];
        if (name && !alerts.empty() && std::find(alerts.begin(), alerts.end(), name.text()) == alerts.end()) {
          findings_.add("file-reference", name, fmt::format("no rule here is the alert '{}'", shown(name.text())),
                        suggestion(name.text(), alerts));
          continue;
        }
        if (!one["exp_alerts"].is_list() && one["exp_alert"])
          findings_.add("file-key", one["exp_alert"], "there is no 'exp_alert'", "did you mean 'exp_alerts'?");
        check_expected(one);
      }
    }
  }

  // "0x40", "1+1x10", "_x5 1 2 stale"
  void check_values(const Part& values) {
    for (const std::string_view word : words(values.text())) {
      const std::size_t times = word.rfind('x');
      if (times != std::string_view::npos &&
          (word.ends_with('x') || word.substr(times + 1).find_first_not_of("0123456789") != std::string_view::npos) &&
          word.find('{') == std::string_view::npos)
        return findings_.add("file-value", values, fmt::format("'{}' are no values of a series", printable(word)),
                             "VALUExTIMES, START+STEPxTIMES: 0x40");
    }
  }

  void check_expected(const Part& test) {
    const std::string name = test["alertname"].text();
    std::vector<Part> meant;
    for (const Part& rule : rules_)
      if (rule["alert"].text() == name) meant.push_back(rule);
    if (meant.size() != 1 || test["exp_alerts"].items().empty()) return;
    const auto wait = meant[0]["for"] ? parse_duration(meant[0]["for"].text()) : std::nullopt,
               at = parse_duration(test["eval_time"].text());
    if (wait && at && *at < *wait)
      findings_.add("file-disagreement", test["eval_time"],
                    fmt::format("'{}' waits {} before it fires, and is expected after {}", shown(name),
                                meant[0]["for"].text(), test["eval_time"].text()),
                    "a later time");
    for (const Part& expected : test["exp_alerts"].items()) {
      for (const auto& [label, value] : meant[0]["labels"].members()) {
        const Part wanted = expected["exp_labels"][label];
        if (wanted && wanted.text() != value.text() && value.text().find("{{") == std::string::npos)
          findings_.add("file-disagreement", wanted, fmt::format("the rule says {}: {}", label, shown(value.text())),
                        "make both the same");
      }
      if (expected["exp_labels"]["job"])
        check_job(fmt::format("job=\"{}\"", expected["exp_labels"]["job"].text()), expected["exp_labels"]["job"],
                  findings_);
    }
  }

  // A name that is there once, and is nearly one that is there more often.
  void check_metrics() {
    std::map<std::string, Use> uses;
    const auto add = [&](const std::string& query, const Location& where) {
      std::set<std::string> once;
      for (const Token& token : tokens_of(query)) {
        if (!is_metric(token.word) || !once.insert(token.word).second) continue;
        Use& use = uses[token.word];
        ++use.count;
        if (use.count == 1) use.where = where;
      }
    };
    for (const Part& rule : rules_) {
      if (rule["expr"].is_scalar()) add(rule["expr"].text(), rule["expr"].yaml()->location());
      if (rule["record"].is_scalar()) uses[rule["record"].text()].count += 2;
    }
    for (const Part& root : tests_) {
      for (const Part& test : root["tests"].items())
        for (const Part& series : test["input_series"].items())
          if (series["series"].is_scalar()) add(series["series"].text(), series["series"].yaml()->location());
    }
    for (const auto& [where, query] : dashboards_) add(query, where);
    // llama.cpp's own. Source: its server's README, 2026-11-22.
    for (const std::string_view own :
         words("prompt_tokens_total prompt_seconds_total tokens_predicted_total tokens_predicted_seconds_total "
               "n_decode_total n_tokens_max n_busy_slots_per_decode prompt_tokens_seconds "
               "predicted_tokens_seconds kv_cache_usage_ratio kv_cache_tokens requests_processing requests_deferred"))
      uses["llamacpp:" + std::string(own)].count += 2;
    for (const auto& [name, use] : uses) {
      if (use.count != 1) continue;
      std::vector<std::string> known;
      for (const auto& [other, more] : uses)
        if (more.count > 1) known.push_back(other);
      const std::string near = mistyped(name, known);
      if (near.empty() || differ_in_number(name, near)) continue;
      findings_.add("unknown-metric", use.where, fmt::format("'{}' is nowhere else here, '{}' is", shown(name), near),
                    fmt::format("did you mean '{}'?", near));
    }
  }

  // node_load1 and node_load5, rx and tx, sum and max are two things.
  static bool differ_in_number(const std::string& a, const std::string& b) {
    const auto parts = [](const std::string& text) {
      std::vector<std::string> out(1);
      for (const char c : text) {
        if (c == '_' || c == ':')
          out.emplace_back();
        else
          out.back() += c;
      }
      return out;
    };
    const auto x = parts(a), y = parts(b);
    if (x.size() != y.size()) return false;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] != y[i] &&
          (std::min(x[i].size(), y[i].size()) < 3 || x[i].find_first_of("0123456789") != std::string::npos))
        return true;
    }
    return false;
  }

  std::string folder_;
  const FileTexts& files_;
  Findings& findings_;
  std::vector<Part> rules_, tests_;
  std::vector<std::string> jobs_;
  std::vector<std::pair<Location, std::string>> dashboards_;
};

}  // namespace

void check_rule_tests(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  std::set<std::string> folders;
  for (const auto& [path, document] : manifests.documents)
    if (Part(document)["groups"].is_list() || Part(document)["tests"].is_list()) folders.insert(folder_of(path));
  for (const std::string& folder : folders) Folder(folder, manifests, files, findings).check();
}

}  // namespace palier
