#include "profiles/assumptions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr const char* wrong = "wrong data";
constexpr double GiB = 1024.0 * 1024 * 1024;

Range read_share(const Yaml& yaml) { return read_range(yaml, {"%", 0, 100}) * 0.01; }

Hardware read_hardware(const SheetRow& row) {
  const Yaml& yaml = *row.yaml;
  yaml.allow_only(row_keys({"name", "price", "idle", "load", "resale"}));
  Hardware thing{.id = row.name,
                 .name = yaml.at("name").localized(),
                 .price = read_range(yaml.at("price"), {"USD", 5, 1e7}),
                 .idle = {},
                 .load = {},
                 .resale = {},
                 .provenance = row.provenance};
  if (const Yaml* idle = yaml.find("idle")) thing.idle = read_range(*idle, {"W", 0.1, 100000});
  if (const Yaml* load = yaml.find("load")) thing.load = read_range(*load, {"W", 1, 100000});
  if (const Yaml* resale = yaml.find("resale")) thing.resale = read_share(*resale);
  return thing;
}

Tariff read_tariff(const SheetRow& row, const Range& euro) {
  const Yaml& price = row.yaml->at("price");
  row.yaml->allow_only(row_keys({"price"}));
  const bool in_euro = price.text().ends_with("EUR/kWh");
  const Range value = read_range(price, {in_euro ? "EUR/kWh" : "USD/kWh", 0.005, 2});
  return {row.name, in_euro ? value * euro : value, row.provenance};
}

Parameter read_rule(const SheetRow& row) {
  row.yaml->allow_only(row_keys({"value"}));
  static const std::vector<std::pair<std::string_view, Quantity>> known = {{"euro", {"USD", 0.5, 2}},
                                                                           {"staff-small", {"h/month", 0, 744}},
                                                                           {"staff-dedicated", {"h/month", 0, 7440}},
                                                                           {"staff-data", {"h/month", 0, 7440}},
                                                                           {"staff-cost", {"USD/h", 1, 1000}},
                                                                           {"checkpoint-rate", {"MB/s", 1, 100000}}};
  for (const auto& [name, quantity] : known) {
    if (row.name == name) return {row.name, read_range(row.yaml->at("value"), quantity), row.provenance};
  }
  row.yaml->fail(wrong, fmt::format("there is no rule '{}'", row.name));
}

UsageDefault read_usage(const SheetRow& row) {
  const Yaml& yaml = *row.yaml;
  yaml.allow_only(row_keys({"hours", "vram", "storage", "egress", "requests"}));
  UsageDefault usage{.id = row.name,
                     .hours = read_value(yaml.at("hours"), {"h/month", 0.1, 744}),
                     .vram = {},
                     .storage = read_size(yaml.at("storage"), 1e6, 1e16),
                     .egress = 0,
                     .requests = {},
                     .provenance = row.provenance};
  if (const Yaml* vram = yaml.find("vram")) usage.vram = read_size(*vram, GiB, 4096 * GiB);
  if (const Yaml* egress = yaml.find("egress")) usage.egress = read_size(*egress, 1e6, 1e16);
  if (const Yaml* requests = yaml.find("requests")) usage.requests = read_value(*requests, {"/month", 1, 1e12});
  return usage;
}

}  // namespace

const Sheet::Format& cost_format() {
  static const Sheet::Format format = {"costs.yaml", "palier.costs/1", {"hardware", "electricity", "rules", "usage"}};
  return format;
}

const Hardware& Assumptions::thing(std::string_view id) const { return row_of(hardware, id, "costs.yaml"); }
const Parameter& Assumptions::rule(std::string_view id) const { return row_of(rules, id, "costs.yaml"); }

const Tariff& Assumptions::tariff(const std::string& region) const {
  const auto found =
      std::ranges::find_if(electricity, [&](const Tariff& tariff) { return lower(tariff.id) == lower(region); });
  return found != electricity.end() ? *found : row_of(electricity, "WORLD", "costs.yaml");
}

const UsageDefault& Assumptions::usage_of(std::string_view id) const {
  const auto found = std::ranges::find(usage, id, &UsageDefault::id);
  if (found != usage.end()) return *found;
  if (usage.empty()) throw_missing_row("learn", "costs.yaml");
  return usage.front();
}

Assumptions read_assumptions(const Sheet& sheet) {
  Assumptions known;
  known.updated = sheet.updated();
  for (const SheetRow& row : sheet.rows("hardware")) known.hardware.push_back(read_hardware(row));
  for (const SheetRow& row : sheet.rows("rules")) known.rules.push_back(read_rule(row));
  const Range euro = known.rule("euro").value;
  for (const SheetRow& row : sheet.rows("electricity")) known.electricity.push_back(read_tariff(row, euro));
  for (const SheetRow& row : sheet.rows("usage")) {
    if (row.name == "busy") {
      row.yaml->allow_only(row_keys({"share"}));
      known.busy = {row.name, read_share(row.yaml->at("share")), row.provenance};
    } else {
      known.usage.push_back(read_usage(row));
    }
  }
  if (known.busy.id.empty()) throw_missing_row("busy", "costs.yaml");
  return known;
}

}  // namespace palier
