// Claims that cannot be had, that nobody may write to, or that two pods use in two ways.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// Classes of disks that one node can mount, by their names in the clouds' and distributions' own clusters. Sources: the
// documentation of EKS, GKE, AKS, DigitalOcean, Hetzner, k3s and OpenEBS, 2026-11-22.
bool is_disk_class(const std::string& name) {
  constexpr std::array<std::string_view, 14> classes = {"gp2",
                                                        "gp3",
                                                        "ebs-sc",
                                                        "standard-rwo",
                                                        "premium-rwo",
                                                        "managed-csi",
                                                        "managed-premium",
                                                        "local-path",
                                                        "hostpath",
                                                        "do-block-storage",
                                                        "hcloud-volumes",
                                                        "openebs-hostpath",
                                                        "managed-csi-premium",
                                                        "linode-block-storage"};
  return std::find(classes.begin(), classes.end(), name) != classes.end();
}

void check_class(const Object& claim, Findings& findings) {
  const Part spec = claim.root()["spec"], name = spec["storageClassName"];
  const auto modes = spec["accessModes"].texts();
  const bool many =
      std::any_of(modes.begin(), modes.end(), [](const std::string& mode) { return mode.ends_with("Many"); });
  if (many && is_disk_class(name.text()))
    findings.add("claim-class", name,
                 fmt::format("{} is for many nodes, the class '{}' makes disks for one", claim.title(), name.text()));
}

void check_block(const Bundle& bundle, const PodTemplate& pods, const Part& volume, Findings& findings) {
  const Object* claim =
      bundle.find("PersistentVolumeClaim", volume.at("persistentVolumeClaim.claimName").text(), pods.object->space);
  const Part mode = claim == nullptr ? Part() : claim->root().at("spec.volumeMode");
  if (mode.text() != "Block") return;
  for (const Container& container : pods.containers) {
    for (const Part& mount : container.part["volumeMounts"].items()) {
      if (mount["name"].text() != volume["name"].text()) continue;
      findings.add(
          "claim-class", mode,
          fmt::format("{} mounts '{}' as a folder, the claim is a device", title_of(container, pods), claim->name),
          "volumeMode: Filesystem, or volumeDevices in the container");
      return;
    }
  }
}

bool is_root(const PodTemplate& pods, const Container& container) {
  return !security_context(pods, container, "runAsNonRoot").is_true() &&
         security_context(pods, container, "runAsUser").integer_or(0) == 0;
}

// A new volume belongs to root; fsGroup gives it to the pod's group. A container that is root may do the same.
void check_group(const PodTemplate& pods, const Part& name, Findings& findings) {
  if (pods.pod.at("securityContext.fsGroup")) return;
  for (const Container& container : pods.containers) {
    if (is_root(pods, container)) return;
  }
  for (const Container& container : pods.containers) {
    for (const Part& mount : container.part["volumeMounts"].items()) {
      if (mount["name"].text() != name.text() || mount["readOnly"].is_true()) continue;
      findings.add("claim-not-writable", mount["name"],
                   fmt::format("{} is not root and writes to '{}', a new volume belongs to root",
                               title_of(container, pods), name.text()));
      return;
    }
  }
}

using Users = std::map<std::string, std::vector<std::pair<const PodTemplate*, const Container*>>>;  // by claim

Users users_of_claims(const Bundle& bundle) {
  Users out;
  for (const PodTemplate& pods : bundle.pods) {
    for (const Part& volume : pods.pod["volumes"].items()) {
      const std::string claim = volume.at("persistentVolumeClaim.claimName").text();
      for (const Container& container : pods.containers) {
        const auto mounts = container.part["volumeMounts"].items();
        const bool mounted = std::any_of(mounts.begin(), mounts.end(), [&](const Part& mount) {
          return mount["name"].text() == volume["name"].text();
        });
        if (!claim.empty() && mounted) out[pods.object->space + "/" + claim].emplace_back(&pods, &container);
      }
    }
  }
  return out;
}

