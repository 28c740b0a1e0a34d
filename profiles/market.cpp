#include "profiles/market.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"

namespace palier {
namespace {

constexpr const char* wrong = "wrong data";
constexpr double GiB = 1024.0 * 1024 * 1024;

constexpr Quantity hours_quantity = {"h", 0.1, 744};
constexpr Quantity storage_quantity = {"USD/GB/month", 0.0001, 5};
constexpr Quantity egress_quantity = {"USD/GB", 0.0001, 5};
constexpr Quantity hour_quantity = {"USD/h", 0.001, 2000};
constexpr Quantity month_quantity = {"USD/month", 0.5, 100000};

struct KindName {
  PlatformKind kind;
  std::string_view name;
};
constexpr std::array kind_names = std::to_array<KindName>({{PlatformKind::own, "own"},
                                                           {PlatformKind::notebook, "notebook"},
                                                           {PlatformKind::trial, "trial"},
                                                           {PlatformKind::vps, "vps"},
                                                           {PlatformKind::rent, "rent"},
                                                           {PlatformKind::managed, "managed"},
                                                           {PlatformKind::cluster, "cluster"},
                                                           {PlatformKind::data, "data"}});

PlatformKind read_kind(const Yaml& yaml) {
  const std::string text = yaml.text();
  std::vector<std::string> known;
  for (const KindName& each : kind_names) {
    if (each.name == text) return each.kind;
    known.emplace_back(each.name);
  }
  yaml.fail(wrong, fmt::format("there is no kind '{}'", text), suggestion(text, known));
}

std::optional<Range> read_optional(const Yaml& row, std::string_view key, const Quantity& quantity) {
  const Yaml* value = row.find(key);
  return value == nullptr ? std::nullopt : std::optional(read_range(*value, quantity));
}

std::optional<double> read_single(const Yaml& row, std::string_view key, const Quantity& quantity) {
  const Yaml* value = row.find(key);
  return value == nullptr ? std::nullopt : std::optional(read_value(*value, quantity));
}

int read_count(const Yaml& row) {
  const Yaml* count = row.find("count");
  if (count == nullptr) return 1;
  if (count->integer() < 1 || count->integer() > 1024) count->fail(wrong, "expected 1 to 1024");
  return static_cast<int>(count->integer());
}

PlatformGpu read_gpu(const Yaml& yaml, const std::vector<GpuModel>& models) {
  yaml.allow_only({"gpu", "count"});
  const std::string id = yaml.at("gpu").text();
  if (std::ranges::find(models, id, &GpuModel::id) == models.end()) {
    std::vector<std::string> known;
    known.reserve(models.size());
    for (const GpuModel& model : models) known.push_back(model.id);
    yaml.at("gpu").fail(wrong, fmt::format("gpus.yaml has no '{}'", id), suggestion(id, known));
  }
  return {id, read_count(yaml)};
}

void read_limits(const Yaml& yaml, Workplace& platform) {
  platform.session = read_single(yaml, "session", hours_quantity);
  platform.weekly = read_single(yaml, "weekly", {"h", 0.1, 168});
  platform.idle = read_single(yaml, "idle", hours_quantity);
  if (const Yaml* disk = yaml.find("disk")) platform.disk = read_size(*disk, 1e9, 1e15);
  if (const Yaml* memory = yaml.find("memory")) platform.memory = read_size(*memory, 1e8, 1e14);
  if (const Yaml* image = yaml.find("image")) platform.image_capability = read_capability(*image);
}

void read_money(const Yaml& yaml, Workplace& platform) {
  platform.storage = read_optional(yaml, "storage", storage_quantity);
  platform.egress = read_optional(yaml, "egress", egress_quantity);
  if (const Yaml* free = yaml.find("free_egress")) platform.free_egress = read_size(*free, 1e6, 1e15);
  platform.fee = read_optional(yaml, "fee", month_quantity);
  platform.credit = read_single(yaml, "credit", {"USD", 1, 1e6});
  platform.credit_days = read_single(yaml, "credit_days", {"d", 1, 3660});
}

Workplace read_platform(const SheetRow& row, const std::vector<GpuModel>& models) {
  const Yaml& yaml = *row.yaml;
  yaml.allow_only(
      row_keys({"name",    "kind",       "leaves",      "gpus",    "guaranteed", "session", "weekly", "idle",
                "disk",    "persistent", "image",       "regions", "note",       "url",     "credit", "credit_days",
                "storage", "egress",     "free_egress", "fee",     "operator",   "memory",  "tpu"}));
  Workplace platform;
  platform.id = row.name;
  platform.name = yaml.at("name").localized();
  platform.kind = read_kind(yaml.at("kind"));
  for (const Yaml& leaf : yaml.at("leaves").items()) platform.leaves.push_back(leaf.text());
  if (const Yaml* gpus = yaml.find("gpus")) {
    for (const Yaml& gpu : gpus->items()) platform.gpus.push_back(read_gpu(gpu, models));
  }
  platform.guaranteed = yaml.at("guaranteed").boolean();
  platform.persistent = yaml.at("persistent").boolean();
  platform.operated_by = yaml.text_or("operator", "other");
  platform.regions = yaml.at("regions").localized();
  if (const Yaml* note = yaml.find("note")) platform.note = note->localized();
  platform.url = yaml.text_or("url", "");
  platform.tpu = yaml.text_or("tpu", "");
  platform.provenance = row.provenance;
  read_limits(yaml, platform);
  read_money(yaml, platform);
  return platform;
}

Offer read_offer(const SheetRow& row) {
  const Yaml& yaml = *row.yaml;
  yaml.allow_only(row_keys({"platform", "gpu", "count", "memory", "price", "monthly", "region", "spot"}));
  Offer offer;
  offer.id = row.name;
  offer.platform = yaml.at("platform").text();
  offer.gpu = yaml.text_or("gpu", "");
  offer.count = offer.gpu.empty() ? 0 : read_count(yaml);
  offer.memory = read_size(yaml.at("memory"), GiB / 2, (offer.gpu.empty() ? 32768 : 1024) * GiB);
  offer.hour = read_optional(yaml, "price", hour_quantity);
  offer.month = read_optional(yaml, "monthly", month_quantity);
  if (offer.hour.has_value() == offer.month.has_value()) {
    yaml.fail(wrong, fmt::format("'{}' needs one of 'price: ... USD/h' and 'monthly: ... USD/month'", row.name));
  }
  offer.region = yaml.text_or("region", "");
  if (const Yaml* spot = yaml.find("spot")) offer.spot = spot->boolean();
  offer.provenance = row.provenance;
  return offer;
}

}  // namespace

const Sheet::Format& platform_format() {
  static const Sheet::Format format = {"platforms.yaml", "palier.platforms/1", {"platforms"}};
  return format;
}

const Sheet::Format& price_format() {
  static const Sheet::Format format = {"prices.yaml", "palier.prices/1", {"offers"}};
  return format;
}

std::vector<Workplace> read_platforms(const Sheet& sheet, const std::vector<GpuModel>& gpus) {
  std::vector<Workplace> platforms;
  for (const SheetRow& row : sheet.rows("platforms")) platforms.push_back(read_platform(row, gpus));
  return platforms;
}

std::vector<Offer> read_offers(const Sheet& sheet) {
  std::vector<Offer> offers;
  for (const SheetRow& row : sheet.rows("offers")) offers.push_back(read_offer(row));
  return offers;
}

const Workplace* find_platform(const std::vector<Workplace>& platforms, std::string_view id) {
  const auto found = std::ranges::find(platforms, id, &Workplace::id);
  return found == platforms.end() ? nullptr : &*found;
}

}  // namespace palier
