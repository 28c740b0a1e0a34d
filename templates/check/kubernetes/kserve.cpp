// KServe: runtimes that do not exist or do not serve a format, and models that cannot be fetched.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

void check_runtime(const Object& runtime, Findings& findings) {
  const Part spec = runtime.root()["spec"];
  Names names;
  for (const Part& container : spec["containers"].items()) names.push_back(container["name"].text());
  if (names.empty() || std::find(names.begin(), names.end(), "kserve-container") != names.end()) return;
  findings.add("kserve-runtime", spec["containers"].items().front()["name"],
               fmt::format("no container of {} is the one that serves", runtime.title()), "name: kserve-container");
}

void check_format(const Object& runtime, const Part& format, Findings& findings) {
  Names known;
  for (const Part& one : runtime.root().at("spec.supportedModelFormats").items()) known.push_back(one["name"].text());
  if (!format || known.empty() || std::find(known.begin(), known.end(), format.text()) != known.end()) return;
  findings.add("kserve-runtime", format,
               fmt::format("{} does not serve '{}'", runtime.title(), printable(shorten(format.text(), 60))),
               suggestion(format.text(), known));
}

// Source: KServe's documentation of its storage initializer, 2026-11-22.
void check_storage(const Bundle& bundle, const Object& service, const Part& address, Findings& findings) {
  const std::string text = address.text();
  if (text.empty() || text.find('$') != std::string::npos) return;
  if (text.find("://") == std::string::npos)
    return findings.add("kserve-runtime", address,
                        fmt::format("'{}' is no address of a model", printable(shorten(text, 60))),
                        "with its kind in front: hf://OWNER/NAME, s3://BUCKET/PATH, pvc://CLAIM/PATH");
  const std::string start = "pvc://";
  if (!text.starts_with(start)) return;
  const std::string claim = text.substr(start.size(), text.find('/', start.size()) - start.size());
  if (!bundle.may_have("PersistentVolumeClaim", claim, service.space))
    findings.add("missing-claim", address,
                 fmt::format("{} names PersistentVolumeClaim '{}', which is not here", service.title(), claim));
}

void check_component(const Bundle& bundle, const Object& service, const Part& part, Findings& findings) {
  const Part least = part["minReplicas"], most = part["maxReplicas"], account = part["serviceAccountName"];
  if (least.integer() && most.integer_or(0) > 0 && *least.integer() > *most.integer())
    findings.add("autoscaler-range", least,
                 fmt::format("{} has at least {} and at most {} pods", service.title(), least.text(), most.text()));
  if (account && account.text() != "default" && !bundle.may_have("ServiceAccount", account.text(), service.space))
    findings.add("missing-service-account", account,
                 fmt::format("{} names ServiceAccount '{}', which is not here", service.title(), account.text()));
  const Part model = part["model"], name = model["runtime"];
  check_storage(bundle, service, model["storageUri"], findings);
  const Object* runtime = bundle.find_anywhere("ServingRuntime", name.text(), service.space);
  if (runtime == nullptr) runtime = bundle.find_anywhere("ClusterServingRuntime", name.text(), "");
  if (runtime != nullptr) return check_format(*runtime, model.at("modelFormat.name"), findings);
  Names known;
  for (const char* kind : {"ServingRuntime", "ClusterServingRuntime"}) {
    for (const Object* one : bundle.anywhere(kind)) known.push_back(one->name);
  }
  // KServe brings runtimes of its own, named kserve-...
  if (name && bundle.complete && !known.empty() && !name.text().starts_with("kserve-"))
    findings.add("kserve-runtime", name,
                 fmt::format("{} wants the runtime '{}', which is not here", service.title(),
                             printable(shorten(name.text(), 60))),
                 suggestion(name.text(), known));
}

}  // namespace

void check_kserve(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (!object.api.starts_with("serving.kserve.io/")) continue;
    if (object.kind.ends_with("ServingRuntime")) check_runtime(object, findings);
    if (object.kind != "InferenceService") continue;
    for (const char* part : {"predictor", "transformer", "explainer"})
      check_component(bundle, object, object.root()["spec"][part], findings);
  }
}

}  // namespace palier
