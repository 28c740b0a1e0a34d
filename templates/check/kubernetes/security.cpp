// What a pod may do, who it runs as, and which image it is.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool drops_all(const Container& container) {
  const auto drop = container.part.at("securityContext.capabilities.drop").texts();
  return std::any_of(drop.begin(), drop.end(), [](const std::string& name) { return lower(name) == "all"; });
}

// The Pod Security standard "restricted", as far as containers go.
std::vector<std::string> shortcomings(const PodTemplate& pods, const Container& container) {
  std::vector<std::string> out;
  if (container.part.at("securityContext.privileged").is_true()) out.emplace_back("privileged");
  if (!container.part.at("securityContext.allowPrivilegeEscalation").is_false())
    out.emplace_back("allowPrivilegeEscalation is not false");
  if (!drops_all(container)) out.emplace_back("capabilities do not drop ALL");
  for (const std::string& added : container.part.at("securityContext.capabilities.add").texts()) {
    if (added != "NET_BIND_SERVICE") out.push_back("adds the capability " + added);
  }
  if (!security_context(pods, container, "runAsNonRoot").is_true()) out.emplace_back("runAsNonRoot is not true");
  if (security_context(pods, container, "runAsUser").text() == "0") out.emplace_back("runAsUser is 0");
  const std::string seccomp = security_context(pods, container, "seccompProfile")["type"].text();
  if (seccomp != "RuntimeDefault" && seccomp != "Localhost") out.emplace_back("no seccompProfile");
  for (const Part& port : container.part["ports"].items()) {
    if (port["hostPort"].integer_or(0) != 0) out.push_back("hostPort " + port["hostPort"].text());
  }
  return out;
}

// A field that says the wrong thing; where one is left out, what it would be in.
Part shortcoming_place(const PodTemplate& pods, const Container& container) {
  const Part context = container.part["securityContext"];
  for (const char* path : {"privileged", "allowPrivilegeEscalation", "capabilities.drop"}) {
    const Part said = context.at(path);
    const bool good = path == std::string("capabilities.drop") ? drops_all(container) : said.is_false();
    if (said && !good) return said.items().empty() ? said : said.items().front();
  }
  const Part type = security_context(pods, container, "seccompProfile")["type"];
  const Part root = security_context(pods, container, "runAsNonRoot");
  if (type.text() == "Unconfined") return type;
  if (root.is_false()) return root;
  return first_of(context, container.part["name"]);
}

bool enforces_restricted(const Bundle& bundle, const std::string& space) {
  const Object* object = space.empty() ? nullptr : bundle.find("Namespace", space, "");
  return object != nullptr &&
         object->root().at("metadata.labels")["pod-security.kubernetes.io/enforce"].text() == "restricted";
}

void check_restricted(const Bundle& bundle, const PodTemplate& pods, Findings& findings) {
  const bool enforced = enforces_restricted(bundle, pods.object->space);
  for (const Container& container : pods.containers) {
    const auto list = shortcomings(pods, container);
    if (list.empty()) continue;
    findings.add(enforced ? "rejected-by-namespace" : "not-restricted", shortcoming_place(pods, container),
                 fmt::format("{}: {}", title_of(container, pods), join(list, ", ")));
  }
  for (const char* field : {"hostNetwork", "hostPID", "hostIPC"}) {
    if (!pods.pod[field].is_true()) continue;
    findings.add(enforced ? "rejected-by-namespace" : "host-namespace", pods.pod[field],
                 fmt::format("{} uses the node's own namespace ({})", pods.object->title(), field));
  }
  for (const Part& volume : pods.pod["volumes"].items()) {
    if (!volume["hostPath"]) continue;
    findings.add(
        enforced ? "rejected-by-namespace" : "host-path", volume["hostPath"],
        fmt::format("{} mounts the node's folder {}", pods.object->title(), volume.at("hostPath.path").text()));
  }
}

void check_user(const PodTemplate& pods, const Container& container, Findings& findings) {
  const Part non_root = security_context(pods, container, "runAsNonRoot"),
             user = security_context(pods, container, "runAsUser");
  if (user.text() == "0") {
    findings.add(non_root.is_true() ? "root-refused" : "runs-as-root", user,
                 fmt::format("{} runs as root (runAsUser: 0)", title_of(container, pods)));
  } else if (non_root.is_true() && !user) {
    findings.add(
        "user-unknown", non_root,
        fmt::format("{} must not be root, and its user is whatever the image says", title_of(container, pods)));
  }
}

void check_root_fs(const PodTemplate& pods, const Container& container, Findings& findings) {
  const Part read_only = container.part.at("securityContext.readOnlyRootFilesystem");
  if (!read_only.is_true() || !container.gpu_resource().starts_with("nvidia.com/")) return;
  findings.add("read-only-with-nvidia", read_only,
               fmt::format("{} has a read-only root and an NVIDIA GPU", title_of(container, pods)));
}

bool is_secret_name(const std::string& name) {
  if (name.find("ALLOW") != std::string::npos) return false;
  for (const char* end :
       {"_TOKEN", "_API_KEY", "_SECRET", "_PASSWORD", "_SECRET_KEY", "_SECRET_ACCESS_KEY", "PASSWORD", "_PASS"}) {
    if (name.ends_with(end)) return true;
  }
  return name == "TOKEN";
}

void check_environment(const PodTemplate& pods, const Container& container, Findings& findings) {
  for (const Part& item : container.part["env"].items()) {
    const std::string value = item["value"].text();
    if (value.empty() || value.find("$(") != std::string::npos || !is_secret_name(item["name"].text())) continue;
    findings.add(
        "plain-secret", item["value"],
        fmt::format("the value of {} of {} stands in the file", item["name"].text(), title_of(container, pods)));
  }
}

}  // namespace

// Every version has a digit; "nightly", "server-cuda" and "alpine" are names that move on.
bool is_moving(const std::string& image) {
  if (image.find('@') != std::string::npos || image.find('$') != std::string::npos) return false;
  const std::string last = image.substr(image.rfind('/') + 1);
  const std::size_t colon = last.find(':');
  return colon == std::string::npos || last.find_first_of("0123456789", colon) == std::string::npos;
}

Part security_context(const PodTemplate& pods, const Container& container, const char* field) {
  return first_of(container.part["securityContext"][field], pods.pod["securityContext"][field]);
}

void check_security(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    check_restricted(bundle, pods, findings);
    for (const Container& container : pods.containers) {
      check_user(pods, container, findings);
      check_root_fs(pods, container, findings);
      check_environment(pods, container, findings);
      const Part image = container.part["image"];
      if (image.is_scalar() && is_moving(image.text()) && image.text().find_first_of("<>{}$") == std::string::npos)
        findings.add("latest-tag", image, fmt::format("the image '{}' is another one tomorrow", image.text()));
    }
  }
}

}  // namespace palier
