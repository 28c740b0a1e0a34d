#include <cmath>

#include "profiles/costs.hpp"

namespace palier {
namespace {

// Four figures: more would be noise, and the last bits differ between processors.
double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const double step = std::pow(10.0, 3 - std::floor(std::log10(std::abs(value))));
  return std::round(value * step) / step;
}

std::optional<double> rounded(const std::optional<double>& value) {
  return value ? std::optional(rounded(*value)) : std::nullopt;
}

}  // namespace

void to_json(Json& json, const Range& range) {
  json = {{"low", rounded(range.low)}, {"central", rounded(range.central)}, {"high", rounded(range.high)}};
}

void from_json(const Json& json, Range& range) {
  json.at("low").get_to(range.low);
  json.at("central").get_to(range.central);
  json.at("high").get_to(range.high);
}

void to_json(Json& json, const CostOption& option) {
  json = {{"id", option.id},
          {"platform", option.platform},
          {"leaf", option.leaf},
          {"name", option.name},
          {"kind", option.kind},
          {"gpu", option.gpu},
          {"count", option.count},
          {"month", option.month},
          {"three_years", option.three_years},
          {"upfront", option.upfront},
          {"per_hour", option.per_hour},
          {"per_month", option.per_month},
          {"people", option.people},
          {"resale", option.resale},
          {"idle", option.idle},
          {"in_budget", option.in_budget},
          {"note", option.note},
          {"terms", option.terms},
          {"provenance", option.provenance}};
}

void from_json(const Json& json, CostOption& option) {
  json.at("id").get_to(option.id);
  read(json, "platform", option.platform);
  read(json, "leaf", option.leaf);
  json.at("name").get_to(option.name);
  json.at("kind").get_to(option.kind);
  read(json, "gpu", option.gpu);
  read(json, "count", option.count);
  json.at("month").get_to(option.month);
  json.at("three_years").get_to(option.three_years);
  read(json, "upfront", option.upfront);
  read(json, "per_hour", option.per_hour);
  read(json, "per_month", option.per_month);
  read(json, "people", option.people);
  read(json, "resale", option.resale);
  read(json, "idle", option.idle);
  read(json, "in_budget", option.in_budget);
  read(json, "note", option.note);
  read(json, "terms", option.terms);
  json.at("provenance").get_to(option.provenance);
}

void to_json(Json& json, const CostMiss& miss) { json = {{"name", miss.name}, {"why", miss.why}}; }

void from_json(const Json& json, CostMiss& miss) {
  json.at("name").get_to(miss.name);
  json.at("why").get_to(miss.why);
}

void to_json(Json& json, const BreakEven& even) {
  json = {{"buy", even.buy},
          {"rent", even.rent},
          {"rent_per_hour", even.rent_per_hour},
          {"low", rounded(even.low)},
          {"central", rounded(even.central)},
          {"high", rounded(even.high)},
          {"utilisation", rounded(even.utilisation)},
          {"sentence", even.sentence}};
}

void from_json(const Json& json, BreakEven& even) {
  json.at("buy").get_to(even.buy);
  json.at("rent").get_to(even.rent);
  read(json, "rent_per_hour", even.rent_per_hour);
  read(json, "low", even.low);
  read(json, "central", even.central);
  read(json, "high", even.high);
  read(json, "utilisation", even.utilisation);
  read(json, "sentence", even.sentence);
}

void to_json(Json& json, const FreePlan& plan) {
  json = {{"platform", plan.platform},
          {"weekly_hours", rounded(plan.weekly_hours)},
          {"weekly_limit", plan.weekly_limit},
          {"sessions", plan.sessions},
          {"checkpoint_minutes", plan.checkpoint_minutes},
          {"checkpoint_method", plan.checkpoint_method},
          {"sentence", plan.sentence}};
}

void from_json(const Json& json, FreePlan& plan) {
  json.at("platform").get_to(plan.platform);
  read(json, "weekly_hours", plan.weekly_hours);
  read(json, "weekly_limit", plan.weekly_limit);
  read(json, "sessions", plan.sessions);
  read(json, "checkpoint_minutes", plan.checkpoint_minutes);
  read(json, "checkpoint_method", plan.checkpoint_method);
  read(json, "sentence", plan.sentence);
}

void to_json(Json& json, const Costs& costs) {
  json = Json::object();
  json["currency"] = "USD";
  json["hours_per_month"] = rounded(costs.hours);
  json["vram"] = costs.vram;
  json["storage"] = costs.storage;
  json["egress"] = costs.egress;
  json["assumed"] = costs.assumed;
  json["basis"] = costs.basis;
  json["options"] = costs.options;
  json["misses"] = costs.misses;
  json["break_even"] = costs.break_even;
  json["free_plans"] = costs.free_plans;
}

void from_json(const Json& json, Costs& costs) {
  json.at("hours_per_month").get_to(costs.hours);
  read(json, "vram", costs.vram);
  read(json, "storage", costs.storage);
  read(json, "egress", costs.egress);
  read(json, "assumed", costs.assumed);
  read(json, "basis", costs.basis);
  read(json, "options", costs.options);
  read(json, "misses", costs.misses);
  read(json, "break_even", costs.break_even);
  read(json, "free_plans", costs.free_plans);
}

}  // namespace palier
