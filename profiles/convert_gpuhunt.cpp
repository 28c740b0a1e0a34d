#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "profiles/converted_prices.hpp"

namespace palier {
namespace {

// The fields of a CSV line; a field in quotes may hold commas and doubled quotes. nullopt where a quote never ends.
std::optional<std::vector<std::string>> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[i++];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  return quoted ? std::nullopt : std::optional(fields);
}

class Row {
 public:
  Row(const std::vector<std::string>& header, std::vector<std::string> fields, const std::string& name, int line)
      : header_(header), fields_(std::move(fields)), name_(name), line_(line) {}

  const std::string& text(std::string_view column) const {
    const auto at = std::ranges::find(header_, column) - header_.begin();
    return fields_.at(static_cast<std::size_t>(at));
  }
  /// All of it but one column.
  std::string without(std::string_view column) const {
    std::string all;
    for (std::size_t i = 0; i < header_.size(); ++i) all += header_[i] == column ? "" : fields_[i] + '\n';
    return all;
  }
  double number(std::string_view column) const {
    const auto value = to_number(text(column));
    if (!value) wrong_price(name_, line_, fmt::format("'{}' is no number: '{}'", column, printable(text(column))));
    return *value;
  }

 private:
  const std::vector<std::string>& header_;
  std::vector<std::string> fields_;
  const std::string& name_;
  int line_;
};

void check_header(const std::vector<std::string>& header, const std::string& name) {
  for (const std::string_view column :
       {"instance_name", "location", "price", "gpu_count", "gpu_name", "gpu_memory", "spot"}) {
    if (std::ranges::find(header, column) == header.end())
      wrong_price(name, 1, fmt::format("there is no column '{}'", column));
  }
  if (std::set<std::string>(header.begin(), header.end()).size() != header.size())
    wrong_price(name, 1, "a column is there twice");
}

}  // namespace

Converted convert_gpuhunt(std::string_view csv, const std::string& name, const std::string& provider,
                          const std::string& date, const Market& market) {
  if (!csv.ends_with('\n')) wrong_price(name, 0, "the file does not end in a newline", "is it whole?");
  const std::vector<std::string_view> all = lines(csv);
  const auto header = fields_of(all.front());
  if (!header) wrong_price(name, 1, "a quote does not end");
  check_header(*header, name);
  ConvertedPrices prices(provider, market);
  std::size_t skipped = 0;
  std::map<std::string, double> seen;  // all of a row but its price
  for (std::size_t i = 1; i < all.size(); ++i) {
    const int line = static_cast<int>(i) + 1;
    auto fields = fields_of(all[i]);
    if (!fields || fields->size() != header->size())
      wrong_price(name, line, fmt::format("expected {} fields", header->size()), "is the file whole?");
    const Row row(*header, std::move(*fields), name, line);
    const double count = row.number("gpu_count");
    if (count == 0 || row.text("gpu_name").empty() || row.text("gpu_name").starts_with("tpu-") ||
        row.text("gpu_memory").empty()) {
      ++skipped;
      continue;
    }
    if (count < 1 || count > 1024 || count != std::floor(count)) wrong_price(name, line, "expected 1 to 1024 GPUs");
    const double hour = row.number("price");
    const auto [same, first] = seen.emplace(row.without("price"), hour);
    if (!first && same->second != hour)
      wrong_price(name, line,
                  fmt::format("'{}' is there before, with another price", plain_name(row.text("instance_name"))));
    const bool taken =
        prices.add({row.text("instance_name"), row.text("location"), row.text("gpu_name"), static_cast<int>(count),
                    row.number("gpu_memory"), hour, lower(row.text("spot")) == "true"},
                   name, line);
    skipped += taken ? 0 : 1;
  }
  return prices.lines_of(fmt::format("gpuhunt catalogue of {}", plain_name(provider)), date, skipped, name);
}

}  // namespace palier
