// Slurm's configuration as Slurm reads it. Source: slurm.conf(5) of Slurm 22.05.
#include "templates/check/slurm/conf.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/files/line_files.hpp"

namespace palier {
namespace {

// "4-7" or "03": the numbers with their zeros.
bool add_range(std::string_view range, std::size_t left, std::vector<std::string>& out) {
  const std::size_t dash = range.find('-');
  const std::string_view first = range.substr(0, dash);
  const auto from = to_integer(first), to = dash == std::string_view::npos ? from : to_integer(range.substr(dash + 1));
  if (!from || !to || *from < 0 || *to < *from || first.size() > 9 || *to > 999999999) return false;
  for (long long i = *from; i <= *to && out.size() <= left; ++i) out.push_back(fmt::format("{:0{}}", i, first.size()));
  return true;
}

// "rack[0-1]node[0-3]": every end of the name for every number of its first brackets.
bool expand(const std::string& begin, std::string_view rest, std::size_t& left, std::vector<std::string>& out) {
  const std::size_t open = rest.find('['), close = rest.find(']');
  if (open == std::string_view::npos) {
    if (close != std::string_view::npos) return false;
    if (left == 0) return true;
    --left;
    out.push_back(begin + std::string(rest));
    return true;
  }
  if (close == std::string_view::npos || close < open) return false;
  std::vector<std::string> numbers;
  for (const std::string_view range : split(rest.substr(open + 1, close - open - 1), ','))
    if (!add_range(range, left, numbers)) return false;
  const std::string_view end = rest.substr(close + 1);
  return std::all_of(numbers.begin(), numbers.end(), [&](const std::string& number) {
    return left == 0 || expand(begin + std::string(rest.substr(0, open)) + number, end, left, out);
  });
}

// What a line of DEFAULT said before stands for what `row` does not say.
void add_with_defaults(SlurmRow row, const std::string& name, SlurmRow& defaults, std::vector<SlurmRow>& out) {
  if (row.text(name) == "DEFAULT") {
    for (const auto& [key, value] : row.values) defaults.values[key] = value;
    return;
  }
  row.values.insert(defaults.values.begin(), defaults.values.end());
  out.push_back(std::move(row));
}

}  // namespace

long long SlurmRow::number(const std::string& key) const { return to_integer(text(key)).value_or(0); }

std::vector<SlurmRow> read_slurm(std::string_view text) {
  std::vector<SlurmRow> out;
  bool goes_on = false;
  for (const WordLine& line : read_words(text)) {
    if (!goes_on || out.empty()) out.push_back({{}, line.line});
    goes_on = line.words.back().ends_with('\\');
    for (const std::string& word : line.words) {
      const std::size_t equals = word.find('=');
      if (equals == std::string::npos || equals == 0) {
        if (lower(word) == "include") out.back().values["include"];
        continue;
      }
      const bool adds = word[equals - 1] == '+';  // GresTypes+=gpu
      std::string value = word.substr(equals + 1);
      if (value.ends_with('\\')) value.pop_back();
      out.back().values[lower(word.substr(0, equals - (adds ? 1 : 0)))] = std::move(value);
    }
  }
  return out;
}

SlurmConf slurm_conf_of(const std::vector<SlurmRow>& rows) {
  SlurmConf conf;
  SlurmRow node, partition;
  std::size_t left = most_hosts;
  for (const SlurmRow& row : rows) {
    if (row.has("include")) conf.whole = false;
    if (row.has("partitionname")) {
      add_with_defaults(row, "partitionname", partition, conf.partitions);
    } else if (row.has("nodename")) {
      add_with_defaults(row, "nodename", node, conf.nodes);
    } else if (row.has("nodeset")) {
      conf.hosts.insert(row.text("nodeset"));
    } else if (!row.has("downnodes") && !row.has("frontendname")) {
      for (const auto& [key, value] : row.values) {
        conf.general[key] = value;
        conf.lines[key] = row.line;
      }
    }
  }
  for (const SlurmRow& row : conf.nodes) {
    const auto more = hosts_of(row.text("nodename"), left);
    if (!more) conf.misnamed.push_back(row);
    if (more) conf.hosts.insert(more->begin(), more->end());
  }
  conf.whole = conf.whole && left > 0;
  const std::string types = conf.text("grestypes");
  for (const std::string_view one : split(types, ',')) conf.gres.emplace(trim(one));
  return conf;
}

std::string SlurmConf::text(const std::string& key) const {
  const auto found = general.find(key);
  return found == general.end() ? "" : found->second;
}

int SlurmConf::line_of(const std::string& key) const {
  const auto found = lines.find(key);
  return found == lines.end() ? 1 : found->second;
}

long long cpus_of(const SlurmRow& node) {
  constexpr long long most = 100000;  // of each: a product of wrong numbers must not overflow
  const auto number = [&](const char* key) { return std::clamp(node.number(key), 0LL, most); };
  if (node.has("cpus")) return number("cpus");
  return std::max(1LL, number("sockets")) * number("corespersocket") * std::max(1LL, number("threadspercore"));
}

std::vector<Gres> gres_of(const std::string& text) {
  std::vector<Gres> out;
  for (std::string_view one : split(text, ',')) {
    one = trim(one.substr(0, one.find('(')));  // "gpu:2(S:0-1)"
    if (one.empty()) continue;
    const auto parts = split(one, ':');
    Gres gres{std::string(parts[0]), "", 1};
    if (parts.size() > 1) gres.count = to_integer(parts.back()).value_or(1);
    if (parts.size() > 2 || (parts.size() == 2 && !to_integer(parts[1]))) gres.type = std::string(parts[1]);
    out.push_back(std::move(gres));
  }
  return out;
}

std::optional<std::vector<std::string>> hosts_of(std::string_view text, std::size_t& left) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    for (int depth = 0; end < text.size() && (depth > 0 || text[end] != ','); ++end) {
      depth += text[end] == '[' ? 1 : text[end] == ']' ? -1 : 0;
      if (depth > 1 || depth < 0) return std::nullopt;
    }
    if (end > at && !expand("", text.substr(at, end - at), left, out)) return std::nullopt;
    at = end + 1;
  }
  return out;
}

}  // namespace palier
