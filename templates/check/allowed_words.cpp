// Fields that take one of a few words: an API server refuses any other.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Words = std::vector<std::string>;

void check_word(const Part& part, const Words& words, Findings& findings) {
  if (!part || !part.is_scalar() || std::find(words.begin(), words.end(), part.text()) != words.end()) return;
  findings.add("wrong-word", part, fmt::format("'{}' is none of {}", part.text(), join(words, ", ")));
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
    check_word(container.part["imagePullPolicy"], {"Always", "IfNotPresent", "Never"}, findings);
    for (const Part& port : container.part["ports"].items())
      check_word(port["protocol"], {"TCP", "UDP", "SCTP"}, findings);
  }
  for (const Part& toleration : pods.pod["tolerations"].items()) {
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
  if (object.kind == "Service")
    check_word(spec["type"], {"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"}, findings);
  if (object.kind == "Deployment") check_word(spec.at("strategy.type"), {"Recreate", "RollingUpdate"}, findings);
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

void check_words(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) check_object(object, findings);
  for (const PodTemplate& pods : bundle.pods) check_pod(pods, findings);
}

}  // namespace palier
