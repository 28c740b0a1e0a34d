// Booleans, entries of lists, and numbers that may be a share, in another form than Kubernetes reads.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// Source: the reference of Kubernetes' API 1.36.
void check_booleans(const Part& holder, Findings& findings) {
  constexpr std::array<const char*, 11> fields = {
      "automountServiceAccountToken", "enableServiceLinks", "hostNetwork",  "hostPID",    "hostIPC",
      "shareProcessNamespace",        "readOnly",           "runAsNonRoot", "privileged", "allowPrivilegeEscalation",
      "readOnlyRootFilesystem"};
  for (const char* field : fields) {
    const Part part = holder[field];
    if (!part || part.text().find('$') != std::string::npos) continue;
    if (!part.is_text() && (part.is_true() || part.is_false())) continue;
    findings.add("wrong-type", part, fmt::format("{} is '{}'", field, printable(shorten(part.text(), 40))),
                 "true or false, without quotes");
  }
}

void check_count(const Part& part, Findings& findings) {
  if (!part || !part.is_text() || part.text().ends_with('%') || part.text().find('$') != std::string::npos) return;
  findings.add("wrong-type", part,
               fmt::format("'{}' is neither a number nor a share", printable(shorten(part.text(), 40))),
               "a number without quotes, or a share with %");
}

bool is_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '\n' || c == '\r';
  });
}

void check_secret(const Object& secret, Findings& findings) {
  for (const auto& [key, value] : secret.root()["data"].members()) {
    const std::string text = value.text();
    if (text.find_first_of("${<") != std::string::npos || is_base64(text)) continue;  // to be filled in
    findings.add("wrong-type", value,
                 fmt::format("the value of '{}' in {} is not base64", printable(key), secret.title()),
                 "stringData, where it stands as it is");
  }
}

void check_entries(const Part& holder, std::initializer_list<const char*> lists, Findings& findings) {
  for (const char* list : lists) {
    for (const Part& entry : holder[list].items()) {
      if (!entry.is_map() && entry.text().find_first_of("${") == std::string::npos)
        findings.add("wrong-type", entry,
                     fmt::format("an entry of {} is {}", list, entry ? "no map of keys and values" : "empty"),
                     "give it its keys, or remove the dash");
    }
  }
}

}  // namespace

void check_types(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    check_booleans(pods.pod, findings);
    check_booleans(pods.pod["securityContext"], findings);
    check_entries(pods.pod, {"initContainers", "containers", "volumes", "imagePullSecrets", "tolerations"}, findings);
    for (const Container& container : pods.containers) {
      check_booleans(container.part["securityContext"], findings);
      check_entries(container.part, {"env", "envFrom", "ports", "volumeMounts"}, findings);
      for (const Part& mount : container.part["volumeMounts"].items()) check_booleans(mount, findings);
      const Part seconds = container.part.at("lifecycle.preStop.sleep.seconds");
      if (seconds && !seconds.integer() && seconds.text().find('$') == std::string::npos)
        findings.add("wrong-type", seconds, fmt::format("seconds is '{}'", printable(shorten(seconds.text(), 40))),
                     "a whole number");
    }
  }
  for (const Object& object : bundle.objects) {
    if (object.kind == "Secret" && !object.generated) check_secret(object, findings);
    const Part spec = object.root()["spec"];
    for (const char* strategy : {"strategy", "updateStrategy"}) {
      for (const char* field : {"maxSurge", "maxUnavailable"})
        check_count(spec[strategy]["rollingUpdate"][field], findings);
    }
    if (object.kind != "PodDisruptionBudget") continue;
    for (const char* field : {"minAvailable", "maxUnavailable"}) check_count(spec[field], findings);
  }
}

}  // namespace palier
