#include "profiles/gpus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr double GiB = 1024.0 * 1024 * 1024;
constexpr double giga = 1e9;
constexpr double tera = 1e12;

constexpr Quantity bandwidth_quantity = {"GB/s", 10, 20000};
constexpr Quantity flops_quantity = {"TFLOPS", 0.1, 20000};
constexpr Quantity ops_quantity = {"TOPS", 0.1, 40000};
constexpr Quantity power_quantity = {"W", 3, 2000};
constexpr Quantity price_quantity = {"USD", 20, 100000};

std::optional<double> read_rate(const Yaml& row, std::string_view key, const Quantity& quantity) {
  const Yaml* rate = row.find(key);
  return rate == nullptr ? std::nullopt : std::optional(read_value(*rate, quantity) * tera);
}

std::optional<Range> read_price(const Yaml& row, std::string_view key) {
  const Yaml* price = row.find(key);
  return price == nullptr ? std::nullopt : std::optional(read_range(*price, price_quantity));
}

std::string read_vendor(const Yaml& yaml) {
  std::string vendor = yaml.text();
  if (vendor != "nvidia" && vendor != "amd" && vendor != "intel") {
    yaml.fail("wrong data", fmt::format("there is no vendor '{}'", vendor), "one of nvidia, amd, intel");
  }
  return vendor;
}

GpuModel read_gpu(const SheetRow& row) {
  const Yaml& yaml = *row.yaml;
  yaml.allow_only(row_keys({"name", "vendor", "memory", "visible", "shared", "bandwidth", "fp32", "tf32", "fp16", "fp8",
                            "int8", "power", "compute_capability", "new", "used"}));
  GpuModel model{.id = row.name,
                 .name = yaml.at("name").text(),
                 .vendor = read_vendor(yaml.at("vendor")),
                 .memory = read_size(yaml.at("memory"), GiB, 1024 * GiB),
                 .visible = 0,
                 .shared = yaml.find("shared") != nullptr && yaml.at("shared").boolean(),
                 .bandwidth = read_value(yaml.at("bandwidth"), bandwidth_quantity) * giga,
                 .fp32 = read_rate(yaml, "fp32", flops_quantity),
                 .tf32 = read_rate(yaml, "tf32", flops_quantity),
                 .fp16 = read_rate(yaml, "fp16", flops_quantity),
                 .fp8 = read_rate(yaml, "fp8", flops_quantity),
                 .int8 = read_rate(yaml, "int8", ops_quantity),
                 .power = read_range(yaml.at("power"), power_quantity),
                 .capability = {},
                 .price_new = read_price(yaml, "new"),
                 .price_used = read_price(yaml, "used"),
                 .provenance = row.provenance};
  const Yaml* visible = yaml.find("visible");
  model.visible = visible == nullptr ? model.memory : read_size(*visible, model.memory / 2, model.memory);
  if (const Yaml* capability = yaml.find("compute_capability")) model.capability = read_capability(*capability);
  return model;
}

PowerMode read_mode(const Yaml& name, const Yaml& yaml) {
  yaml.allow_only({"power", "bandwidth"});
  PowerMode mode{name.text(), read_value(yaml.at("power"), power_quantity), {}};
  if (const Yaml* bandwidth = yaml.find("bandwidth")) {
    mode.bandwidth = read_value(*bandwidth, bandwidth_quantity) * giga;
  }
  return mode;
}

JetsonModule read_jetson(const SheetRow& row) {
  const Yaml& yaml = *row.yaml;
  yaml.allow_only(row_keys({"name", "memory", "compute_capability", "modes", "new"}));
  JetsonModule module{.id = row.name,
                      .name = yaml.at("name").text(),
                      .memory = read_size(yaml.at("memory"), GiB, 1024 * GiB),
                      .capability = read_capability(yaml.at("compute_capability")),
                      .modes = {},
                      .price_new = read_price(yaml, "new"),
                      .provenance = row.provenance};
  for (const auto& [key, value] : yaml.at("modes").members()) module.modes.push_back(read_mode(key, value));
  if (module.modes.empty()) yaml.at("modes").fail("wrong data", "it has no power mode");
  return module;
}

