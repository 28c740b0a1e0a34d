// Names that must be those of something else: ConfigMaps, Secrets, claims, accounts, volumes.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// Secrets that something in the cluster makes from another object.
bool will_have_secret(const Bundle& bundle, const std::string& name, const std::string& space) {
  if (bundle.may_have("SealedSecret", name, space) && bundle.complete) return true;
  for (const Object& object : bundle.objects) {
    const Part spec = object.root()["spec"];
    const bool external =
        object.kind == "ExternalSecret" && (spec.at("target.name").text() == name || object.name == name);
    const bool certificate = object.kind == "Certificate" && spec["secretName"].text() == name;
    if (external || certificate) return true;
  }
  return false;
}

std::string nearest(const Bundle& bundle, std::string_view kind, const std::string& name) {
  std::vector<std::string> names;
  for (const Object* object : bundle.of_kind(kind)) names.push_back(object->name);
  const std::string near = closest(name, names);
  return near.empty() ? "" : fmt::format("did you mean '{}'?", near);
}

class References {
 public:
  References(const Bundle& bundle, Findings& findings) : bundle_(bundle), findings_(findings) {}

  // `who` needs an object of this kind and name beside it.
  void need(std::string_view rule, std::string_view kind, const Part& name, const Object& who) {
    const bool filled_in = name.text().find('$') != std::string::npos;  // before it is applied
    if (name.text().empty() || filled_in || bundle_.may_have(kind, name.text(), who.space)) return;
    if (kind == "Secret" && will_have_secret(bundle_, name.text(), who.space)) return;
    const Object* other = bundle_.find(kind, name.text(), "");
    if (other != nullptr) {
      findings_.add("namespace-mismatch", name,
                    fmt::format("{} is in '{}', {} '{}', which it names, in '{}'", who.title(), who.space, kind,
                                name.text(), other->space));
    } else {
      findings_.add(rule, name, fmt::format("{} names {} '{}', which is not here", who.title(), kind, name.text()),
                    nearest(bundle_, kind, name.text()));
    }
  }

  void need_optional(std::string_view rule, std::string_view kind, const Part& reference, const char* field,
                     const Object& who) {
    if (reference["optional"].is_true() || reference[field].text() == "kube-root-ca.crt") return;
    need(rule, kind, reference[field], who);
  }

  void need_key(std::string_view kind, const Part& reference, const Part& key, const Object& who,
                const char* field = "name") {
    const Object* object = bundle_.find(kind, reference[field].text(), who.space);
    if (object == nullptr || !key.is_scalar() || reference["optional"].is_true()) return;
    const Part root = object->root();
    std::vector<std::string> keys;
    for (const char* part : {"data", "stringData", "binaryData"}) {
      for (const auto& [name, value] : root[part].members()) keys.push_back(name);
    }
    const bool unknown = !root["data"] && !root["stringData"] && !root["binaryData"] && object->generated;
    if (unknown || std::find(keys.begin(), keys.end(), key.text()) != keys.end()) return;
    findings_.add("missing-key", key, fmt::format("{} has no key '{}'", object->title(), key.text()),
                  keys.empty() ? "" : suggestion(key.text(), keys));
  }

 private:
  const Bundle& bundle_;
  Findings& findings_;
};

void check_environment(References& references, const PodTemplate& pods, const Container& container) {
  const Object& who = *pods.object;
  for (const Part& item : container.part["env"].items()) {
    const Part map = item.at("valueFrom.configMapKeyRef"), secret = item.at("valueFrom.secretKeyRef");
    references.need_optional("missing-configmap", "ConfigMap", map, "name", who);
    references.need_key("ConfigMap", map, map["key"], who);
    references.need_optional("missing-secret", "Secret", secret, "name", who);
    references.need_key("Secret", secret, secret["key"], who);
  }
  for (const Part& item : container.part["envFrom"].items()) {
    references.need_optional("missing-configmap", "ConfigMap", item["configMapRef"], "name", who);
    references.need_optional("missing-secret", "Secret", item["secretRef"], "name", who);
  }
}

// A StatefulSet's claims are made with its pods.
bool makes_claim(const Object& object, const std::string& name) {
  const auto claims = object.root().at("spec.volumeClaimTemplates").items();
  return std::any_of(claims.begin(), claims.end(),
                     [&](const Part& claim) { return claim.at("metadata.name").text() == name; });
}

void check_volume(References& references, const Part& volume, const Object& who) {
  const Part map = volume["configMap"], secret = volume["secret"];
  references.need_optional("missing-configmap", "ConfigMap", map, "name", who);
  references.need_optional("missing-secret", "Secret", secret, "secretName", who);
  const Part claim = volume.at("persistentVolumeClaim.claimName");
  if (!makes_claim(who, claim.text())) references.need("missing-claim", "PersistentVolumeClaim", claim, who);
  for (const Part& item : map["items"].items()) references.need_key("ConfigMap", map, item["key"], who);
  for (const Part& item : secret["items"].items())
    references.need_key("Secret", secret, item["key"], who, "secretName");
  for (const Part& source : volume.at("projected.sources").items()) {
    references.need_optional("missing-configmap", "ConfigMap", source["configMap"], "name", who);
    references.need_optional("missing-secret", "Secret", source["secret"], "name", who);
  }
}

