#include "profiles/usage.hpp"

namespace palier {

void to_json(Json& json, const Usage& usage) {
  json = Json::object();
  json["hours_per_month"] = usage.hours;
  json["vram"] = usage.vram;
  json["storage"] = usage.storage;
  json["egress"] = usage.egress;
  json["requests"] = usage.requests;
  json["budget"] = usage.budget;
  json["region"] = usage.region;
  json["model"] = usage.model.empty() ? Json(nullptr) : Json(usage.model);
  json["context"] = usage.context;
  json["users"] = usage.users;
}

void from_json(const Json& json, Usage& usage) {
  read(json, "hours_per_month", usage.hours);
  read(json, "vram", usage.vram);
  read(json, "storage", usage.storage);
  read(json, "egress", usage.egress);
  read(json, "requests", usage.requests);
  read(json, "budget", usage.budget);
  read(json, "region", usage.region);
  std::optional<std::string> model;
  read(json, "model", model);
  usage.model = model.value_or("");
  read(json, "context", usage.context);
  read(json, "users", usage.users);
}

PlannedWork workload_of(const Usage& said, const UsageDefault& defaults) {
  PlannedWork work;
  const auto take = [&](const std::optional<double>& value, double fallback, const char* name) {
    if (!value) work.assumed.emplace_back(name);
    return value.value_or(fallback);
  };
  work.hours = take(said.hours, defaults.hours, "hours");
  work.vram = take(said.vram, defaults.vram.value_or(0), "vram");
  work.vram_said = said.vram.has_value();
  work.storage = take(said.storage, defaults.storage, "storage");
  work.egress = take(said.egress, defaults.egress, "egress");
  work.requests = said.requests ? said.requests : defaults.requests;
  if (!said.requests && defaults.requests) work.assumed.emplace_back("requests");
  work.budget = said.budget;
  work.region = said.region;
  return work;
}

}  // namespace palier
