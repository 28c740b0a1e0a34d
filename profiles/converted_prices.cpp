#include "profiles/converted_prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/error.hpp"

namespace palier {
namespace {

constexpr const char* cannot = "cannot use the prices";
constexpr std::size_t most_rows = 200000;
constexpr double GiB = 1024.0 * 1024 * 1024;
constexpr double odd = 20;  // times the market's median, or a part of it

// What an hour of one such GPU costs in the middle; nullopt where nobody is known to lend it.
std::optional<double> usual_price(const Market& market, const std::string& gpu) {
  std::vector<double> hours;
  for (const Offer& offer : market.offers) {
    const GpuModel* model = offer.gpu.empty() ? nullptr : find_gpu(market.gpus, offer.gpu, offer.memory);
    if (model != nullptr && model->name == gpu && offer.hour) hours.push_back(offer.hour->central / offer.count);
  }
  if (hours.empty()) return std::nullopt;
  std::ranges::nth_element(hours, hours.begin() + static_cast<std::ptrdiff_t>(hours.size() / 2));
  return hours[hours.size() / 2];
}

}  // namespace

void wrong_price(const std::string& name, int line, std::string reason, std::string help) {
  throw Error({.message = cannot,
               .reason = std::move(reason),
               .location = {.file = name, .line = line, .column = 0},
               .help = std::move(help)});
}

std::string plain_name(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 80)) {
    const bool good = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '/';
    out += good ? c : '-';
  }
  return out;
}

ConvertedPrices::ConvertedPrices(std::string platform, const Market& market)
    : platform_(std::move(platform)), market_(market) {}

bool ConvertedPrices::add(const LentPrice& price, const std::string& name, int line) {
  if (price.hour <= 0)
    wrong_price(name, line, fmt::format("'{}' costs {}", plain_name(price.instance), price.hour),
                "a price of zero is none");
  if (price.hour > 2000 || price.hour < 0.001)
    wrong_price(name, line, fmt::format("'{}' costs {} an hour", plain_name(price.instance), price.hour),
                "is that USD per hour?");
  if (price.memory < 1 || price.memory > 1024) {
    wrong_price(name, line, fmt::format("a GPU of '{}' has {} GB", plain_name(price.instance), price.memory),
                "is that GB, not MiB?");
  }
  if (price.count < 1 || price.count > 1024)
    wrong_price(name, line, fmt::format("'{}' has {} GPUs", plain_name(price.instance), price.count));
  if (++count_ > most_rows) wrong_price(name, line, fmt::format("there are more than {} rows", most_rows));
  const GpuModel* model = find_gpu(market_.gpus, price.gpu, price.memory * GiB);
  if (model == nullptr) return false;
  require_usual(price, model->name, name, line);
  const std::string id = plain_name(fmt::format("{}/{}{}", platform_, price.instance, price.spot ? "/spot" : ""));
  const auto [at, added] = rows_.emplace(id, price);
  if (!added && price.hour < at->second.hour) at->second = price;
  gpus_.insert(model->name);
  return true;
}

Converted ConvertedPrices::lines_of(const std::string& source, const std::string& date, std::size_t skipped,
                                    const std::string& name) const {
  if (rows_.empty()) wrong_price(name, 0, "there is no price of a machine with a GPU that gpus.yaml has");
  const std::string key = plain_name(platform_);
  Converted converted{fmt::format("  {}: {{text: \"{}\", date: {}, confidence: reported}}\n", key, source, date),
                      {},
                      rows_.size(),
                      skipped,
                      gpus_};
  for (const auto& [id, price] : rows_) {
    converted.offers += fmt::format(
        "  {}: {{platform: {}, gpu: \"{}\", count: {}, memory: {:.0f}GiB, price: {:.5f} USD/h, region: \"{}\"{}, "
        "source: {}}}\n",
        id, key, plain_name(price.gpu), price.count, price.memory, price.hour, plain_name(price.region),
        price.spot ? ", spot: true" : "", key);
  }
  return converted;
}

void ConvertedPrices::require_usual(const LentPrice& price, const std::string& gpu, const std::string& name, int line) {
  const auto [at, added] = usual_.emplace(gpu, std::nullopt);
  if (added) at->second = usual_price(market_, gpu);
  const double each = price.hour / price.count;
  if (!at->second || (each < odd * *at->second && each > *at->second / odd)) return;
  wrong_price(name, line, fmt::format("one {} of '{}' costs {:.4g} USD an hour", gpu, plain_name(price.instance), each),
              fmt::format("{:.4g} is what others ask", *at->second));
}

}  // namespace palier