std::set<std::string> volume_names(const PodTemplate& pods) {
  std::set<std::string> names;
  for (const Part& volume : pods.pod["volumes"].items()) names.insert(volume["name"].text());
  for (const Part& claim : pods.object->root().at("spec.volumeClaimTemplates").items())
    names.insert(claim.at("metadata.name").text());
  return names;
}

void check_mounts(const PodTemplate& pods, Findings& findings) {
  const std::set<std::string> names = volume_names(pods);
  std::set<std::string> mounted;
  for (const Container& container : pods.containers) {
    for (const char* kind : {"volumeMounts", "volumeDevices"}) {
      for (const Part& mount : container.part[kind].items()) {
        const std::string name = mount["name"].text();
        mounted.insert(name);
        if (names.count(name) != 0) continue;
        findings.add("mount-without-volume", mount["name"],
                     fmt::format("{} mounts '{}', the pod has no such volume", title_of(container, pods), name),
                     suggestion(name, {names.begin(), names.end()}));
      }
    }
  }
  if (pods.pod["ephemeralContainers"]) return;
  for (const Part& volume : pods.pod["volumes"].items()) {
    const std::string name = volume["name"].text();
    if (mounted.count(name) != 0 || name.starts_with("gke-gcsfuse")) continue;  // GKE's own container mounts it
    findings.add("volume-unused", volume["name"],
                 fmt::format("no container of {} mounts the volume '{}'", pods.object->title(), volume["name"].text()));
  }
}

// True where the bundle has something in a namespace, the namespace itself, or what goes to any.
bool has_space(const Bundle& bundle, const std::string& space) {
  return space.empty() || std::any_of(bundle.objects.begin(), bundle.objects.end(), [&](const Object& object) {
           if (object.kind == "Namespace") return object.full_name == space;
           return !is_cluster_scoped(object.kind) && (object.space.empty() || object.space == space);
         });
}

void check_bindings(const Bundle& bundle, References& references) {
  for (const Object& object : bundle.objects) {
    if (object.kind != "RoleBinding" && object.kind != "ClusterRoleBinding") continue;
    const Part role = object.root()["roleRef"];
    // Roles of the cluster's own namespaces are the cluster's own.
    if (role["kind"].text() == "Role" && !object.space.starts_with("kube-"))
      references.need("missing-role", "Role", role["name"], object);
    for (const Part& subject : object.root()["subjects"].items()) {
      if (subject["kind"].text() != "ServiceAccount" || subject["name"].text() == "default") continue;
      Object there{.document = {}, .kind = object.kind, .api = {}, .name = object.name};
      there.full_name = object.full_name;
      there.space = subject["namespace"].text();
      const bool here = bundle.find("ServiceAccount", subject["name"].text(), "") != nullptr;
      if (!here && !has_space(bundle, there.space)) continue;  // somebody else's
      references.need("missing-service-account", "ServiceAccount", subject["name"], there);
    }
  }
}

void check_pod(const PodTemplate& pods, References& references, Findings& findings) {
  const Object& who = *pods.object;
  const Part account = first_of(pods.pod["serviceAccountName"], pods.pod["serviceAccount"]);
  if (account.text() != "default") references.need("missing-service-account", "ServiceAccount", account, who);
  const Part priority = pods.pod["priorityClassName"];
  if (!priority.text().starts_with("system-"))
    references.need("missing-priority-class", "PriorityClass", priority, who);
  for (const Part& item : pods.pod["imagePullSecrets"].items())
    references.need("missing-secret", "Secret", item["name"], who);
  for (const Part& volume : pods.pod["volumes"].items()) check_volume(references, volume, who);
  for (const Container& container : pods.containers) check_environment(references, pods, container);
  check_mounts(pods, findings);
}

}  // namespace

void check_references(const Bundle& bundle, Findings& findings) {
  References references(bundle, findings);
  for (const PodTemplate& pods : bundle.pods) check_pod(pods, references, findings);
  for (const PodTemplate& pods : bundle.made_pods) check_pod(pods, references, findings);
  check_bindings(bundle, references);
  for (const Object* set : bundle.of_kind("StatefulSet"))
    references.need("missing-service", "Service", set->root().at("spec.serviceName"), *set);
  for (const Object* ingress : bundle.of_kind("Ingress")) {
    for (const Part& tls : ingress->root().at("spec.tls").items())
      references.need("missing-secret", "Secret", tls["secretName"], *ingress);
  }
}

}  // namespace palier
