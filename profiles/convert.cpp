#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "profiles/update.hpp"

namespace palier {
namespace {

constexpr const char* cannot = "cannot use the prices";
constexpr std::size_t most_rows = 200000;

[[noreturn]] void fail(const std::string& name, int line, std::string reason, std::string help = {}) {
  throw Error({.message = cannot,
               .reason = std::move(reason),
               .location = {.file = name, .line = line, .column = 0},
               .help = std::move(help)});
}

// A row's name and its texts become YAML: nothing but these characters, whatever a file holds.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 80)) {
    const bool good = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '/';
    out += good ? c : '-';
  }
  return out;
}

struct Price {
  std::string instance, region, gpu;
  int count = 0;
  double memory = 0;  // GiB of one GPU
  double hour = 0;    // USD
  bool spot = false;
};

// Of one machine the cheapest region is kept: palier advises by platform, not by region.
class Prices {
 public:
  explicit Prices(std::string platform) : platform_(std::move(platform)) {}

  void add(const Price& price, const std::string& name, int line) {
    if (price.hour <= 0)
      fail(name, line, fmt::format("'{}' costs {}", plain(price.instance), price.hour), "a price of zero is none");
    if (price.hour > 2000)
      fail(name, line, fmt::format("'{}' costs {} an hour", plain(price.instance), price.hour),
           "is that USD per hour?");
    if (price.memory < 1 || price.memory > 1024) {
      fail(name, line, fmt::format("a GPU of '{}' has {} GB", plain(price.instance), price.memory),
           "is that GB, not MiB?");
    }
    if (price.count < 1 || price.count > 1024)
      fail(name, line, fmt::format("'{}' has {} GPUs", plain(price.instance), price.count));
    const std::string id = plain(fmt::format("{}/{}{}", platform_, price.instance, price.spot ? "/spot" : ""));
    const auto [at, added] = rows_.emplace(id, price);
    if (!added && price.hour < at->second.hour) at->second = price;
    if (++count_ > most_rows) fail(name, line, fmt::format("there are more than {} rows", most_rows));
  }

  Converted lines_of(const std::string& source, const std::string& date, std::size_t skipped,
                     const std::string& name) const {
    if (rows_.empty()) fail(name, 0, "there is no price of a machine with a GPU in it");
    const std::string key = plain(platform_);
    Converted converted{fmt::format("  {}: {{text: \"{}\", date: {}, confidence: reported}}\n", key, source, date),
                        {},
                        rows_.size(),
                        skipped};
    for (const auto& [id, price] : rows_) {
      converted.offers += fmt::format(
          "  {}: {{platform: {}, gpu: \"{}\", count: {}, memory: {:.0f}GiB, price: {:.5f} USD/h, region: \"{}\"{}, "
          "source: {}}}\n",
          id, key, plain(price.gpu), price.count, price.memory, price.hour, plain(price.region),
          price.spot ? ", spot: true" : "", key);
    }
    return converted;
  }

 private:
  std::string platform_;
  std::map<std::string, Price> rows_;
  std::size_t count_ = 0;
};

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
  double number(std::string_view column) const {
    const auto value = to_number(text(column));
    if (!value) fail(name_, line_, fmt::format("'{}' is no number: '{}'", column, printable(text(column))));
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
      fail(name, 1, fmt::format("there is no column '{}'", column));
  }
  if (std::set<std::string>(header.begin(), header.end()).size() != header.size())
    fail(name, 1, "a column is there twice");
}

// Azure names machines, not GPUs: the families whose names say which, as Azure documents its sizes.
struct Family {
  std::string_view begin, end, gpu;
  double memory;
};
constexpr std::array families = std::to_array<Family>({{"Standard_NC", "as_T4_v3", "T4", 16},
                                                       {"Standard_NC", "ads_A100_v4", "A100", 80},
                                                       {"Standard_NC", "ads_H100_v5", "H100", 94},
                                                       {"Standard_NC", "adis_H100_v5", "H100", 94},
                                                       {"Standard_ND", "isr_H100_v5", "H100", 80},
                                                       {"Standard_ND", "isr_H200_v5", "H200", 141},
                                                       {"Standard_ND", "amsr_A100_v4", "A100", 80}});