// "80gb" in "a100 80gb pcie": the memory is compared by itself.
bool is_size(std::string_view word) {
  return word.ends_with("gb") && word.size() > 2 && word.find_first_not_of("0123456789") == word.size() - 2;
}

// "NVIDIA A100 80GB PCIe" and "RTX3060": letters and digits of what is neither brand nor size, so that they compare.
std::string folded(std::string_view name) {
  std::string text = lower(name);
  for (const std::string_view brand :
       {"geforce", "radeon", "tesla", "instinct", "nvidia", "amd", "intel", "(r)", "(tm)"}) {
    if (const std::size_t at = text.find(brand); at != text.npos) text.replace(at, brand.size(), " ");
  }
  std::ranges::replace_if(
      text, [](unsigned char c) { return std::isalnum(c) == 0; }, ' ');
  std::string out;
  for (const std::string_view word : words(text)) out += is_size(word) ? "" : word;
  return out;
}

// "a100" is in "a100sxm4"; "l4" is not in "l40s", nor "rtx3060" in "rtx3060ti".
bool names(const std::string& folded_name, const std::string& model) {
  if (!folded_name.starts_with(model)) return false;
  const std::string rest = folded_name.substr(model.size());
  if (rest.empty()) return true;
  const std::size_t digits = rest.find_first_not_of("0123456789");
  const bool another = rest.starts_with("ti") || rest.starts_with("super") || rest.starts_with("laptop") ||
                       rest.starts_with("xt") || rest.starts_with("gre") || rest == "s" || rest == "g" ||
                       rest.starts_with("ada");
  const bool size = digits != rest.npos && rest.substr(digits).starts_with("gb");
  return !another && (digits == 0 || size);
}

}  // namespace

const Sheet::Format& gpu_format() {
  static const Sheet::Format format = {"gpus.yaml", "palier.gpus/1", {"gpus"}};
  return format;
}

const Sheet::Format& jetson_format() {
  static const Sheet::Format format = {"jetson.yaml", "palier.jetson/1", {"modules"}};
  return format;
}

double read_capability(const Yaml& yaml) {
  const auto value = to_number(yaml.text());
  if (!yaml.quoted() || !value || *value < 3 || *value > 20) {
    yaml.fail("wrong data", fmt::format("'{}' is no compute capability", yaml.text()), "write it as \"8.6\"");
  }
  return *value;
}

double JetsonModule::most_power() const { return std::ranges::max(modes, {}, &PowerMode::power).power; }

std::vector<GpuModel> read_gpus(const Sheet& sheet) {
  std::vector<GpuModel> models;
  for (const SheetRow& row : sheet.rows("gpus")) models.push_back(read_gpu(row));
  return models;
}

std::vector<JetsonModule> read_jetsons(const Sheet& sheet) {
  std::vector<JetsonModule> modules;
  for (const SheetRow& row : sheet.rows("modules")) modules.push_back(read_jetson(row));
  return modules;
}

const GpuModel* find_gpu(const std::vector<GpuModel>& models, std::string_view name, double memory) {
  const std::string wanted = folded(name);
  const GpuModel* best = nullptr;
  const auto distance = [&](const GpuModel& model) { return std::abs(model.memory - memory); };
  for (const GpuModel& model : models) {
    const std::string folded_model = folded(model.name);
    if (!names(wanted, folded_model)) continue;
    const std::size_t length = best == nullptr ? 0 : folded(best->name).size();
    if (folded_model.size() > length || (folded_model.size() == length && distance(model) < distance(*best)))
      best = &model;
  }
  return best != nullptr && distance(*best) <= best->memory / 5 ? best : nullptr;
}

const GpuModel* find_gpu(const std::vector<GpuModel>& models, const Gpu& gpu) {
  if (!gpu.name || !gpu.memory_total) return nullptr;
  return find_gpu(models, *gpu.name, static_cast<double>(*gpu.memory_total));
}

}  // namespace palier