// The values that others on the claim have of a variable; of a model, also what a server's arguments name.
std::set<std::string> values_of(const Users::mapped_type& users, const std::string& variable) {
  std::set<std::string> out;
  for (const auto& [pods, container] : users) {
    if (pods->is("Job")) continue;
    if (const auto value = container->env(variable)) out.insert(*value);
    if (variable.starts_with("MODEL") && container->serves_model()) out.insert(container->model());
  }
  out.erase("");
  return out;
}

// A Job that fills a claim with something else than what is read from it: whoever waits for it waits for ever.
void check_agreement(const Users::mapped_type& users, Findings& findings) {
  for (const auto& [pods, container] : users) {
    if (!pods->is("Job") || !downloads(*container)) continue;
    for (const Part& item : container->part["env"].items()) {
      const std::string name = item["name"].text();
      constexpr std::array<std::string_view, 6> shared = {"HF_HOME", "HF_HUB_CACHE", "READY",
                                                          "MODEL",   "MODEL_ID",     "MODEL_NAME"};
      if (!item["value"] || std::find(shared.begin(), shared.end(), name) == shared.end()) continue;
      const auto others = values_of(users, name);
      if (others.empty() || others.count(item["value"].text()) != 0) continue;
      findings.add("claim-disagreement", item["value"],
                   fmt::format("{} fills the claim with {}={}, what reads it has '{}'", pods->object->title(), name,
                               printable(shorten(item["value"].text(), 60)), printable(shorten(*others.begin(), 60))));
    }
  }
}

// An init container that fetches another model than the server beside it, which may not download, loads.
void check_model(const PodTemplate& pods, Findings& findings) {
  for (const Container& server : pods.containers) {
    const std::string model = server.model();
    if (server.init || !server.serves_model() || server.env("HF_HUB_OFFLINE").value_or("") != "1") continue;
    for (const Container& fetching : pods.containers) {
      for (const Part& item : fetching.part["env"].items()) {
        const bool other = item["value"] && item["value"].text() != model;
        if (!fetching.init || item["name"].text() != "MODEL" || !other || model.empty() || model.starts_with('/'))
          continue;
        findings.add("claim-disagreement", item["value"],
                     fmt::format("{} fetches '{}', {} loads '{}'", title_of(fetching, pods),
                                 printable(shorten(item["value"].text(), 60)), title_of(server, pods), model));
      }
    }
  }
}

// A Job that fills another folder of a claim than the one that is read.
void check_folders(const Users::mapped_type& users, Findings& findings) {
  const auto folder = [](const Container& container, const std::string& path) -> std::optional<Part> {
    for (const Part& mount : container.part["volumeMounts"].items()) {
      if (mount["mountPath"].text() == path) return first_of(mount["subPath"], mount["mountPath"]);
    }
    return std::nullopt;
  };
  for (const auto& [pods, container] : users) {
    if (!pods->is("Job") || !downloads(*container)) continue;
    for (const Part& mount : container->part["volumeMounts"].items()) {
      const std::string path = mount["mountPath"].text();
      for (const auto& [others, other] : users) {
        const auto read = others == pods ? std::nullopt : folder(*other, path);
        const Part here = first_of(mount["subPath"], mount["mountPath"]);
        if (!read || read->text() == here.text() || mount["subPathExpr"]) continue;
        findings.add("claim-disagreement", here,
                     fmt::format("{} and {} mount different folders of a claim at {}", pods->object->title(),
                                 others->object->title(), path));
        break;
      }
    }
  }
}

}  // namespace

void check_claims(const Bundle& bundle, Findings& findings) {
  for (const Object* claim : bundle.of_kind("PersistentVolumeClaim")) check_class(*claim, findings);
  for (const PodTemplate& pods : bundle.pods) {
    for (const Part& volume : pods.pod["volumes"].items()) {
      check_block(bundle, pods, volume, findings);
      if (volume["persistentVolumeClaim"]) check_group(pods, volume["name"], findings);
    }
    for (const Part& claim : pods.object->root().at("spec.volumeClaimTemplates").items())
      check_group(pods, claim.at("metadata.name"), findings);
  }
  for (const PodTemplate& pods : bundle.pods) check_model(pods, findings);
  for (const auto& [claim, users] : users_of_claims(bundle)) {
    check_agreement(users, findings);
    check_folders(users, findings);
  }
}

}  // namespace palier
