#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/json.hpp"
#include "base/text.hpp"
#include "profiles/converted_prices.hpp"

namespace palier {
namespace {

// Azure names machines, not GPUs: the families whose names say which, as Azure documents its sizes.
struct Family {
  std::string_view begin, end, gpu;
  double memory;
};
constexpr std::array families = std::to_array<Family>({{"Standard_NC", "as_T4_v3", "T4", 16},
                                                       {"Standard_NC", "ads_A100_v4", "A100 PCIe", 80},
                                                       {"Standard_NC", "ads_H100_v5", "H100 NVL", 94},
                                                       {"Standard_NC", "adis_H100_v5", "H100 NVL", 94},
                                                       {"Standard_ND", "isr_H100_v5", "H100", 80},
                                                       {"Standard_ND", "isr_H200_v5", "H200", 141},
                                                       {"Standard_ND", "amsr_A100_v4", "A100", 80}});

// GPUs by cores: what Azure's size tables give for these families.
int gpus_of(const Family& family, int cores) {
  if (family.gpu == "T4") return cores >= 64 ? 4 : 1;
  if (family.begin == "Standard_ND") return 8;
  const int each = family.gpu.starts_with("A100") ? 24 : 40;
  return std::max(1, cores / each);
}

std::optional<LentPrice> azure_price(const Json& item) {
  const auto text = [&](const char* key) { return item.value(key, std::string()); };
  const std::string sku = text("armSkuName");
  if (text("type") != "Consumption" || text("productName").find("Windows") != std::string::npos) return std::nullopt;
  if (text("meterName").find("Low Priority") != std::string::npos) return std::nullopt;
  for (const Family& family : families) {
    if (!sku.starts_with(family.begin) || !sku.ends_with(family.end)) continue;
    const std::string cores = sku.substr(family.begin.size(), sku.size() - family.begin.size() - family.end.size());
    const auto count = to_integer(cores);
    if (!count || *count < 1 || *count > 1000) continue;
    return LentPrice{sku.substr(9),
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
    wrong_price(name, 0, fmt::format("a price is in '{}'", plain_name(item.value("currencyCode", ""))),
                "ask for currencyCode='USD'");
  if (item.value("unitOfMeasure", "") != "1 Hour")
    wrong_price(name, 0, fmt::format("a price is per '{}'", plain_name(item.value("unitOfMeasure", ""))),
                "expected '1 Hour'");
}

}  // namespace

Converted convert_azure(const std::vector<std::string>& pages, const std::string& name, const std::string& date,
                        const Market& market) {
  ConvertedPrices prices("azure-vm", market);
  std::size_t skipped = 0;
  try {
    for (const std::string& page : pages) {
      const Json answer = parse_json(page, name);
      const Json& items = answer.at("Items");
      if (answer.contains("Count") && answer.at("Count") != items.size()) {
        wrong_price(name, 0,
                    fmt::format("the answer says it has {} prices and has {}", answer.at("Count").dump(), items.size()),
                    "is it whole?");
      }
      for (const Json& item : items) {
        const std::optional<LentPrice> price = azure_price(item);
        if (!price) {
          ++skipped;
          continue;
        }
        check_azure_item(item, name);
        skipped += prices.add(*price, name, 0) ? 0 : 1;
      }
    }
  } catch (const nlohmann::json::exception& e) {
    throw_wrong_document(name, e.what());
  }
  return prices.lines_of("Azure retail price API", date, skipped, name);
}

}  // namespace palier
