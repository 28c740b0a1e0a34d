// Versions of the API that clusters no longer serve. Source: the Kubernetes deprecation guide, read 2026-11.
#include <fmt/format.h>

#include <array>

#include "templates/check/rules.hpp"

namespace palier {
namespace {

struct OldApi {
  std::string_view api, kinds;  ///< kinds: between blanks; "" is every one
  std::string_view removed;     ///< in this version of Kubernetes; "" where it is only deprecated
  std::string_view instead;
};

constexpr std::array<OldApi, 34> old_apis = {{
    {"extensions/v1beta1", " Deployment DaemonSet ReplicaSet ", "1.16", "apps/v1"},
    {"extensions/v1beta1", " NetworkPolicy Ingress ", "1.22", "networking.k8s.io/v1"},
    {"extensions/v1beta1", " PodSecurityPolicy ", "1.16", "the Pod Security labels of the namespace"},
    {"apps/v1beta1", "", "1.16", "apps/v1"},
    {"apps/v1beta2", "", "1.16", "apps/v1"},
    {"networking.k8s.io/v1beta1", " Ingress IngressClass ", "1.22", "networking.k8s.io/v1"},
    {"rbac.authorization.k8s.io/v1alpha1", "", "1.22", "rbac.authorization.k8s.io/v1"},
    {"rbac.authorization.k8s.io/v1beta1", "", "1.22", "rbac.authorization.k8s.io/v1"},
    {"apiextensions.k8s.io/v1beta1", "", "1.22", "apiextensions.k8s.io/v1"},
    {"admissionregistration.k8s.io/v1beta1", " MutatingWebhookConfiguration ValidatingWebhookConfiguration ", "1.22",
     "admissionregistration.k8s.io/v1"},
    {"apiregistration.k8s.io/v1beta1", "", "1.22", "apiregistration.k8s.io/v1"},
    {"certificates.k8s.io/v1beta1", " CertificateSigningRequest ", "1.22", "certificates.k8s.io/v1"},
    {"coordination.k8s.io/v1beta1", " Lease ", "1.22", "coordination.k8s.io/v1"},
    {"scheduling.k8s.io/v1beta1", "", "1.22", "scheduling.k8s.io/v1"},
    {"storage.k8s.io/v1beta1", " CSIDriver CSINode StorageClass VolumeAttachment ", "1.22", "storage.k8s.io/v1"},
    {"storage.k8s.io/v1beta1", " CSIStorageCapacity ", "1.27", "storage.k8s.io/v1"},
    {"batch/v1beta1", " CronJob ", "1.25", "batch/v1"},
    {"batch/v2alpha1", "", "1.21", "batch/v1"},
    {"discovery.k8s.io/v1beta1", "", "1.25", "discovery.k8s.io/v1"},
    {"events.k8s.io/v1beta1", "", "1.25", "events.k8s.io/v1"},
    {"autoscaling/v2beta1", "", "1.25", "autoscaling/v2"},
    {"autoscaling/v2beta2", "", "1.26", "autoscaling/v2"},
    {"policy/v1beta1", " PodDisruptionBudget ", "1.25", "policy/v1"},
    {"policy/v1beta1", " PodSecurityPolicy ", "1.25", "the Pod Security labels of the namespace"},
    {"node.k8s.io/v1beta1", " RuntimeClass ", "1.25", "node.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io/v1beta1", "", "1.26", "flowcontrol.apiserver.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io/v1beta2", "", "1.29", "flowcontrol.apiserver.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io/v1beta3", "", "1.32", "flowcontrol.apiserver.k8s.io/v1"},
    {"gateway.networking.k8s.io/v1alpha2", " Gateway GatewayClass HTTPRoute ", "", "gateway.networking.k8s.io/v1"},
    {"gateway.networking.k8s.io/v1beta1", " Gateway GatewayClass HTTPRoute ", "", "gateway.networking.k8s.io/v1"},
    {"keda.k8s.io/v1alpha1", "", "", "keda.sh/v1alpha1"},
    {"v1", " ComponentStatus Endpoints ", "", "discovery.k8s.io/v1 EndpointSlice"},
    {"v1", " ReplicationController ", "", "apps/v1 Deployment"},
    {"serving.kubeflow.org/v1beta1", "", "", "serving.kserve.io/v1beta1"},
}};

}  // namespace

void check_versions(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    for (const OldApi& old : old_apis) {
      if (object.api != old.api ||
          (!old.kinds.empty() && old.kinds.find(" " + object.kind + " ") == std::string_view::npos))
        continue;
      const Part place = object.root()["apiVersion"];
      const std::string help = fmt::format("use {}", old.instead);
      if (old.removed.empty()) {
        findings.add("deprecated-api", place, fmt::format("{} {} is deprecated", object.api, object.kind), help);
      } else {
        findings.add("removed-api", place,
                     fmt::format("Kubernetes {} no longer serves {} {}", old.removed, object.api, object.kind), help);
      }
    }
  }
}

}  // namespace palier
