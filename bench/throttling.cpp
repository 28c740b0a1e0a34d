#include "bench/throttling.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"
#include "hwdetect/cgroup.hpp"

namespace palier {
namespace {

const std::string processors = "/sys/devices/system/cpu/";

std::optional<double> count(const std::optional<std::string>& text) {
  const auto value = text ? to_integer(*text) : std::nullopt;
  return value && *value >= 0 ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

// Version 2 counts microseconds, version 1 nanoseconds (Documentation/admin-guide/cgroup-v2.rst,
// scheduler/sched-bwc.rst).
std::optional<double> waited(const Root& root, const CgroupLevel& level) {
  const std::string stat = root.read(level.folder + "/cpu.stat").value_or("");
  const std::string_view wanted = level.unified ? "throttled_usec" : "throttled_time";
  for (const std::string_view line : lines(stat)) {
    const auto fields = words(line);
    if (fields.size() != 2 || fields[0] != wanted) continue;
    const std::optional<double> value = count(std::string(fields[1]));
    return value ? std::optional(*value * (level.unified ? 1e-6 : 1e-9)) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> minus(const std::optional<double>& after, const std::optional<double>& before) {
  return after && before ? std::optional(*after - *before) : std::nullopt;
}

}  // namespace

Throttling read_throttling(const Root& root) {
  Throttling total;
  for (const std::string& name : root.list(processors)) {
    if (!name.starts_with("cpu") || !to_integer(name.substr(3))) continue;
    const std::string folder = processors + name + "/thermal_throttle/";
    if (const auto cores = count(root.read_line(folder + "core_throttle_count")))
      total.core_events = total.core_events.value_or(0) + *cores;
    if (const auto package = count(root.read_line(folder + "package_throttle_count")))
      total.package_events = std::max(total.package_events.value_or(0), *package);
  }
  for (const auto& quota : Cgroups(root).cpu_quotas()) {
    if (const auto seconds = waited(root, quota.level))
      total.quota_seconds = total.quota_seconds.value_or(0) + *seconds;
  }
  return total;
}

Throttling operator-(const Throttling& after, const Throttling& before) {
  return {.core_events = minus(after.core_events, before.core_events),
          .package_events = minus(after.package_events, before.package_events),
          .quota_seconds = minus(after.quota_seconds, before.quota_seconds)};
}

void to_json(Json& json, const Throttling& throttling) {
  json = Json::object();
  json["core_events"] = throttling.core_events;
  json["package_events"] = throttling.package_events;
  json["quota_seconds"] = throttling.quota_seconds;
}

}  // namespace palier
