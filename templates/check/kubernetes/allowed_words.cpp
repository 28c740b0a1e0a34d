// Fields that take one of a few words: an API server refuses any other.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Words = std::vector<std::string>;

// What has no domain is Kubernetes' own.
void check_resources(const Part& resources, Findings& findings) {
  const Words own = {"cpu", "memory", "ephemeral-storage"};
  for (const char* kind : {"requests", "limits"}) {
    for (const auto& [name, amount] : resources[kind].members()) {
      if (name.find('/') == std::string::npos && !name.starts_with("hugepages-") &&
          std::find(own.begin(), own.end(), name) == own.end())
        findings.add("wrong-word", amount, fmt::format("the resource '{}' is none of {}", name, join(own, ", ")));
    }
  }
}

// A quota counts whatever it is told to; only what is nearly one of these was hardly meant.
void check_quota_names(const Part& hard, Findings& findings) {
  const Words known = {"cpu",
                       "memory",
                       "pods",
                       "services",
                       "secrets",
                       "configmaps",
                       "persistentvolumeclaims",
                       "requests.cpu",
                       "requests.memory",
                       "requests.storage",
                       "requests.ephemeral-storage",
                       "requests.nvidia.com/gpu",
                       "requests.amd.com/gpu",
                       "limits.cpu",
                       "limits.memory",
                       "limits.ephemeral-storage",
                       "services.loadbalancers",
                       "services.nodeports"};
  for (const auto& [name, amount] : hard.members()) {
    if (name == "nvidia.com/gpu" || name == "amd.com/gpu") {
      findings.add("wrong-word", amount, fmt::format("'{}' counts nothing", name), fmt::format("requests.{}", name));
      continue;
    }
    if (const std::string near = mistyped(name, known); !near.empty())
      findings.add("wrong-word", amount, fmt::format("'{}' counts nothing", printable(shorten(name, 60))),
                   fmt::format("did you mean '{}'?", near));
  }
}

// What a variable can be told of its own pod.
void check_field_paths(const Container& container, Findings& findings) {
  for (const Part& item : container.part["env"].items()) {
    const Part path = item.at("valueFrom.fieldRef.fieldPath");
    if (path.text().starts_with("metadata.labels[") || path.text().starts_with("metadata.annotations[")) continue;
    check_word(path,
               {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
                "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"},
               findings);
  }
}

// Source: the reference of Kubernetes' API 1.36.
void check_pod(const PodTemplate& pods, Findings& findings) {
  const bool ends = !pods.runs_on();
  check_word(pods.pod["restartPolicy"],
             ends             ? Words{"OnFailure", "Never"}
             : pods.is("Pod") ? Words{"Always", "OnFailure", "Never"}
                              : Words{"Always"},
             findings);
  for (const Container& container : pods.containers) {
    check_resources(container.part["resources"], findings);
    check_word(container.part["imagePullPolicy"], {"Always", "IfNotPresent", "Never"}, findings);
    check_field_paths(container, findings);
    for (const Part& port : container.part["ports"].items())
      check_word(port["protocol"], {"TCP", "UDP", "SCTP"}, findings);
  }
  check_word(pods.pod.at("securityContext.fsGroupChangePolicy"), {"OnRootMismatch", "Always"}, findings);
  check_word(pods.pod["dnsPolicy"], {"ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"}, findings);
  const std::string runtime = mistyped(pods.pod["runtimeClassName"].text(), {"nvidia", "nvidia-cdi", "nvidia-legacy"});
  if (!runtime.empty())
    findings.add("wrong-word", pods.pod["runtimeClassName"],
                 fmt::format("'{}' is no known class", pods.pod["runtimeClassName"].text()),
                 fmt::format("did you mean '{}'?", runtime));
  for (const Part& toleration : pods.pod["tolerations"].items()) {
    if (toleration["operator"].text() == "Exists" && !toleration["value"].text().empty())
      findings.add("wrong-word", toleration["value"], "a toleration that asks whether a taint exists has no value",
                   "remove value, or operator: Equal");
    check_word(toleration["operator"], {"Exists", "Equal", "Lt", "Gt"}, findings);
    check_word(toleration["effect"], {"", "NoSchedule", "PreferNoSchedule", "NoExecute"}, findings);
  }
  for (const Part& spread : pods.pod["topologySpreadConstraints"].items()) {
    check_word(spread["whenUnsatisfiable"], {"DoNotSchedule", "ScheduleAnyway"}, findings);
    // Kubernetes' own labels of nodes; others are the cluster's.
    const std::string key = spread["topologyKey"].text();
    if (key.starts_with("topology.kubernetes.io/") || key.starts_with("kubernetes.io/"))
      check_word(spread["topologyKey"],
                 {"topology.kubernetes.io/zone", "topology.kubernetes.io/region", "kubernetes.io/hostname",
                  "kubernetes.io/arch", "kubernetes.io/os"},
                 findings);
  }
  for (const Part& volume : pods.pod["volumes"].items())
    check_word(volume.at("emptyDir.medium"), {"", "Memory", "HugePages", "HugePages-2Mi", "HugePages-1Gi"}, findings);
}

void check_object(const Object& object, Findings& findings) {
  const Part spec = object.root()["spec"];
  if (object.kind == "ResourceQuota") check_quota_names(spec["hard"], findings);
  if (object.kind == "Service")
    check_word(spec["type"], {"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"}, findings);
  if (object.kind == "Deployment") {
    check_word(spec.at("strategy.type"), {"Recreate", "RollingUpdate"}, findings);
    if (spec.at("strategy.type").text() == "Recreate" && spec.at("strategy.rollingUpdate"))
      findings.add("wrong-word", spec.at("strategy.type"), "Recreate has no rollingUpdate", "keep one of them");
  }
  if (object.kind == "LimitRange") {
    for (const Part& item : spec["limits"].items())
      check_word(item["type"], {"Container", "Pod", "PersistentVolumeClaim"}, findings);
  }
  // Source: KEDA's documentation of fallbacks, 2026-11-22.
  if (object.kind == "ScaledObject")
    check_word(spec.at("fallback.behavior"),
               {"static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"}, findings);
  if (object.kind == "Job") check_word(spec["completionMode"], {"Indexed", "NonIndexed"}, findings);
  if (object.kind == "PodDisruptionBudget")
    check_word(spec["unhealthyPodEvictionPolicy"], {"IfHealthyBudget", "AlwaysAllow"}, findings);
  if (object.kind == "CronJob") check_word(spec["concurrencyPolicy"], {"Allow", "Forbid", "Replace"}, findings);
  if (object.kind == "NetworkPolicy") {
    for (const Part& type : spec["policyTypes"].items()) check_word(type, {"Ingress", "Egress"}, findings);
  }
  if (object.kind == "PersistentVolumeClaim") {
    for (const Part& mode : spec["accessModes"].items())
      check_word(mode, {"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"}, findings);
  }
}

}  // namespace

void check_word(const Part& part, const std::vector<std::string>& words, Findings& findings) {
  if (!part || !part.is_scalar() || std::find(words.begin(), words.end(), part.text()) != words.end()) return;
  findings.add("wrong-word", part, fmt::format("'{}' is none of {}", part.text(), join(words, ", ")));
}

void check_words(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) check_object(object, findings);
  for (const PodTemplate& pods : bundle.pods) check_pod(pods, findings);
}

}  // namespace palier