// GPUs by cores: what Azure's size tables give for these families.
int gpus_of(const Family& family, int cores) {
  if (family.gpu == "T4") return cores >= 64 ? 4 : 1;
  if (family.begin == "Standard_ND") return 8;
  const int each = family.gpu == "A100" ? 24 : 40;
  return std::max(1, cores / each);
}

std::optional<Price> azure_price(const Json& item) {
  const auto text = [&](const char* key) { return item.value(key, std::string()); };
  const std::string sku = text("armSkuName");
  if (text("type") != "Consumption" || text("productName").find("Windows") != std::string::npos) return std::nullopt;
  if (text("meterName").find("Low Priority") != std::string::npos) return std::nullopt;
  for (const Family& family : families) {
    if (!sku.starts_with(family.begin) || !sku.ends_with(family.end)) continue;
    const std::string cores = sku.substr(family.begin.size(), sku.size() - family.begin.size() - family.end.size());
    const auto count = to_integer(cores);
    if (!count || *count < 1 || *count > 1000) continue;
    return Price{sku.substr(9),
                 text("armRegionName"),
                 std::string(family.gpu),
                 gpus_of(family, static_cast<int>(*count)),
                 family.memory,
                 item.at("retailPrice").get<double>(),
                 text("meterName").find("Spot") != std::string::npos};
  }
  return std::nullopt;
}

void check_azure_item(const Json& item, const std::string& name) {
  if (item.value("currencyCode", "") != "USD")
    fail(name, 0, fmt::format("a price is in '{}'", plain(item.value("currencyCode", ""))),
         "ask for currencyCode='USD'");
  if (item.value("unitOfMeasure", "") != "1 Hour")
    fail(name, 0, fmt::format("a price is per '{}'", plain(item.value("unitOfMeasure", ""))), "expected '1 Hour'");
}

}  // namespace

Converted convert_gpuhunt(std::string_view csv, const std::string& name, const std::string& provider,
                          const std::string& date) {
  if (!csv.ends_with('\n')) fail(name, 0, "the file does not end in a newline", "is it whole?");
  const std::vector<std::string_view> all = lines(csv);
  const auto header = fields_of(all.front());
  if (!header) fail(name, 1, "a quote does not end");
  check_header(*header, name);
  Prices prices(provider);
  std::size_t skipped = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const int line = static_cast<int>(i) + 1;
    auto fields = fields_of(all[i]);
    if (!fields || fields->size() != header->size())
      fail(name, line, fmt::format("expected {} fields", header->size()), "is the file whole?");
    const Row row(*header, std::move(*fields), name, line);
    const double count = row.number("gpu_count");
    if (count == 0 || row.text("gpu_name").empty() || row.text("gpu_name").starts_with("tpu-") ||
        row.text("gpu_memory").empty()) {
      ++skipped;
      continue;
    }
    if (count < 0 || count > 1024) fail(name, line, "expected 1 to 1024 GPUs");
    prices.add({row.text("instance_name"), row.text("location"), row.text("gpu_name"), static_cast<int>(count),
                row.number("gpu_memory"), row.number("price"), lower(row.text("spot")) == "true"},
               name, line);
  }
  return prices.lines_of(fmt::format("gpuhunt catalogue of {}", plain(provider)), date, skipped, name);
}

Converted convert_azure(const std::vector<std::string>& pages, const std::string& name, const std::string& date) {
  Prices prices("azure-vm");
  std::size_t skipped = 0;
  try {
    for (const std::string& page : pages) {
      const Json answer = parse_json(page, name);
      const Json& items = answer.at("Items");
      if (answer.contains("Count") && answer.at("Count") != items.size()) {
        fail(name, 0,
             fmt::format("the answer says it has {} prices and has {}", answer.at("Count").dump(), items.size()),
             "is it whole?");
      }
      for (const Json& item : items) {
        const std::optional<Price> price = azure_price(item);
        if (!price) {
          ++skipped;
          continue;
        }
        check_azure_item(item, name);
        prices.add(*price, name, 0);
      }
    }
  } catch (const nlohmann::json::exception& e) {
    throw_wrong_document(name, e.what());
  }
  return prices.lines_of("Azure retail price API", date, skipped, name);
}

}  // namespace palier
