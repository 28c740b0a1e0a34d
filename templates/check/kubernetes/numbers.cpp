// Numbers outside of what a field takes: an API server or an operator refuses them, or nothing ever happens.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

constexpr long long any = 2'147'483'647;

struct Range {
  const char* field;
  long long least, most;
};

void check(const Part& holder, std::initializer_list<Range> ranges, Findings& findings) {
  for (const Range& range : ranges) {
    const Part part = holder.at(range.field);
    if (!part.is_scalar() || part.text().find('$') != std::string::npos) continue;
    const auto number = to_integer(part.text());
    if (number && *number >= range.least && *number <= range.most) continue;
    if (!number && part.text().ends_with('%')) continue;
    const std::string most = range.most == any ? " or more" : fmt::format(" to {}", range.most);
    findings.add("wrong-number", part, fmt::format("{} is '{}'", range.field, printable(shorten(part.text(), 40))),
                 fmt::format("a whole number, {}{}", range.least, most));
  }
}

// Source: the reference of Kubernetes' API 1.36.
void check_probe(const Part& probe, bool once, Findings& findings) {
  check(probe,
        {{"failureThreshold", 1, any},
         {"periodSeconds", 1, any},
         {"timeoutSeconds", 1, any},
         {"initialDelaySeconds", 0, any},
         {"successThreshold", 1, once ? 1 : any}},
        findings);
}

void check_pod(const PodTemplate& pods, Findings& findings) {
  check(pods.pod, {{"terminationGracePeriodSeconds", 0, any}, {"activeDeadlineSeconds", 1, any}}, findings);
  check(pods.pod["securityContext"],
        {{"runAsUser", 0, 1LL << 31}, {"runAsGroup", 0, 1LL << 31}, {"fsGroup", 0, 1LL << 31}}, findings);
  for (const Part& spread : pods.pod["topologySpreadConstraints"].items())
    check(spread, {{"maxSkew", 1, any}, {"minDomains", 1, any}}, findings);
  for (const char* kind : {"nodeAffinity", "podAffinity", "podAntiAffinity"}) {
    for (const Part& term : pods.pod["affinity"][kind]["preferredDuringSchedulingIgnoredDuringExecution"].items())
      check(term, {{"weight", 1, 100}}, findings);
  }
  for (const Container& container : pods.containers) {
    check_probe(container.part["startupProbe"], true, findings);
    check_probe(container.part["livenessProbe"], true, findings);
    check_probe(container.part["readinessProbe"], false, findings);
    for (const Part& port : container.part["ports"].items())
      check(port, {{"containerPort", 1, 65535}, {"hostPort", 0, 65535}}, findings);
  }
}

void check_behavior(const Part& behavior, Findings& findings) {
  for (const char* way : {"scaleUp", "scaleDown"}) {
    check(behavior[way], {{"stabilizationWindowSeconds", 0, 3600}}, findings);
    for (const Part& policy : behavior[way]["policies"].items())
      check(policy, {{"periodSeconds", 1, 1800}, {"value", 1, any}}, findings);
  }
}

void check_object(const Object& object, Findings& findings) {
  const Part spec = object.root()["spec"];
  const std::string& kind = object.kind;
  if (kind == "Deployment" || kind == "StatefulSet")
    check(spec, {{"replicas", 0, any}, {"revisionHistoryLimit", 0, any}, {"minReadySeconds", 0, any}}, findings);
  if (kind == "Job" || kind == "CronJob")
    check(kind == "Job" ? spec : spec.at("jobTemplate.spec"),
          {{"backoffLimit", 0, any},
           {"activeDeadlineSeconds", 1, any},
           {"ttlSecondsAfterFinished", 0, any},
           {"parallelism", 0, any},
           {"completions", 0, any}},
          findings);
  if (kind == "PriorityClass" && !object.name.starts_with("system-"))
    check(object.root(), {{"value", -any - 1, 1'000'000'000}}, findings);  // above it are the system's own
  if (kind == "CronJob") check(spec, {{"startingDeadlineSeconds", 10, any}}, findings);  // looked at every 10 s
  if (kind == "HorizontalPodAutoscaler") check_behavior(spec["behavior"], findings);
  if (kind == "ScaledObject") {
    check(spec,
          {{"pollingInterval", 1, 600},
           {"cooldownPeriod", 0, any},
           {"minReplicaCount", 0, any},
           {"maxReplicaCount", 1, any}},
          findings);
    check_behavior(spec.at("advanced.horizontalPodAutoscalerConfig.behavior"), findings);
  }
  if (kind == "Service") {
    for (const Part& port : spec["ports"].items()) {
      check(port, {{"port", 1, 65535}}, findings);
      if (port["nodePort"].text() != "0") check(port, {{"nodePort", 1024, 65535}}, findings);  // 0: any
    }
  }
}

}  // namespace

void check_numbers(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) check_object(object, findings);
  for (const PodTemplate& pods : bundle.pods) check_pod(pods, findings);
}

}  // namespace palier
